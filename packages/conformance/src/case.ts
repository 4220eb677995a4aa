/** What a suite consists of. Knows no test runner. */

/** One thing that an implementation must do. */
export interface ConformanceCase {
  /** A sentence about the implementation: `carries bytes both ways`. Unique in its suite. */
  readonly name: string;
  /** Resolves when the implementation does it, rejects with an `AssertionError` when it does not. */
  run(): Promise<void>;
}
