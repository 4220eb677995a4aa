/** Whole numbers inside a range. */
import { InvalidArgumentError } from 'commander';

/** Makes a parser for `commander` that takes whole numbers of `low` … `high`. */
export function countBetween(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It must be a whole number of ${low} … ${high}.`);
  };
}
