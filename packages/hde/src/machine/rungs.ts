/**
 * The ladder of choices from least to most work per byte, with what each is expected to cost
 * before anything was measured.
 */
import type { CodecName } from '../frame.ts';

/** How one block is encoded. */
export interface BlockChoice {
  /** Short name of the codec. */
  readonly codec: CodecName;
  /** zstd level 1 … 19; 0 for the other codecs, which have none. */
  readonly level: number;
}

/** A choice with its expected cost. */
export interface Rung extends BlockChoice {
  /** Nanoseconds of one thread per raw byte. */
  readonly encodeNsPerByte: number;
  /** Stored bytes per raw byte. */
  readonly storedShare: number;
}

/** The block as it is. */
export const plain: BlockChoice = { codec: 'none', level: 0 };

/**
 * Times: 256 KiB blocks of JavaScript source on one core of a 2-core EPYC machine, Node 24
 * (`examples/hde/speed.ts` prints the table for yours). Shares: between text (0.33 with LZ4, 0.19
 * with zstd 3) and machine code (0.63 and 0.46). Both are only where the averages start.
 */
export const ladder: readonly Rung[] = [
  { ...plain, encodeNsPerByte: 0, storedShare: 1 },
  { codec: 'lz4', level: 0, encodeNsPerByte: 2.6, storedShare: 0.48 },
  { codec: 'zstd', level: 1, encodeNsPerByte: 3, storedShare: 0.36 },
  { codec: 'zstd', level: 3, encodeNsPerByte: 3.5, storedShare: 0.33 },
  { codec: 'zstd', level: 6, encodeNsPerByte: 10.5, storedShare: 0.3 },
  { codec: 'zstd', level: 9, encodeNsPerByte: 19, storedShare: 0.28 },
];

/** For levels above the ladder: zstd 12 on the same blocks; higher ones are slower still. */
const beyondLadderNsPerByte = 40;

/**
 * Share that a block must shrink by to be worth decoding: at 1 Gbit/s a byte takes 8 ns to send,
 * and zstd about 1 ns to decode on a slower machine than ours.
 */
const minSavedShare = 1 / 32;

/** `none`, `lz4` or `zstd:3`, for people. */
export function choiceName({ codec, level }: BlockChoice): string {
  return codec === 'zstd' ? `zstd:${level}` : codec;
}

/** Expected encoding time of any choice: that of the next rung of its codec, ns per raw byte. */
export function expectedEncodeNsPerByte({ codec, level }: BlockChoice): number {
  const rung = ladder.find((each) => each.codec === codec && each.level >= level);
  return rung?.encodeNsPerByte ?? beyondLadderNsPerByte;
}

/** True when the stored form is enough smaller than the block to send it. */
export function savesEnough(rawBytes: number, storedBytes: number): boolean {
  return storedBytes < rawBytes && storedBytes <= rawBytes * (1 - minSavedShare);
}
