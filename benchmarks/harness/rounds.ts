/** Rounds that end in time. */

/** How many rounds, and until when another one may begin. */
export interface RoundLimits {
  readonly rounds: number;
  /** Time since the start of the run after which no further round begins. */
  readonly budgetMs: number;
}

/**
 * Runs `round` for the numbers from 0 on: at least once, at most `rounds` times, and not again when
 * `elapsedMs` says that the budget is used up. Returns how many rounds there were.
 */
export async function runRounds(
  { budgetMs, rounds }: RoundLimits,
  elapsedMs: () => number,
  round: (number: number) => Promise<void>,
): Promise<number> {
  for (let number = 0; number < rounds; number += 1) {
    if (number > 0 && elapsedMs() >= budgetMs) return number;
    await round(number);
  }
  return rounds;
}
