import { seededRandom, systemRandom } from '@dwcp/core';
import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../src/random.ts';

describe('random', () => {
  it('gives the numbers of the reference implementation, version 1.1', () => {
    // xoshiro128starstar.c with the state 1, 2, 3, 4; the same vector as in the crate rand_xoshiro.
    const expected = [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ];
    const random = new Xoshiro128(Uint32Array.of(1, 2, 3, 4));
    expect(expected.map(() => random.uint32())).toEqual(expected);
  });

  it('is the same for the same seed, and another for another', () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 8 }, () => random.next());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(0)).not.toEqual(draw(1));
    expect(draw(2 ** 32 - 1)).not.toEqual(draw(0));
  });

  it('stays in its ranges and fills them evenly', () => {
    const random = seededRandom(9);
    const counts = new Uint32Array(6);
    let sum = 0;
    for (let draw = 0; draw < 60_000; draw += 1) {
      const face = random.integer(6);
      counts[face] = (counts[face] ?? 0) + 1;
      sum += random.next();
    }
    // Six standard deviations: sqrt(60000 * 1/6 * 5/6) = 91.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(548);
    expect(Math.abs(sum / 60_000 - 0.5)).toBeLessThan(0.01);
    expect(random.integer(1)).toBe(0);
    expect(random.integer(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it('fills bytes of any length, and every value occurs', () => {
    const random = seededRandom(1);
    const target = new Uint8Array(5);
    expect(random.bytes(target)).toBe(target);
    expect(new Set(random.bytes(new Uint8Array(10_000))).size).toBe(256);
    expect(random.bytes(new Uint8Array(0))).toHaveLength(0);
  });

  it('differs between generators of the system', () => {
    expect(systemRandom().bytes(new Uint8Array(16))).not.toEqual(
      systemRandom().bytes(new Uint8Array(16)),
    );
  });

  it('refuses seeds and limits out of range', () => {
    for (const seed of [-1, 1.5, 2 ** 32, Number.NaN])
      expect(() => seededRandom(seed)).toThrow(`seed ${seed}`);
    for (const limit of [0, 1.5, 2 ** 32 + 1])
      expect(() => seededRandom(1).integer(limit)).toThrow(`limit ${limit}`);
  });
});
