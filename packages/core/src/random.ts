/**
 * Random numbers: reproducible from a seed, or seeded by the operating system.
 *
 * The generator is xoshiro128** 1.1 (Blackman and Vigna, "Scrambled Linear Pseudorandom Number
 * Generators", ACM TOMS 47, 2021; https://prng.di.unimi.it/xoshiro128starstar.c).
 */
import { DwcpError } from './errors.ts';
import type { Random } from './roles/host.ts';

/**
 * The same numbers for the same seed, on every machine.
 *
 * @param seed a whole number in 0 … 2^32 - 1; else `ERR_DWCP_INVALID_ARGUMENT`.
 *
 * @example
 * ```ts
 * import { seededRandom } from '@dwcp/core';
 *
 * const a = seededRandom(7);
 * const b = seededRandom(7);
 * a.integer(1000) === b.integer(1000); // => true
 * ```
 */
export function seededRandom(seed: number): Random {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new DwcpError(
      'ERR_DWCP_INVALID_ARGUMENT',
      `seed ${seed} is not a whole number in 0 … 2^32 - 1`,
    );
  }
  return new Xoshiro128(expandSeed(seed));
}

/** Different numbers in every process: seeded with 128 bits of the operating system. Not for secrets. */
export function systemRandom(): Random {
  return new Xoshiro128(crypto.getRandomValues(new Uint32Array(4)));
}

/**
 * Four words from one: the counter step and finaliser of SplitMix (Steele, Lea and Flood, "Fast
 * Splittable Pseudorandom Number Generators", OOPSLA 2014) in 32 bits with the finaliser of
 * MurmurHash3. Similar seeds give unrelated states, and never the forbidden state of zeros only.
 */
function expandSeed(seed: number): Uint32Array {
  let counter = seed;
  return new Uint32Array(4).map(() => {
    counter = (counter + 0x9e37_79b9) | 0;
    let word = counter ^ (counter >>> 16);
    word = Math.imul(word, 0x85eb_ca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
    return word ^ (word >>> 16);
  });
}

/** xoshiro128** over a state of four words that are not all zero. */
export class Xoshiro128 implements Random {
  #s0: number;
  #s1: number;
  #s2: number;
  #s3: number;

  constructor([s0 = 0, s1 = 0, s2 = 0, s3 = 0]: Uint32Array) {
    this.#s0 = s0;
    this.#s1 = s1;
    this.#s2 = s2;
    this.#s3 = s3;
  }

  /** The next 32 random bits as a number in 0 … 2^32 - 1. */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#s1, 5), 7), 9) >>> 0;
    const shifted = this.#s1 << 9;
    this.#s2 ^= this.#s0;
    this.#s3 ^= this.#s1;
    this.#s1 ^= this.#s2;
    this.#s0 ^= this.#s3;
    this.#s2 ^= shifted;
    this.#s3 = rotateLeft(this.#s3, 11);
    return result;
  }

  next(): number {
    // 53 bits, the precision of a number: 27 from one word, 26 from the next.
    const high = this.uint32() >>> 5;
    return (high * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 2 ** 32) {
      throw new DwcpError(
        'ERR_DWCP_INVALID_ARGUMENT',
        `limit ${limit} is not a whole number in 1 … 2^32`,
      );
    }
    // Words of the last, incomplete range would make small results more likely: draw again.
    const fair = 2 ** 32 - (2 ** 32 % limit);
    let word = this.uint32();
    while (word >= fair) word = this.uint32();
    return word % limit;
  }

  bytes<Target extends Uint8Array>(target: Target): Target {
    let word = 0;
    for (let at = 0; at < target.byteLength; at += 1) {
      word = at % 4 === 0 ? this.uint32() : word >>> 8;
      target[at] = word;
    }
    return target;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
