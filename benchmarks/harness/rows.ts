/** The result of a suite: one row for each comparison with one peer. */
import type { Environment } from './environment.ts';
import { type Better, summarize, timesBetter } from './statistics.ts';

/** A row as it is written to the JSON file. */
export interface Row {
  readonly suite: string;
  /** What was done, and in which variant. */
  readonly case: string;
  /** What was measured. */
  readonly metric: string;
  readonly unit: Unit;
  /** Median over the rounds. */
  readonly ours: number;
  /** Smallest and largest figure. */
  readonly oursRange: readonly [number, number];
  readonly peer: number;
  readonly peerRange: readonly [number, number];
  readonly peerName: string;
  /** Ours is this many times better, by the medians: above 1 is ahead. */
  readonly ratio: number;
  /** The ratio that is asked for; null where the comparison is only for orientation. */
  readonly goal: number | null;
  readonly rounds: number;
  readonly env: Environment;
}

/** Units of rows. */
export type Unit = 'ms' | 'bytes' | 'bytes/s';

const betterByUnit: Record<Unit, Better> = { ms: 'lower', bytes: 'lower', 'bytes/s': 'higher' };

/** Two sides of a comparison with the figures of every counted round. */
export interface Comparison {
  readonly case: string;
  readonly metric: string;
  readonly unit: Unit;
  readonly ours: readonly number[];
  readonly peer: readonly number[];
  readonly peerName: string;
  readonly goal: number | null;
}

/** Makes the row of a comparison. */
export function toRow(suite: string, comparison: Comparison, env: Environment): Row {
  const ours = summarize(comparison.ours);
  const peer = summarize(comparison.peer);
  const { goal, metric, peerName, unit } = comparison;
  return {
    suite,
    case: comparison.case,
    metric,
    unit,
    ours: ours.median,
    oursRange: [ours.min, ours.max],
    peer: peer.median,
    peerRange: [peer.min, peer.max],
    peerName,
    ratio: timesBetter(ours.median, peer.median, betterByUnit[unit]),
    goal,
    rounds: Math.min(comparison.ours.length, comparison.peer.length),
    env,
  };
}

/** True for a row that misses what is asked for. */
export function isBelowGoal({ goal, ratio }: Row): boolean {
  return goal !== null && ratio < goal;
}
