import { isDwcpError, seededRandom, type DecodedBlock } from '@dwcp/core';
import { expect, test } from 'vitest';
import { checksumCodec } from '../src/index.ts';

test('a block goes out in its own memory and comes back in that of the frame', async () => {
  const codec = checksumCodec();
  const block = seededRandom(1).bytes(new Uint8Array(5000));
  const encoded = await codec.encode(block);
  expect(encoded.chunks[1]).toBe(block);
  expect(encoded).toMatchObject({ sizeBytes: 5016, codec: 'none' });
  const frame = Buffer.concat(encoded.chunks);
  const decoded = await codec.decode(frame);
  expect(Buffer.compare(decoded.bytes, block)).toBe(0);
  expect(decoded.bytes.buffer).toBe(frame.buffer);
  expect(decoded.checksum).toBe(encoded.checksum);
});

test('XXH64 of the reference: the empty input with seed 0', async () => {
  const { checksum } = await checksumCodec().encode(new Uint8Array(0));
  expect(checksum.toString(16)).toBe('ef46db3751d8e999');
});

test('once the hash is loaded nothing waits', async () => {
  const codec = checksumCodec();
  await codec.encode(new Uint8Array(1));
  expect(codec.encode(new Uint8Array(1))).not.toBeInstanceOf(Promise);
});

test('limits hold on both ways', async () => {
  const codec = checksumCodec({ maxRawBytes: 10 });
  await checksumCodec().encode(new Uint8Array(1));
  expect(() => codec.encode(new Uint8Array(11))).toThrow(/limit maxRawBytes of 10/);
  const { chunks } = await codec.encode(new Uint8Array(10));
  expect(() => codec.decode(Buffer.concat(chunks), { maxRawBytes: 9 })).toThrow(/of 9/);
});

test('damaged frames: 20000 seeded cases, never wrong bytes', async () => {
  const codec = checksumCodec();
  const random = seededRandom(7);
  const block = random.bytes(new Uint8Array(100));
  const frame = Buffer.concat((await codec.encode(block)).chunks);
  for (let run = 0; run < 20_000; run += 1) {
    const damaged = Buffer.from(frame).subarray(
      0,
      frame.byteLength - random.integer(2) * random.integer(116),
    );
    damaged[random.integer(damaged.byteLength || 1)] = random.integer(256);
    const decoded = await Promise.resolve()
      .then(() => codec.decode(damaged))
      .catch((error: unknown) => error);
    const fine = isDwcpError(decoded) || same(decoded, block);
    expect(fine).toBe(true);
  }
});

function same(decoded: unknown, block: Uint8Array): boolean {
  return Buffer.compare((decoded as DecodedBlock).bytes, block) === 0;
}
