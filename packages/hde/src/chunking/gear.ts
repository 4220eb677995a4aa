/**
 * The gear hash: a rolling hash of one shift, one add and one table look-up per byte
 * (Xia et al., "Ddelta: A Deduplication-Inspired Fast Delta Compression Approach",
 * Performance Evaluation 79, 2014).
 *
 * In 32 bits a byte is shifted out after 32 steps, so the hash depends on the last 32 bytes.
 */

/** Bytes that the hash depends on. */
export const windowBytes = 32;

/** The name of this project in ASCII; the table below follows from it. */
const tableSeed = 0x44_57_43_50;

/** One random number per byte value. Fixed for ever: chunk borders depend on it. */
const gear = makeTable(tableSeed);
/** The same, shifted by the step that follows. */
const shiftedGear = gear.map((value) => value << 1);

/**
 * The position behind the first byte in `from … to` at which all bits of `mask` are 0 in the hash
 * over the bytes since `from`, continued from `hash`; or undefined. Bit 31 of `mask` must be 0.
 */
export function findCut(
  bytes: Uint8Array,
  from: number,
  to: number,
  hash: number,
  mask: number,
): number | undefined {
  // Two bytes a turn, with the hash between them one bit to the left (Xia et al., "The Design of
  // Fast Content-Defined Chunking for Data Deduplication Based Storage Systems", IEEE TPDS 31(9),
  // 2020, "rolling two bytes each time"): twice the speed.
  const shiftedMask = mask << 1;
  const pairsEnd = to - ((to - from) & 1);
  let at = from;
  let rolling = hash;
  for (; at < pairsEnd; at += 2) {
    rolling = ((rolling << 2) + look(shiftedGear, bytes, at)) | 0;
    if ((rolling & shiftedMask) === 0) return at + 1;
    rolling = (rolling + look(gear, bytes, at + 1)) | 0;
    if ((rolling & mask) === 0) return at + 2;
  }
  if (at < to && (((rolling << 1) + look(gear, bytes, at)) & mask) === 0) return to;
  return undefined;
}

/** The hash over `from … to`. */
export function gearHash(bytes: Uint8Array, from: number, to: number): number {
  let rolling = 0;
  for (let at = from; at < to; at += 1) rolling = ((rolling << 1) + look(gear, bytes, at)) | 0;
  return rolling;
}

function look(table: Int32Array, bytes: Uint8Array, at: number): number {
  // The casts stand for two checks: `at` lies inside `bytes`, and a byte inside the table.
  return table[bytes[at] as number] as number;
}

/** SplitMix32: a counter with the golden ratio's step, finished by MurmurHash3's fmix32. */
function makeTable(seed: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, index) => {
    let value = Math.imul(index + 1, 0x9e3779b9) + seed;
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    return value ^ (value >>> 16);
  });
}
