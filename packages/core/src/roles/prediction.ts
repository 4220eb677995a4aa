/** The predictor role: what comes next on a network or a machine, with an honest uncertainty. */
import type { NetworkConditions } from '../modes.ts';

/** The signals of a network predictor. */
export type NetworkSignal = keyof NetworkConditions;

/** What was measured at one time. Absent: not measured, which is not zero. */
export type Observation<Signal extends string = NetworkSignal> = {
  readonly [Name in Signal]?: number;
};

/** One point of a forecast distribution. */
export interface Quantile {
  /** 0 … 1: the share of cases in which the value is expected to be at most `value`. */
  readonly probability: number;
  /** In the unit of the signal. */
  readonly value: number;
}

/** The expected distribution of one signal. */
export interface SignalForecast {
  /** In ascending order of probability; values never fall. Holds 0.5 at least. */
  readonly quantiles: readonly Quantile[];
  /**
   * 0 … 1: how far the forecaster trusts it, from its own past errors. A high value means smaller
   * errors in the long run; 0 means no better than the last value. It is not a probability.
   */
  readonly confidence: number;
}

/** A forecast. A signal without enough history is absent. */
export interface Forecast<Signal extends string = NetworkSignal> {
  /** Time of the newest observation behind it, in the time of `observe`. */
  readonly madeAtMs: number;
  /** The time that it is about, after `madeAtMs`. */
  readonly horizonMs: number;
  /** By signal. */
  readonly signals: { readonly [Name in Signal]?: SignalForecast };
}

/** Options of {@link Predictor.forecast}. */
export interface ForecastOptions {
  /** Quantiles wanted, each in 0 … 1. @default [0.05, 0.5, 0.95] */
  readonly probabilities?: readonly number[];
}

/** Learns from observations as they come and forecasts from them. */
export interface Predictor<Signal extends string = NetworkSignal> {
  /** Short and stable: `ewma`, `lstm`, `ensemble`. */
  readonly name: string;
  /**
   * Takes one observation. Times must not go back: `ERR_DWCP_INVALID_ARGUMENT`. Memory is bounded
   * by the predictor's own window, whatever is observed.
   */
  observe(atMs: number, observation: Observation<Signal>): void;
  /**
   * The forecast for `horizonMs` (> 0) after the newest observation; cheap enough for each
   * allocation round. Training, where there is any, happens elsewhere and never delays it.
   */
  forecast(horizonMs: number, options?: ForecastOptions): Forecast<Signal>;
}
