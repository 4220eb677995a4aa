/** Memory for reading, used again and again. */

/** Size of every buffer: operations are gathered in it, and large files read in pieces of it. */
export const bufferBytes: number = 1024 * 1024;
/** Buffers kept; more are not under way between disk and network. */
const maxKept = 32;

/**
 * Buffers of {@link bufferBytes}. Fresh memory costs more than reading into it does: it has to be
 * mapped page by page, and collected.
 */
export class BufferPool {
  readonly #free: Uint8Array[] = [];

  /** A buffer with anything in it. */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(Buffer.allocUnsafeSlow(bufferBytes).buffer);
  }

  /** Takes back a buffer, or a part of one that stands for the whole; anything else is left alone. */
  give({ buffer }: Uint8Array): void {
    if (buffer.byteLength === bufferBytes && this.#free.length < maxKept) {
      this.#free.push(new Uint8Array(buffer));
    }
  }
}
