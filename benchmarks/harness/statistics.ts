/** What is made of the figures of several rounds. */

/** Figures of several rounds, summed up. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Sums up at least one figure. */
export function summarize(figures: readonly number[]): Summary {
  const sorted = figures.toSorted((a, b) => a - b);
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)];
  const [min] = sorted;
  const max = sorted.at(-1);
  if (lower === undefined || upper === undefined || min === undefined || max === undefined) {
    throw new RangeError('there are no figures to sum up');
  }
  return { median: (lower + upper) / 2, min, max };
}

/** Whether a smaller or a larger figure is the better one. */
export type Better = 'lower' | 'higher';

/** How many times better `ours` is than `peer`: above 1 is ahead. Zero on both sides is a draw. */
export function timesBetter(ours: number, peer: number, better: Better): number {
  if (ours === peer) return 1;
  return better === 'lower' ? peer / ours : ours / peer;
}

/** The contenders of one round, each round beginning with the next one, so that none is always first. */
export function rotated<Contender>(contenders: readonly Contender[], round: number): Contender[] {
  const first = contenders.length === 0 ? 0 : round % contenders.length;
  return [...contenders.slice(first), ...contenders.slice(0, first)];
}
