/** What each rung costs: measured where it was used, otherwise expected from those that were. */
import { type BlockChoice, choiceName, type Rung } from './rungs.ts';

/** What one block did cost. */
export interface EncodeOutcome {
  /** Size of the block before encoding. */
  readonly rawBytes: number;
  /** Size after encoding, also when the block was then sent as it is. */
  readonly storedBytes: number;
  /** Time from start to end of encoding. */
  readonly encodeMs: number;
}

/** One rung of the ladder as the machine sees it. */
export interface RungEstimate {
  /** `none`, `lz4`, `zstd:3` … */
  readonly choice: string;
  /** Nanoseconds per raw byte on one thread. */
  readonly encodeNsPerByte: number;
  /** Stored bytes per raw byte, 0 … 1 and a little above. */
  readonly storedShare: number;
  /** Blocks that these averages hold; 0: expected, not measured. */
  readonly blocks: number;
}

/** Weight of the newest block behind the first ten: a change of data shows within about 20 blocks. */
const weight = 0.1;
/** Smaller blocks count for less: what a call costs at all would pass for the cost of their bytes. */
const fullWeightBytes = 64 * 1024;

/** Moving averages of one rung. */
interface Average {
  readonly rung: Rung;
  encodeNsPerByte: number;
  storedShare: number;
  blocks: number;
  /** Weight of the blocks so far. */
  seen: number;
}

/** Exponentially weighted averages of every rung, and predictions from them. */
export class Estimates {
  readonly #averages: readonly Average[];
  readonly #threads: number;
  /** How the blocks seen differ from what the ladder expects, over all rungs. */
  #timeFactor = 1;
  #shareFactor = 1;

  constructor(rungs: readonly Rung[], threads: number) {
    this.#averages = rungs.map((rung) => ({ rung, ...rung, blocks: 0, seen: 0 }));
    this.#threads = threads;
  }

  /** Takes in the cost of one block. */
  observe(choice: BlockChoice, outcome: EncodeOutcome): void {
    const average = this.#averages.find(({ rung }) => choiceName(rung) === choiceName(choice));
    if (average === undefined || average.rung.codec === 'none') return;
    const nsPerByte = (outcome.encodeMs * 1e6) / outcome.rawBytes;
    const share = outcome.storedBytes / outcome.rawBytes;
    const size = Math.min(1, outcome.rawBytes / fullWeightBytes);
    average.blocks += 1;
    average.seen += size;
    const step = size * Math.max(weight, 1 / average.seen);
    average.encodeNsPerByte += step * (nsPerByte - average.encodeNsPerByte);
    average.storedShare += step * (share - average.storedShare);
    const { rung } = average;
    this.#timeFactor += size * weight * (nsPerByte / rung.encodeNsPerByte - this.#timeFactor);
    this.#shareFactor += size * weight * (share / rung.storedShare - this.#shareFactor);
  }

  /** Nanoseconds of one thread per raw byte. */
  encodeNsPerByte(index: number): number {
    const average = this.#averages[index];
    if (average === undefined) return Number.POSITIVE_INFINITY;
    if (average.blocks > 0) return average.encodeNsPerByte;
    return average.encodeNsPerByte * this.#timeFactor;
  }

  /** Stored bytes per raw byte. */
  storedShare(index: number): number {
    const average = this.#averages[index];
    if (average === undefined) return 1;
    if (average.blocks > 0 || average.rung.codec === 'none') return average.storedShare;
    return Math.min(1, average.storedShare * this.#shareFactor);
  }

  /** Nanoseconds per raw byte of a pipeline that encodes and sends side by side. */
  pipelineNsPerByte(index: number, linkRateBps: number): number {
    const sendNsPerByte = (this.storedShare(index) * 8e9) / linkRateBps;
    return Math.max(this.encodeNsPerByte(index) / this.#threads, sendNsPerByte);
  }

  /** All rungs, lightest first. */
  describe(): readonly RungEstimate[] {
    return this.#averages.map(({ rung, blocks }, index) => ({
      choice: choiceName(rung),
      encodeNsPerByte: this.encodeNsPerByte(index),
      storedShare: this.storedShare(index),
      blocks,
    }));
  }
}
