/** Content-defined chunking: borders, their stability, and streams. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkDigest, chunker, type ChunkerOptions, cutStream } from '../src/index.ts';
import { randomBytes, seededRandom, text } from './data.ts';

function cuts(bytes: Uint8Array, options: ChunkerOptions = {}): number[] {
  const { nextCut } = chunker(options);
  const found: number[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    at = nextCut(bytes, at, bytes.byteLength, true) ?? Number.NaN;
    found.push(at);
  }
  return found;
}

/** Section 3 of the paper, a byte at a time: what the fast loop must agree with. */
function plainCut(bytes: Uint8Array, table: readonly number[], average: number): number {
  const bits = Math.log2(average);
  const mask = (count: number): number => ((1 << count) - 1) << (31 - count);
  let hash = 0;
  for (let at = average / 4; at < Math.min(bytes.byteLength, average * 8); at += 1) {
    hash = ((hash << 1) + (table[bytes[at] ?? 0] ?? 0)) | 0;
    if ((hash & mask(at < average ? bits + 2 : bits - 2)) === 0) return at + 1;
  }
  return Math.min(bytes.byteLength, average * 8);
}

/** SplitMix32 from the documented seed, the sequential way. */
function gearTable(): number[] {
  let state = 0x44574350;
  return Array.from({ length: 256 }, () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  });
}

describe('borders', () => {
  test('are those of the algorithm applied byte by byte', () => {
    const table = gearTable();
    for (let seed = 0; seed < 30; seed += 1) {
      const bytes = seed % 2 === 0 ? randomBytes(30_000, seed) : text(30_000, seed);
      for (const averageBytes of [256, 1024, 4096]) {
        const { nextCut } = chunker({ averageBytes });
        const start = seed % 7;
        expect(nextCut(bytes, start, bytes.byteLength, true)).toBe(
          start + plainCut(bytes.subarray(start), table, averageBytes),
        );
      }
    }
  });

  test('never change: these are the borders of version 1', () => {
    expect(cuts(randomBytes(60_000, 1))).toMatchInlineSnapshot(`
      [
        2767,
        5659,
        15037,
        24644,
        33633,
        43700,
        52915,
        58502,
        60000,
      ]
    `);
    expect(cuts(text(60_000, 1))).toMatchInlineSnapshot(`
      [
        9403,
        17599,
        24964,
        36033,
        46184,
        53866,
        60000,
      ]
    `);
  });

  test('respect smallest and largest size, and average out near the target', () => {
    const bytes = randomBytes(4_000_000, 3);
    const found = cuts(bytes, { averageBytes: 8192 });
    const sizes = found.map((cut, index) => cut - (found[index - 1] ?? 0));
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(2048);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536);
    const average = bytes.byteLength / sizes.length;
    expect(average / 8192).toBeGreaterThan(0.95);
    expect(average / 8192).toBeLessThan(1.25);
  });

  test('an insertion moves only the borders around it', () => {
    const before = randomBytes(400_000, 9);
    const after = Buffer.concat([
      before.subarray(0, 200_000),
      text(17, 1),
      before.subarray(200_000),
    ]);
    const digests = (bytes: Uint8Array): string[] => {
      const found = cuts(bytes);
      return found.map((cut, index) =>
        Buffer.from(chunkDigest(bytes.subarray(found[index - 1] ?? 0, cut))).toString('hex'),
      );
    };
    const known = new Set(digests(before));
    expect(digests(after).filter((digest) => !known.has(digest)).length).toBeLessThanOrEqual(3);
  });
});

describe('incomplete bytes', () => {
  test('give no border unless it is certain', () => {
    const { nextCut, maxBytes } = chunker({ averageBytes: 256 });
    const bytes = randomBytes(10_000, 2);
    for (let start = 0; start < 5000; start += 97) {
      const certain = nextCut(bytes, start, bytes.byteLength, true);
      for (let end = start + 1; end <= start + maxBytes; end += 13) {
        const seen = nextCut(bytes, start, end, false);
        expect(seen === undefined || seen === certain).toBe(true);
      }
      expect(nextCut(bytes, start, start + maxBytes, false)).toBe(certain);
    }
  });

  test('a stream is cut the same however it is split', async () => {
    const property = fc.asyncProperty(
      fc.integer(),
      fc.integer({ max: 40_000, min: 0 }),
      async (seed, sizeBytes) => {
        const bytes = text(sizeBytes, seed);
        const found: number[] = [];
        let at = 0;
        for await (const chunk of cutStream(split(bytes, seed), chunker({ averageBytes: 512 }))) {
          expect(Buffer.compare(chunk, bytes.subarray(at, at + chunk.byteLength))).toBe(0);
          at += chunk.byteLength;
          found.push(at);
        }
        expect(found).toEqual(cuts(bytes, { averageBytes: 512 }));
      },
    );
    await fc.assert(property, { numRuns: 60, seed: 1 });
  });
});

function split(bytes: Uint8Array, seed: number): Uint8Array[] {
  const next = seededRandom(seed);
  const pieces: Uint8Array[] = [];
  const largest = 1 + Math.floor(next() * 9000);
  for (let at = 0; at < bytes.byteLength;) {
    const piece = bytes.subarray(at, at + Math.floor(next() * largest));
    pieces.push(piece);
    at += piece.byteLength;
  }
  return pieces;
}

test('a digest is the first half of SHA-256', () => {
  const chunk = text(1000, 1);
  const full = createHash('sha256').update(chunk).digest();
  expect(Buffer.compare(chunkDigest(chunk), full.subarray(0, 16))).toBe(0);
});

describe('sizes out of range', () => {
  test.each([
    { averageBytes: 128 },
    { averageBytes: 8 * 1024 * 1024 },
    { averageBytes: 10_000 },
    { minBytes: 8 },
    { minBytes: 16_384 },
    { maxBytes: 4096 },
    { maxBytes: 2 ** 30 },
  ])('%o is refused', (options) => {
    expect(() => chunker(options)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_INVALID_ARGUMENT' }),
    );
  });

  test('the name tells chunkers with other borders apart', () => {
    expect(chunker().name).toBe('fastcdc-1 2048 8192 65536');
    expect(chunker({ minBytes: 4096 }).name).not.toBe(chunker().name);
  });
});
