import { describe, expect, test } from 'vitest';
import { rotated, summarize, timesBetter } from '../harness/statistics.ts';

describe('summarize', () => {
  test('takes the middle figure, whatever the order', () => {
    expect(summarize([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 });
  });

  test('takes the mean of the two middle figures of an even number', () => {
    expect(summarize([4, 1, 3, 2]).median).toBe(2.5);
  });

  test('compares as numbers, not as text', () => {
    expect(summarize([100, 9, 20])).toEqual({ median: 20, min: 9, max: 100 });
  });

  test('leaves the given figures as they are', () => {
    const figures = [3, 1, 2];
    summarize(figures);
    expect(figures).toEqual([3, 1, 2]);
  });

  test('refuses to sum up nothing', () => {
    expect(() => summarize([])).toThrow(RangeError);
  });
});

describe('timesBetter', () => {
  test('is above 1 when ours takes less of what should be little', () => {
    expect(timesBetter(100, 250, 'lower')).toBe(2.5);
    expect(timesBetter(250, 100, 'lower')).toBe(0.4);
  });

  test('is above 1 when ours has more of what should be much', () => {
    expect(timesBetter(250, 100, 'higher')).toBe(2.5);
    expect(timesBetter(100, 250, 'higher')).toBe(0.4);
  });

  test('is 1 for equal figures, zero included', () => {
    expect(timesBetter(7, 7, 'lower')).toBe(1);
    expect(timesBetter(0, 0, 'higher')).toBe(1);
  });
});

describe('rotated', () => {
  test('every contender is at every place once in as many rounds as there are contenders', () => {
    const contenders = ['a', 'b', 'c'];
    const orders = contenders.map((_, round) => rotated(contenders, round).join(''));
    expect(orders).toEqual(['abc', 'bca', 'cab']);
    expect(rotated(contenders, 3)).toEqual(contenders);
  });

  test('of none there are none', () => {
    expect(rotated([], 5)).toEqual([]);
  });
});
