/**
 * The adaptive choice: walks the ladder one rung at a time towards the balance where encoding
 * and sending take equally long, because the slower of the two sets the pace of a pipeline.
 *
 * Pure: it reads no clock and compresses nothing. The driver asks `decide` before a block and
 * tells `observe` afterwards what the block really cost.
 */
import type { EncodeHints } from '@dwcp/core';
import { type EncodeOutcome, Estimates, type RungEstimate } from './estimates.ts';
import { isIncompressible, type ProbeResult } from './probe.ts';
import type { PresetBounds } from './presets.ts';
import { type BlockChoice, choiceName, ladder, plain, type Rung, savesEnough } from './rungs.ts';

/** What is known before a block is encoded. */
export interface DecisionInput {
  /** Size of the block. */
  readonly rawBytes: number;
  /** What the probe saw; absent for blocks too small to probe. */
  readonly probe: ProbeResult | undefined;
  /** What the caller knows about the link. */
  readonly hints: EncodeHints | undefined;
}

/**
 * Why a block got its choice: it is too small to gain, the probe saw nothing to compress, such a
 * verdict is being tested, or the ladder's current rung.
 */
export type DecisionReason = 'small' | 'incompressible' | 'audit' | 'ladder';

/** A choice and its reason. */
export interface Decision {
  /** How to encode the block. */
  readonly choice: BlockChoice;
  /** Why. */
  readonly reason: DecisionReason;
}

/** The state of the machine, for people and tests. */
export interface AdaptiveState {
  /** Choice for compressible blocks: `none`, `lz4`, `zstd:3` … */
  readonly rung: string;
  /** Net blocks in a row that asked for a lighter (negative) or heavier rung. */
  readonly pressure: number;
  /** Blocks in a row that must ask for a heavier rung before the machine moves. */
  readonly patienceBlocks: number;
  /** What each rung costs as far as it is known, lightest first. */
  readonly rungs: readonly RungEstimate[];
}

type Direction = -1 | 0 | 1;

/** Below this size even the best codec saves less than a packet's header. */
const smallBytes = 128;
/** Blocks in a row that must agree before a move: start-up idles every pipeline. */
const basePatienceBlocks = 8;
/** A heavier rung that had to be left again doubles the patience, up to this: no swinging. */
const maxPatienceBlocks = 256;
/** One incompressible verdict in this many is tried all the same. */
const auditEveryBlocks = 16;
/** Predicted gains below this share are noise. */
const minGainShare = 0.05;

/** A pure state machine; one per sender. */
export class AdaptiveChoice {
  readonly #rungs: readonly Rung[];
  readonly #estimates: Estimates;
  #current: number;
  #pressure = 0;
  #patience = basePatienceBlocks;
  #lastStep: Direction = 0;
  #verdicts = 0;
  #distrusted = 0;

  /** `rungs` are those that this platform can encode; `threads` encode blocks side by side. */
  constructor(rungs: readonly Rung[], bounds: PresetBounds, threads: number) {
    const lightest = rungIndex(rungs, bounds.lightest);
    this.#rungs = rungs.slice(lightest, rungIndex(rungs, bounds.heaviest) + 1);
    this.#estimates = new Estimates(this.#rungs, threads);
    this.#current = rungIndex(this.#rungs, bounds.start);
  }

  /** False while blocks go as they are whatever they hold: probing them would be for nothing. */
  get compresses(): boolean {
    return this.#rung().codec !== 'none';
  }

  /** Chooses for one block and takes in what its hints say about the link. */
  decide(input: DecisionInput): Decision {
    const reason = this.#classify(input);
    if (reason === 'ladder') this.#lean(input.hints);
    const compress = reason === 'ladder' || reason === 'audit';
    return { choice: compress ? this.#rung() : plain, reason };
  }

  /** Takes in what a block cost that was encoded as decided. */
  observe({ choice, reason }: Decision, outcome: EncodeOutcome): void {
    if (reason === 'audit') {
      const wrong = savesEnough(outcome.rawBytes, outcome.storedBytes);
      this.#distrusted = wrong ? auditEveryBlocks : 0;
    } else {
      this.#estimates.observe(choice, outcome);
    }
  }

  /** Where the machine stands. */
  state(): AdaptiveState {
    return {
      rung: choiceName(this.#rung()),
      pressure: this.#pressure,
      patienceBlocks: this.#patience,
      rungs: this.#estimates.describe(),
    };
  }

  #classify({ rawBytes, probe }: DecisionInput): DecisionReason {
    if (rawBytes < smallBytes) return 'small';
    if (probe === undefined || !isIncompressible(probe)) return 'ladder';
    if (this.#distrusted > 0) {
      this.#distrusted -= 1;
      return this.#distrusted === 0 ? 'audit' : 'ladder';
    }
    this.#verdicts += 1;
    return this.#verdicts % auditEveryBlocks === 0 ? 'audit' : 'incompressible';
  }

  #lean(hints: EncodeHints | undefined): void {
    const wish = hints === undefined ? 0 : this.#wish(hints);
    if (wish === 0) return;
    this.#pressure = Math.sign(this.#pressure) === wish ? this.#pressure + wish : wish;
    const patience = wish < 0 ? basePatienceBlocks : this.#patience;
    if (Math.abs(this.#pressure) >= patience) this.#step(wish);
  }

  /**
   * Where one block's hints point. A link that waited settles it: encoding sets the pace, and the
   * link's rate is then only known to be at least what we fed it, so a rate must not argue for
   * heavier work. Blocks that waited ask for fewer bytes, unless the rate says that those would
   * take longer to make than to send.
   */
  #wish({ linkIdle, linkRateBps }: EncodeHints): Direction {
    if (linkIdle === true) return this.#next(-1) === this.#current ? 0 : -1;
    if (linkRateBps === undefined) {
      return linkIdle === undefined || this.#next(1) === this.#current ? 0 : 1;
    }
    const best = this.#best(linkRateBps);
    if (best > this.#current) return 1;
    return best < this.#current && linkIdle === undefined ? -1 : 0;
  }

  /** The rung with the fastest predicted pipeline; the current one unless another gains clearly. */
  #best(linkRateBps: number): number {
    const predict = (index: number): number =>
      this.#estimates.pipelineNsPerByte(index, linkRateBps);
    let best = this.#current;
    let bestNs = predict(best) * (1 - minGainShare);
    for (let index = 0; index < this.#rungs.length; index += 1) {
      if (index === this.#current || predict(index) >= bestNs) continue;
      best = index;
      bestNs = predict(index);
    }
    return best;
  }

  #step(direction: -1 | 1): void {
    this.#pressure = 0;
    if (direction === this.#lastStep) this.#patience = basePatienceBlocks;
    else if (direction < 0 && this.#lastStep > 0) {
      this.#patience = Math.min(this.#patience * 2, maxPatienceBlocks);
    }
    this.#lastStep = direction;
    this.#current = this.#next(direction);
  }

  /** The nearest rung that takes less time (direction -1) or makes fewer bytes (1), if any. */
  #next(direction: -1 | 1): number {
    const cost = (index: number): number =>
      direction < 0 ? this.#estimates.encodeNsPerByte(index) : this.#estimates.storedShare(index);
    for (let at = this.#current + direction; at in this.#rungs; at += direction) {
      if (cost(at) < cost(this.#current)) return at;
    }
    return this.#current;
  }

  #rung(): BlockChoice {
    return this.#rungs[this.#current] ?? plain;
  }
}

/** The rung at `wanted`, or the heaviest available one below it. */
function rungIndex(rungs: readonly Rung[], wanted: BlockChoice): number {
  const place = (choice: BlockChoice): number =>
    ladder.findIndex((rung) => choiceName(rung) === choiceName(choice));
  return rungs.findLastIndex((rung) => place(rung) <= place(wanted));
}
