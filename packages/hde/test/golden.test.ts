/** Frames written by the first release: every later one must read them. Never edit the vectors. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hde } from '../src/index.ts';

interface Vector {
  readonly name: string;
  readonly codec: string;
  readonly raw: string;
  readonly checksum: string;
  readonly frame: string;
}

const file = new URL('golden/frames-v1.json', import.meta.url);
const vectors: Vector[] = JSON.parse(readFileSync(file, 'utf8'));

describe.each(vectors)('$name', ({ codec, raw, checksum, frame }) => {
  test.each([false, true])('is read, portable libraries: %s', async (portable) => {
    const decoded = await hde({ portable }).decode(Buffer.from(frame, 'hex'));
    expect(Buffer.from(decoded.bytes).toString('utf8')).toBe(raw);
    expect(decoded.checksum).toBe(BigInt(`0x${checksum}`));
  });

  test('states its codec and sizes where the wire format says', () => {
    const bytes = Buffer.from(frame, 'hex');
    expect(bytes[0]).toBe(0xd7);
    expect(bytes[1]).toBe(1);
    expect(['none', 'lz4', 'zstd'][bytes[2] ?? 99]).toBe(codec);
    expect(bytes[3]).toBe(0);
    expect(bytes.readBigUInt64LE(4)).toBe(BigInt(`0x${checksum}`));
    expect(bytes.readUInt32LE(12)).toBe(bytes.byteLength - 24);
    expect(bytes.readUInt32LE(20)).toBe(Buffer.byteLength(raw));
  });
});

test('an unchanged block is framed as in the vectors, byte for byte', async () => {
  const written = vectors.filter(({ codec }) => codec === 'none');
  for (const { raw, frame } of written) {
    const { chunks } = await hde().encode(Buffer.from(raw));
    expect(Buffer.concat(chunks).toString('hex')).toBe(frame);
  }
});
