/**
 * A byte stream that both sides can compute, so that a payload of any size can be checked
 * byte for byte while it arrives.
 */

/** The largest prime below 2^20: no buffer size divides it, so swapped buffers never look alike. */
const periodBytes = 1_048_573;
/** So that a chunk of up to this size is one view of the block. */
const maxChunkBytes = 256 * 1024;

const block = makeBlock();

function makeBlock(): Uint8Array {
  const bytes = new Uint8Array(periodBytes + maxChunkBytes);
  // xorshift32 (Marsaglia, "Xorshift RNGs", 2003, section 3.1).
  let state = 0x9e3779b9;
  for (let at = 0; at < periodBytes; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  bytes.copyWithin(periodBytes, 0, maxChunkBytes);
  return bytes;
}

/** One reader of the stream. */
export class Pattern {
  #position = 0;

  /** Bytes taken or matched so far. */
  get position(): number {
    return this.#position;
  }

  /** The next `sizeBytes` (at most 256 KiB) as a view that must not be changed. */
  take(sizeBytes: number): Uint8Array {
    const at = this.#position % periodBytes;
    this.#position += sizeBytes;
    return block.subarray(at, at + sizeBytes);
  }

  /** True when `chunk` is what comes next, which is then behind. */
  matches(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.byteLength; at += maxChunkBytes) {
      const part = chunk.subarray(at, at + maxChunkBytes);
      if (Buffer.compare(part, this.take(part.byteLength)) !== 0) return false;
    }
    return true;
  }
}

/** `count` chunk sizes of 0 … 96 KiB, small ones more often than large ones; always the same. */
export function mixedSizes(count: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    // The "minimal standard" generator (Park and Miller, CACM 31(10), 1988).
    state = (state * 48271) % 2147483647;
    return Math.floor(96 * 1024 * (state / 2147483647) ** 4);
  });
}
