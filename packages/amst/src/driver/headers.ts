/** Headers of block frames, cut from slabs. */
import { frameHeaderBytes, writeFrameHeader, type FrameHeader } from '../machine/frame.ts';

const headersPerSlab = 64;

/**
 * Hands out encoded headers. A header belongs to the transport once it is sent, so slabs are never
 * written again; one allocation serves 64 blocks.
 */
export class HeaderSlab {
  #slab = new Uint8Array(0);
  #view = new DataView(this.#slab.buffer);
  #at = 0;

  /** The bytes of `header`. */
  write(header: FrameHeader): Uint8Array {
    if (this.#at === this.#slab.byteLength) {
      this.#slab = new Uint8Array(headersPerSlab * frameHeaderBytes);
      this.#view = new DataView(this.#slab.buffer);
      this.#at = 0;
    }
    const at = this.#at;
    this.#at = at + frameHeaderBytes;
    writeFrameHeader(this.#view, at, header);
    return this.#slab.subarray(at, at + frameHeaderBytes);
  }
}
