/** What a suite is given and what it gives back. */
import type { Comparison } from './rows.ts';

/** A set of measurements against the peers of one component. */
export interface Suite {
  /** One line for the list of suites. */
  readonly summary: string;
  /** Rounds that are counted when the command line does not say. */
  readonly rounds: { readonly quick: number; readonly full: number };
  /** Measures. Throws when it cannot measure our side; a peer that is missing is a note. */
  run(context: SuiteContext): Promise<SuiteResult>;
}

/** What a suite works with. */
export interface SuiteContext {
  /** The clone of the repository. */
  readonly clone: string;
  /** An empty folder of its own, removed after the run. */
  readonly folder: string;
  /**
   * Runs `round` for each round to count, numbered from 0, and returns how many there were: fewer
   * than asked for when the time of the quick mode is up, but at least one.
   */
  readonly countRounds: (round: (number: number) => Promise<void>) => Promise<number>;
  /** Tells the user how far it is. */
  readonly log: (line: string) => void;
}

/** What a suite found out. */
export interface SuiteResult {
  readonly comparisons: readonly Comparison[];
  /** What a reader of the figures has to know: missing peers, what was measured how. */
  readonly notes: readonly string[];
}
