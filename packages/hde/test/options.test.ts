/** Options and what the codec says about itself. */
import type { Logger } from '@dwcp/core';
import { describe, expect, test } from 'vitest';
import { hde, type HdeOptions } from '../src/index.ts';
import { Libraries } from '../src/codecs/libraries.ts';

describe('options out of range', () => {
  const cases: [string, HdeOptions][] = [
    ['maxRawBytes', { maxRawBytes: 0 }],
    ['maxRawBytes', { maxRawBytes: 1.5 }],
    ['maxRawBytes', { maxRawBytes: 2 ** 31 }],
    ['maxParallelBlocks', { maxParallelBlocks: 0 }],
    ['level', { policy: { codec: 'zstd', level: -1 } }],
    ['level', { policy: { codec: 'zstd', level: 20 } }],
    // What a caller without types may pass.
    ['brotli', JSON.parse('{"policy": {"codec": "brotli"}}')],
    ['lan', JSON.parse('{"preset": "lan"}')],
  ];
  test.each(cases)('%s is named in the error', (name, options) => {
    expect(() => hde(options)).toThrow(
      expect.objectContaining({
        code: 'ERR_DWCP_INVALID_ARGUMENT',
        message: expect.stringContaining(name),
      }),
    );
  });
});

describe('libraries', () => {
  test('the native ones are used where they exist', () => {
    expect(hde().codecs).toEqual([
      { name: 'none', encoder: 'built in', decoder: 'built in' },
      { name: 'lz4', encoder: 'lz4-napi', decoder: 'lz4-napi' },
      { name: 'zstd', encoder: 'node:zlib', decoder: 'node:zlib' },
    ]);
  });

  test('the portable ones have no zstd encoder, and a policy that needs it is refused', () => {
    expect(hde({ portable: true }).codecs.slice(1)).toEqual([
      { name: 'lz4', encoder: 'lz4js', decoder: 'lz4js' },
      { name: 'zstd', encoder: undefined, decoder: 'fzstd' },
    ]);
    expect(() => hde({ portable: true, policy: { codec: 'zstd' } })).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_UNSUPPORTED' }),
    );
  });

  test('a missing native library is reported once, when it is first needed', async () => {
    const lines: string[] = [];
    const logger: Logger = { log: (level, message) => lines.push(`${level}: ${message}`) };
    const libraries = new Libraries(false, logger, () => {
      throw new Error('no binary for this platform');
    });
    expect(libraries.canEncode('lz4')).toBe(true);
    expect(lines).toEqual([]);
    expect(libraries.compressor('lz4').library).toBe('lz4js');
    expect(libraries.decompressor('lz4').library).toBe('lz4js');
    expect(lines).toEqual([
      'warn: lz4-napi could not be loaded; lz4js takes over and is several times slower',
    ]);
  });
});
