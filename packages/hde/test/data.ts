/** Test data: seeded, of different kinds. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Numbers in [0, 1) from a seed (SplitMix32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that no codec can shrink. */
export function randomBytes(sizeBytes: number, seed: number): Uint8Array {
  const next = seededRandom(seed);
  return Uint8Array.from({ length: sizeBytes }, () => Math.floor(next() * 256));
}

const source = readFileSync(createRequire(import.meta.url).resolve('vitest/package.json'));
const words = [
  'stream',
  'block',
  'frame',
  'codec',
  'link',
  'rate',
  'zstd',
  'lz4',
  '\n',
  '{ "id": ',
];

/** Text that every codec shrinks, different for each seed. */
export function text(sizeBytes: number, seed: number): Uint8Array {
  const next = seededRandom(seed);
  const parts: string[] = [];
  for (let size = 0; size < sizeBytes;) {
    const word = `${words[Math.floor(next() * words.length)]} ${Math.floor(next() * 1000)} `;
    parts.push(word);
    size += word.length;
  }
  return new Uint8Array(Buffer.from(parts.join('')).subarray(0, sizeBytes));
}

/** Bytes of a skewed distribution without repeated strings: an entropy coder shrinks them, LZ4 does not. */
export function skewedBytes(sizeBytes: number, seed: number): Uint8Array {
  const next = seededRandom(seed);
  return Uint8Array.from({ length: sizeBytes }, () => Math.floor(next() * next() * 256));
}

/** A real JSON file, repeated to the size. */
export function json(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, index) => source[index % source.length] ?? 0);
}

/** The frame of an encoded block as one byte array. */
export function join(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}
