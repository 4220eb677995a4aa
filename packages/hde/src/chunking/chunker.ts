/**
 * FastCDC: chunk borders that follow the content (Xia et al., "FastCDC: a Fast and Efficient
 * Content-Defined Chunking Approach for Data Deduplication", USENIX ATC 2016).
 */
import { type Chunker, DwcpError } from '@dwcp/core';
import { findCut, gearHash, windowBytes } from './gear.ts';

/** Options of {@link chunker}. Two sides that compare chunks must use the same. */
export interface ChunkerOptions {
  /** Size that the masks aim at: a power of two, 256 … 4 MiB. @default 8192 */
  readonly averageBytes?: number;
  /** Size that no chunk but the last falls below, 32 … `averageBytes`. @default averageBytes / 4 */
  readonly minBytes?: number;
  /** Size that no chunk exceeds, `averageBytes` … 64 MiB. @default 8 × averageBytes */
  readonly maxBytes?: number;
}

const defaultAverageBytes = 8192;
const lowestAverageBytes = 256;
const highestAverageBytes = 4 * 1024 * 1024;
const highestMaxBytes = 64 * 1024 * 1024;
/** The best of the normalisation levels that the paper compares ("Normalized Chunking"). */
const normalisation = 2;
/** Every bit of the hash but the highest, which {@link findCut} needs. */
const hashBits = 31;

/**
 * Makes a chunker. Chunks of random content have 1.1 times `averageBytes` on average, as the
 * search starts at `minBytes` and is easier behind `averageBytes` than before.
 *
 * Throws `ERR_DWCP_INVALID_ARGUMENT` for a size out of range.
 *
 * @example
 * ```ts
 * import { chunker } from '@dwcp/hde';
 *
 * const { nextCut, name } = chunker({ averageBytes: 8192 });
 * name; // => 'fastcdc-1 2048 8192 65536'
 *
 * const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * index) >> 7);
 * const cuts: number[] = [];
 * for (let at = 0; at < bytes.length; cuts.push(at)) at = nextCut(bytes, at, bytes.length, true) ?? at;
 * cuts.at(-1); // => 100000
 * ```
 */
export function chunker(options: ChunkerOptions = {}): Chunker {
  const { averageBytes = defaultAverageBytes } = options;
  const { minBytes = averageBytes / 4, maxBytes = averageBytes * 8 } = options;
  checkRange('averageBytes', averageBytes, lowestAverageBytes, highestAverageBytes);
  if (!Number.isInteger(Math.log2(averageBytes))) {
    throw invalid(`averageBytes is ${averageBytes}, not a power of two`);
  }
  checkRange('minBytes', minBytes, windowBytes, averageBytes);
  checkRange('maxBytes', maxBytes, averageBytes, highestMaxBytes);
  const strictMask = highBits(Math.log2(averageBytes) + normalisation);
  const looseMask = highBits(Math.log2(averageBytes) - normalisation);

  return {
    name: `fastcdc-1 ${minBytes} ${averageBytes} ${maxBytes}`,
    averageBytes,
    maxBytes,
    nextCut(bytes, start, end, isLast) {
      const searchEnd = Math.min(end, start + maxBytes);
      const strictEnd = Math.min(start + averageBytes, searchEnd);
      const from = Math.min(start + minBytes, strictEnd);
      const early = findCut(bytes, from, strictEnd, 0, strictMask);
      if (early !== undefined) return early;
      const hash = gearHash(bytes, Math.max(from, strictEnd - windowBytes), strictEnd);
      const late = findCut(bytes, strictEnd, searchEnd, hash, looseMask);
      if (late !== undefined) return late;
      return isLast || searchEnd - start === maxBytes ? searchEnd : undefined;
    },
  };
}

/** The hash's high bits depend on the most bytes. */
function highBits(count: number): number {
  return ((1 << count) - 1) << (hashBits - count);
}

function checkRange(name: string, value: number, lowest: number, highest: number): void {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return;
  throw invalid(`${name} is ${value}, not a whole number in ${lowest} … ${highest}`);
}

function invalid(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_ARGUMENT', message);
}
