/** Frames that no honest sender makes, one fault each. */
import { describe, expect, test } from 'vitest';
import { zstdCompressSync } from 'node:zlib';
import { loadHasher } from '../src/checksum.ts';
import { type CodecName, writeFrameHeader } from '../src/frame.ts';
import { frameHeaderBytes, hde, type HdeOptions } from '../src/index.ts';
import { join, randomBytes, text } from './data.ts';

const hasher = await loadHasher();
const block = text(3000, 5);
const libraries: [string, HdeOptions][] = [
  ['native', {}],
  ['portable', { portable: true }],
];

/** A frame with an honest header check over whatever the header claims. */
function forge(codec: CodecName, stored: Uint8Array, claim: Claim = {}): Uint8Array {
  const header = {
    codec,
    rawBytes: claim.rawBytes ?? block.byteLength,
    storedBytes: claim.storedBytes ?? stored.byteLength,
    checksum: claim.checksum ?? hasher.xxh64(block),
  };
  return join([writeFrameHeader(header, hasher), stored]);
}

interface Claim {
  readonly rawBytes?: number;
  readonly storedBytes?: number;
  readonly checksum?: bigint;
}

/** Changes one header byte and makes the header check right again. */
function patched(frame: Uint8Array, position: number, value: number): Uint8Array {
  const copy = frame.slice();
  copy[position] = value;
  const view = new DataView(copy.buffer);
  view.setUint32(16, hasher.xxh32(copy.subarray(0, 16), view.getUint32(20, true)), true);
  return copy;
}

async function frameOf(codec: 'none' | 'lz4' | 'zstd'): Promise<Uint8Array> {
  return join((await hde({ policy: { codec } }).encode(block)).chunks);
}

async function failure(frame: Uint8Array, options: HdeOptions): Promise<string> {
  try {
    await hde(options).decode(frame);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
  return 'decoded';
}

describe.each(libraries)('%s libraries', (_, options) => {
  test.each(['none', 'lz4', 'zstd'] as const)('%s: cut off at every byte', async (codec) => {
    const frame = await frameOf(codec);
    for (let sizeBytes = 0; sizeBytes < frame.byteLength; sizeBytes += 1) {
      expect(await failure(frame.subarray(0, sizeBytes), options)).toBe('ERR_DWCP_MALFORMED');
    }
  });

  test.each(['none', 'lz4', 'zstd'] as const)('%s: bytes behind the end', async (codec) => {
    const frame = join([await frameOf(codec), new Uint8Array(1)]);
    expect(await failure(frame, options)).toBe('ERR_DWCP_MALFORMED');
  });

  test.each(['lz4', 'zstd'] as const)('%s: stored bytes cut off, header honest', async (codec) => {
    const frame = await frameOf(codec);
    for (let end = frameHeaderBytes; end < frame.byteLength; end += 7) {
      const stored = frame.subarray(frameHeaderBytes, end);
      expect(await failure(forge(codec, stored), options)).toMatch(/MALFORMED|CHECKSUM/);
    }
  });

  test.each(['lz4', 'zstd'] as const)('%s: another raw length than declared', async (codec) => {
    const stored = (await frameOf(codec)).subarray(frameHeaderBytes);
    for (const rawBytes of [block.byteLength - 1, block.byteLength + 1, stored.byteLength + 1]) {
      const frame = forge(codec, stored, { rawBytes });
      expect(await failure(frame, options)).toMatch(/MALFORMED|CHECKSUM/);
    }
  });

  test.each(['none', 'lz4', 'zstd'] as const)('%s: the content of another block', async (codec) => {
    const frame = await frameOf(codec);
    const wrong = forge(codec, frame.subarray(frameHeaderBytes), { checksum: 1n });
    expect(await failure(wrong, options)).toBe('ERR_DWCP_CHECKSUM_MISMATCH');
  });

  test('random bytes behind an honest header', async () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const stored = randomBytes(200, seed);
      expect(await failure(forge('lz4', stored), options)).toMatch(/MALFORMED|CHECKSUM/);
      expect(await failure(forge('zstd', stored), options)).toMatch(/MALFORMED|CHECKSUM/);
    }
  });
});

describe('header fields', () => {
  const cases: [string, number, number, string][] = [
    ['magic', 0, 0x28, 'ERR_DWCP_MALFORMED'],
    ['version', 1, 2, 'ERR_DWCP_UNSUPPORTED'],
    ['codec', 2, 3, 'ERR_DWCP_UNSUPPORTED'],
    ['codec', 2, 255, 'ERR_DWCP_UNSUPPORTED'],
    ['the extension flag', 3, 0x01, 'ERR_DWCP_UNSUPPORTED'],
    ['a flag of the future', 3, 0x80, 'ERR_DWCP_UNSUPPORTED'],
  ];
  test.each(cases)('an unknown %s is refused', async (_, position, value, code) => {
    expect(await failure(patched(await frameOf('lz4'), position, value), {})).toBe(code);
  });

  test('every flipped bit is found', async () => {
    const frame = await frameOf('zstd');
    for (let bit = 0; bit < frameHeaderBytes * 8; bit += 1) {
      const copy = frame.slice();
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await failure(copy, {})).toMatch(/MALFORMED|UNSUPPORTED/);
    }
  });
});

describe('bombs', () => {
  const gibibyte = 2 ** 30;

  test.each(['none', 'lz4', 'zstd'] as const)('%s: a declared GiB is refused', async (codec) => {
    const codecs = hde();
    await codecs.ready;
    const frame = forge(codec, new Uint8Array(8), { rawBytes: gibibyte });
    const before = process.memoryUsage().arrayBuffers;
    expect(() => codecs.decode(frame)).toThrow(
      expect.objectContaining({
        code: 'ERR_DWCP_LIMIT_EXCEEDED',
        message: `a frame declares ${gibibyte} raw bytes, above maxRawBytes (4194304)`,
      }),
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  test.each([
    ['lz4', 256],
    ['zstd', 131_073],
  ] as const)('%s: more than its format can make is refused', async (codec, factor) => {
    const codecs = hde({ maxRawBytes: gibibyte });
    await codecs.ready;
    const frame = forge(codec, new Uint8Array(64), { rawBytes: 64 * factor });
    expect(() => codecs.decode(frame)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_MALFORMED' }),
    );
  });

  test.each(libraries)('zstd: 64 MiB of zeros declared as 4 KiB, %s', async (_, options) => {
    const stored = zstdCompressSync(new Uint8Array(64 * 1024 * 1024));
    const frame = forge('zstd', stored, { rawBytes: 4096 });
    const before = process.memoryUsage().arrayBuffers;
    expect(await failure(frame, options)).toMatch(/MALFORMED|CHECKSUM/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000);
  });

  test('the limit of one call counts where it is lower', async () => {
    const codecs = hde({ policy: { codec: 'lz4' } });
    const frame = await frameOf('lz4');
    expect((await codecs.decode(frame, { maxRawBytes: 3000 })).bytes.byteLength).toBe(3000);
    expect(() => codecs.decode(frame, { maxRawBytes: 2999 })).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_LIMIT_EXCEEDED' }),
    );
  });
});

describe('a block that fzstd works on for ever', () => {
  // Its Huffman weights are coded in a table of one symbol, so that reading them uses up no bits.
  const parts = [
    '28b52ffd602c00250500d2091c17f03b07152cd4d573d72f33132322a5685bb6b4c523e602764b7b8793',
    'a5eb91a152c88e495dbdeff71ec7ecaa3659aa5c5c03beba8dc7817c5509d18075ef05296698fa54d5b4',
    'b89bb998ddd2dee165f8b44e1844f15e9d148d4278a1600f8181048efcba2e9cd114465d16d4ee692f14',
    '2840489c500f1032e6311c60708dd13880e0dd10052c12bdc4751bc81bd4852ff82307e2a477600e39f5',
    '6b3ceaa5c401',
  ];
  const endless = forge('zstd', Buffer.from(parts.join(''), 'hex'), { rawBytes: 300 });

  test('is refused by node:zlib', async () => {
    expect(await failure(endless, {})).toBe('ERR_DWCP_MALFORMED');
  });

  test('costs fzstd its thread, and the next block gets a new one', async () => {
    const frame = await frameOf('zstd');
    const codec = hde({ portable: true });
    const calls = [codec.decode(endless), codec.decode(frame), codec.decode(frame)];
    const [first, ...others] = await Promise.allSettled(calls);
    expect(first).toMatchObject({
      status: 'rejected',
      reason: { code: 'ERR_DWCP_LIMIT_EXCEEDED' },
    });
    for (const other of others) expect(other.status).toBe('fulfilled');
  });
});
