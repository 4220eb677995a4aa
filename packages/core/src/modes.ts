/** The three modes, and the rule that tells them apart. */

/**
 * How DWCP behaves: like a fabric in a datacenter, like a long-distance transfer tool over the
 * internet, or with a mix of both in between and where nothing is known.
 */
export type Mode = 'datacenter' | 'internet' | 'hybrid';

/** All modes, for options, checks and tables. */
export const modes: readonly Mode[] = ['datacenter', 'internet', 'hybrid'];

/** What was measured of a network. Absent, negative or not a number: not measured. */
export interface NetworkConditions {
  /** Round-trip time; the specification calls it latency and measures it by ping or TCP. */
  readonly roundTripMs?: number;
  /** Rate that the network has been seen to carry, bits per second. */
  readonly bandwidthBps?: number;
  /** Share of packets lost, 0 … 1. Does not decide the mode. */
  readonly lossRatio?: number;
  /** Mean difference of consecutive round-trip times. Does not decide the mode. */
  readonly jitterMs?: number;
}

/** The borders between the modes. */
export interface ModeThresholds {
  /** A datacenter answers faster than this. @default 10 */
  readonly datacenterMaxRoundTripMs: number;
  /** A datacenter carries at least this. @default 1 Gbit/s */
  readonly datacenterMinBandwidthBps: number;
  /** The internet answers slower than this … @default 50 */
  readonly internetMinRoundTripMs: number;
  /** … or carries less than this. @default 1 Gbit/s */
  readonly internetMaxBandwidthBps: number;
}

/** The borders of the specification: DWCP v3 architecture, "Mode Detection Algorithm". */
export const defaultModeThresholds: ModeThresholds = {
  datacenterMaxRoundTripMs: 10,
  datacenterMinBandwidthBps: 1e9,
  internetMinRoundTripMs: 50,
  internetMaxBandwidthBps: 1e9,
};

/**
 * The mode of a network as measured at one moment, with nothing remembered: on a border it would
 * flap, so a detector adds a band and a dwell time. A datacenter has to be proved by both figures,
 * the internet by one; an unmeasured network is hybrid.
 *
 * @example
 * ```ts
 * import { classify } from '@dwcp/core';
 *
 * classify({ roundTripMs: 0.2, bandwidthBps: 25e9 }); // => 'datacenter'
 * classify({ roundTripMs: 80 }); // => 'internet'
 * classify({ roundTripMs: 20, bandwidthBps: 2e9 }); // => 'hybrid'
 * classify({}); // => 'hybrid'
 * ```
 */
export function classify(
  conditions: NetworkConditions,
  thresholds: Partial<ModeThresholds> = {},
): Mode {
  const limits = { ...defaultModeThresholds, ...thresholds };
  const roundTripMs = measured(conditions.roundTripMs);
  const bandwidthBps = measured(conditions.bandwidthBps);
  const near = roundTripMs < limits.datacenterMaxRoundTripMs;
  const fast = bandwidthBps >= limits.datacenterMinBandwidthBps;
  if (near && fast) return 'datacenter';
  const far = roundTripMs > limits.internetMinRoundTripMs;
  const slow = bandwidthBps < limits.internetMaxBandwidthBps;
  return far || slow ? 'internet' : 'hybrid';
}

/** NaN is on neither side of any border. */
function measured(value: number | undefined): number {
  return value !== undefined && value >= 0 ? value : Number.NaN;
}
