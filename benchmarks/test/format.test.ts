import { expect, test } from 'vitest';
import { formatFigure, formatRange } from '../harness/format.ts';

test.each([
  [0, 'bytes', '0 B'],
  [999, 'bytes', '999 B'],
  [1234, 'bytes', '1.23 kB'],
  [45_599_568, 'bytes', '45.6 MB'],
  [7.04e9, 'bytes', '7.04 GB'],
  [0.5, 'ms', '0.50 ms'],
  [261.4, 'ms', '261 ms'],
  [12_345, 'ms', '12.3 s'],
  [180e6, 'bytes/s', '180 MB/s'],
] as const)('%d %s is printed as %s', (value, unit, printed) => {
  expect(formatFigure(value, unit)).toBe(printed);
});

test('both ends of a range have the unit of the larger one', () => {
  expect(formatRange([812, 1310], 'ms')).toBe('0.81–1.31 s');
});

test('a single figure has no range', () => {
  expect(formatRange([812, 812], 'ms')).toBe('');
});
