import {
  formatDuration,
  formatRate,
  formatSize,
  isDwcpError,
  parseDuration,
  parseRate,
  parseSize,
} from '@dwcp/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const outcome = (text: string): unknown => {
  try {
    return parseRate(text);
  } catch (error) {
    return error;
  }
};
const runs = { numRuns: 2000, seed: 7 };

describe('units: parse', () => {
  it.each([
    ['10Gbps', 1e10],
    ['850Mbit/s', 850e6],
    ['850 Mbps', 850e6],
    ['1.5kbps', 1500],
    ['9Kbit/s', 9000],
    ['2Tbps', 2e12],
    ['125MB/s', 1e9],
    ['1KiB/s', 8192],
    ['1GiB/s', 8 * 2 ** 30],
    ['0.5bps', 0.5],
    [1234.5, 1234.5],
  ])('rate %s', (text, rateBps) => {
    expect(parseRate(text)).toBe(rateBps);
  });

  it.each([
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['2d', 172_800_000],
    ['5min', 300_000],
    ['5m', 300_000],
    ['100us', 0.1],
    ['100µs', 0.1],
    ['0.1ms', 0.1],
    [0.25, 0.25],
  ])('duration %s', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each([
    ['64KiB', 65_536],
    ['1.5MB', 1_500_000],
    ['1.1MB', 1_100_000],
    ['1.5MiB', 1_572_864],
    ['0B', 0],
    ['7kB', 7000],
    ['7KB', 7000],
    ['1TiB', 2 ** 40],
    ['0.0001GB', 100_000],
    [4096, 4096],
  ])('size %s', (text, sizeBytes) => {
    expect(parseSize(text)).toBe(sizeBytes);
  });

  it.each([
    '',
    '10',
    'Gbps',
    '-1Gbps',
    '1e3bps',
    '1.Gbps',
    '.5Gbps',
    '10gbps',
    '10 Gb',
    '10mbps',
    ' 1bps',
    '1bps ',
    '1  bps',
    '1,5Mbps',
    '10Gbps/s',
    '99999999999999Gbps',
    `${'9'.repeat(1e5)}bps`,
    '1bps\n',
    -1,
    Number.NaN,
    Infinity,
  ])('no rate: %j', (text) => {
    expect(() => parseRate(text)).toThrow(/is not a rate: write 10Gbps, 850Mbit\/s, 1\.5MB\/s/);
  });

  it.each(['10 seconds', '1h30m', '30', '30S', '1M', '-5s', -5])('no duration: %j', (text) => {
    expect(() => parseDuration(text)).toThrow(
      /is not a duration: write 250ms, 30s, 1\.5h .*us, ms, s, min, h, d/,
    );
  });

  it.each(['0.5B', '0.1KiB', '1Mb', '1mb', '10', '10000000TiB', 1.5, 2 ** 53])(
    'no size: %j',
    (text) => {
      expect(() => parseSize(text)).toThrow(/is not a size: write 64KiB, 1\.5MB/);
    },
  );
});

describe('units: format', () => {
  it.each([
    [1e10, '10Gbps'],
    [943e6, '943Mbps'],
    [1_234_567, '1234567bps'],
    [0, '0bps'],
    [0.5, '0.5bps'],
  ])('rate %d', (rateBps, text) => {
    expect(formatRate(rateBps)).toBe(text);
  });

  it.each([
    [30_000, '30s'],
    [5_400_000, '1.5h'],
    [90_000, '90s'],
    [86_400_000, '1d'],
    [250, '250ms'],
    [0.25, '250us'],
    [1 / 3, '333.3333333333333us'],
  ])('duration %d', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it.each([
    [65_536, '64KiB'],
    [1_500_000, '1.5MB'],
    [1023, '1023B'],
    [1000, '1kB'],
    [1024, '1KiB'],
    [2 ** 40, '1TiB'],
    [0, '0B'],
  ])('size %d', (sizeBytes, text) => {
    expect(formatSize(sizeBytes)).toBe(text);
  });

  it('rounds to the digits asked for', () => {
    expect(formatSize(1_234_567, { significantDigits: 2 })).toBe('1.2MB');
    expect(formatSize(7, { significantDigits: 2 })).toBe('7B');
    expect(formatDuration(61_234, { significantDigits: 2 })).toBe('61s');
    expect(formatRate(1e9 / 3, { significantDigits: 3 })).toBe('333Mbps');
    expect(() => formatRate(1, { significantDigits: 0 })).toThrow('significantDigits');
  });

  it('refuses what is no quantity', () => {
    expect(() => formatSize(1.5)).toThrow(isCoded);
    expect(() => formatDuration(-1)).toThrow(isCoded);
    expect(() => formatRate(Number.NaN)).toThrow(isCoded);
  });
});

const isCoded = expect.objectContaining({ code: 'ERR_DWCP_INVALID_ARGUMENT' });

describe('units: exact round trip', () => {
  const anyQuantity = fc.oneof(
    fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true }).map((value) => value + 0),
    fc.maxSafeNat(),
    fc.tuple(fc.nat(9999), fc.nat(9)).map(([digits, scale]) => digits * 10 ** scale),
    fc.tuple(fc.nat(9999), fc.nat(3)).map(([digits, scale]) => digits * 1024 ** scale),
  );

  it('of any rate', () => {
    fc.assert(
      fc.property(anyQuantity, (value) => {
        expect(parseRate(formatRate(value))).toBe(value);
      }),
      runs,
    );
  });

  it('of any duration, down to the smallest number there is', () => {
    fc.assert(
      fc.property(anyQuantity, (value) => {
        expect(parseDuration(formatDuration(value))).toBe(value);
      }),
      runs,
    );
    expect(parseDuration(formatDuration(Number.MIN_VALUE))).toBe(Number.MIN_VALUE);
  });

  it('of any size', () => {
    const anySize = anyQuantity.filter(Number.isSafeInteger);
    fc.assert(
      fc.property(anySize, (value) => {
        expect(parseSize(formatSize(value))).toBe(value);
      }),
      runs,
    );
  });

  it('never fails without a code', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.kMGiBbps/ -e') }), (text) => {
        const result = outcome(text);
        expect(typeof result === 'number' || isDwcpError(result, 'ERR_DWCP_INVALID_ARGUMENT')).toBe(
          true,
        );
      }),
      runs,
    );
  });
});
