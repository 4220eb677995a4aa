/** The probe: what it calls incompressible, and what it must not. */
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIncompressible, probe, probeFromBytes } from '../src/machine/probe.ts';
import { json, randomBytes, skewedBytes, text } from './data.ts';

const size = 65_536;
const repeatedNoise = Buffer.concat(Array.from({ length: 64 }, () => randomBytes(1024, 5)));

describe('entropy', () => {
  test.each([
    ['zeros', new Uint8Array(size), 0, 0],
    ['two values', Uint8Array.from({ length: size }, (_, index) => (index * 7) & 1), 1, 1],
    ['text', text(size, 1), 3.5, 5],
    ['random bytes', randomBytes(size, 1), 7.85, 7.95],
  ])('of %s', (_, block, lowest, highest) => {
    const { entropyBits } = probe(block);
    expect(entropyBits).toBeGreaterThanOrEqual(lowest);
    expect(entropyBits).toBeLessThanOrEqual(highest);
  });
});

describe('verdict', () => {
  test.each([
    ['random bytes', randomBytes(size, 2), true],
    ['a gzip file', gzipSync(text(400_000, 3)), true],
    ['text', text(size, 2), false],
    ['JSON', json(size), false],
    ['skewed bytes without repetition', skewedBytes(size, 2), false],
    ['noise that repeats', repeatedNoise, false],
  ])('on %s', (_, block, expected) => {
    expect(isIncompressible(probe(block))).toBe(expected);
  });

  test('random bytes of any size and seed are incompressible', () => {
    const sizes = fc.integer({ min: probeFromBytes, max: 200_000 });
    const property = fc.property(sizes, fc.integer(), (sizeBytes, seed) => {
      expect(isIncompressible(probe(randomBytes(sizeBytes, seed)))).toBe(true);
    });
    fc.assert(property, { numRuns: 100, seed: 1 });
  });

  test('does not depend on what was probed before', () => {
    const block = text(size, 8);
    const first = probe(block);
    probe(randomBytes(size, 9));
    expect(probe(block)).toEqual(first);
  });
});
