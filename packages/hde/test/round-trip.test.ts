/** What goes in comes out: every codec, library, size and kind of data. */
import { isDwcpError } from '@dwcp/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameHeaderBytes, hde, type HdeOptions } from '../src/index.ts';
import { join, json, randomBytes, skewedBytes, text } from './data.ts';

const maxRawBytes = 300_000;
const encoders: Record<string, HdeOptions> = {
  none: { policy: { codec: 'none' } },
  lz4: { policy: { codec: 'lz4' } },
  'lz4 portable': { policy: { codec: 'lz4' }, portable: true },
  'zstd 1': { policy: { codec: 'zstd', level: 1 } },
  'zstd 9': { policy: { codec: 'zstd', level: 9 } },
  adaptive: {},
  'adaptive portable': { portable: true },
  internet: { preset: 'internet' },
  datacenter: { preset: 'datacenter' },
};
const decoders = [hde({ maxRawBytes }), hde({ maxRawBytes, portable: true })];
const kinds = { text, randomBytes, skewedBytes, json };
const sizes = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 20_000 }),
  fc.constantFrom(0, 1, 65_535, 65_536, 65_537, 131_073, maxRawBytes),
);

describe.each(Object.entries(encoders))('%s', (_, options) => {
  const codec = hde({ ...options, maxRawBytes });

  test('any block survives, through native and portable decoders', async () => {
    const property = fc.asyncProperty(
      sizes,
      fc.constantFrom(...Object.values(kinds)),
      fc.integer(),
      async (sizeBytes, make, seed) => {
        const block = make(sizeBytes, seed);
        const encoded = await codec.encode(block);
        const frame = join(encoded.chunks);
        expect(frame.byteLength).toBe(encoded.sizeBytes);
        expect(frame.byteLength).toBeLessThanOrEqual(sizeBytes + frameHeaderBytes);
        for (const decoder of decoders) {
          const decoded = await decoder.decode(frame);
          expect(Buffer.compare(decoded.bytes, block)).toBe(0);
          expect(decoded.checksum).toBe(encoded.checksum);
        }
      },
    );
    await fc.assert(property, { numRuns: 25, seed: 20_26 });
  });

  test('a block above maxRawBytes is refused', async () => {
    const large = new Uint8Array(maxRawBytes + 1);
    await codec.ready;
    expect(() => codec.encode(large)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_LIMIT_EXCEEDED' }),
    );
  });
});

describe('memory', () => {
  test('an unchanged block is neither copied on the way out nor on the way in', async () => {
    const codec = hde({ policy: { codec: 'none' } });
    const block = randomBytes(1000, 1);
    const { chunks } = await codec.encode(block);
    expect(chunks[1]).toBe(block);
    const frame = join(chunks);
    const { bytes } = await codec.decode(frame);
    expect(bytes.buffer).toBe(frame.buffer);
    expect(bytes.byteOffset).toBe(frameHeaderBytes);
  });

  test('small blocks need no promise once the codec is ready, large ones go to the pool', async () => {
    const codec = hde({ policy: { codec: 'zstd', level: 3 } });
    const early = codec.encode(text(1000, 1));
    expect(early).toBeInstanceOf(Promise);
    await codec.ready;
    const small = codec.encode(text(1000, 1));
    expect(small).not.toBeInstanceOf(Promise);
    expect(await early).toEqual(small);
    expect(codec.encode(text(1_000_000, 1))).toBeInstanceOf(Promise);
  });

  test('frames are decoded wherever they lie in a larger buffer', async () => {
    const block = text(5000, 7);
    for (const policy of [{ codec: 'lz4' }, { codec: 'zstd' }, { codec: 'none' }] as const) {
      const codec = hde({ policy });
      const frame = join((await codec.encode(block)).chunks);
      const room = new Uint8Array(frame.byteLength + 20);
      room.set(frame, 13);
      const decoded = await codec.decode(room.subarray(13, 13 + frame.byteLength));
      expect(Buffer.compare(decoded.bytes, block)).toBe(0);
    }
  });
});

describe('many blocks at once', () => {
  test('keep their own content and are bounded by maxParallelBlocks', async () => {
    const codec = hde({ policy: { codec: 'zstd', level: 3 }, maxParallelBlocks: 2 });
    const blocks = Array.from({ length: 12 }, (_, index) => text(150_000 + index, index));
    const encoded = await Promise.all(blocks.map((block) => codec.encode(block)));
    const frames = encoded.map(({ chunks }) => join(chunks));
    const decoded = await Promise.all(frames.map((frame) => codec.decode(frame)));
    for (const [index, { bytes }] of decoded.entries()) {
      expect(Buffer.compare(bytes, blocks[index] ?? new Uint8Array())).toBe(0);
    }
  });

  test('an abort reaches blocks that still wait, and the codec works on', async () => {
    const codec = hde({ policy: { codec: 'zstd', level: 6 }, maxParallelBlocks: 1 });
    await codec.ready;
    const abort = new AbortController();
    const block = text(200_000, 3);
    const calls = Array.from({ length: 4 }, () =>
      Promise.resolve(codec.encode(block, { signal: abort.signal })),
    );
    abort.abort();
    const results = await Promise.allSettled(calls);
    expect(
      results.every(
        (result) => result.status === 'rejected' && isDwcpError(result.reason, 'ERR_DWCP_ABORTED'),
      ),
    ).toBe(true);
    expect((await codec.encode(block)).codec).toBe('zstd');
  });
});
