/** Figures as people read them: three significant digits and a unit. */
import type { Unit } from './rows.ts';

const steps: Record<Unit, readonly (readonly [number, string])[]> = {
  ms: [
    [1000, 's'],
    [1, 'ms'],
  ],
  bytes: [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
    [1, 'B'],
  ],
  'bytes/s': [
    [1e9, 'GB/s'],
    [1e6, 'MB/s'],
    [1e3, 'kB/s'],
    [1, 'B/s'],
  ],
};

/** One figure: `1.23 s`. */
export function formatFigure(value: number, unit: Unit): string {
  const [size, name] = stepOf(value, unit);
  return `${threeDigits(value / size)} ${name}`;
}

/** The smallest and the largest figure in the unit of the larger: `0.9–1.3 s`. */
export function formatRange([min, max]: readonly [number, number], unit: Unit): string {
  if (min === max) return '';
  const [size, name] = stepOf(max, unit);
  return `${threeDigits(min / size)}–${threeDigits(max / size)} ${name}`;
}

function stepOf(value: number, unit: Unit): readonly [number, string] {
  return steps[unit].find(([size]) => value >= size) ?? steps[unit].at(-1) ?? [1, unit];
}

function threeDigits(value: number): string {
  if (value >= 100 || value === 0) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}
