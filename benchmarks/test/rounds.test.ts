import { expect, test } from 'vitest';
import { runRounds } from '../harness/rounds.ts';

/** Runs rounds that take 10 ms each and returns their numbers. */
async function numbersOf(rounds: number, budgetMs: number): Promise<number[]> {
  const numbers: number[] = [];
  const count = await runRounds(
    { rounds, budgetMs },
    () => numbers.length * 10,
    async (number) => {
      numbers.push(number);
    },
  );
  expect(count).toBe(numbers.length);
  return numbers;
}

test('all rounds when there is time', async () => {
  expect(await numbersOf(3, Infinity)).toEqual([0, 1, 2]);
});

test('none begins when the time is up', async () => {
  expect(await numbersOf(5, 20)).toEqual([0, 1]);
});

test('one always', async () => {
  expect(await numbersOf(5, 0)).toEqual([0]);
});
