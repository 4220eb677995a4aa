/**
 * Rates, durations and sizes as people write them, and as numbers: bits per second, milliseconds
 * and bytes. Decimal prefixes (k, M, G, T) and binary ones (Ki, Mi, Gi, Ti; IEC 80000-13) are never
 * mixed up: `1MB` is 1 000 000 bytes and `1MiB` is 1 048 576.
 */
import { formatQuantity, parseQuantity } from './quantity.ts';
import type { FormatOptions, QuantityKind, Unit } from './quantity.ts';

function unit(factor: bigint, ...names: [string, ...string[]]): Unit {
  return { factor, names };
}

const rates: QuantityKind = {
  noun: 'a rate',
  examples: '10Gbps, 850Mbit/s, 1.5MB/s or a number of bits per second',
  baseScale: 0,
  whole: false,
  units: [
    unit(1n, 'bps', 'bit/s'),
    unit(8n, 'B/s'),
    unit(1000n, 'kbps', 'Kbps', 'kbit/s', 'Kbit/s'),
    unit(8000n, 'kB/s', 'KB/s'),
    unit(8n * 2n ** 10n, 'KiB/s'),
    unit(10n ** 6n, 'Mbps', 'Mbit/s'),
    unit(8n * 10n ** 6n, 'MB/s'),
    unit(8n * 2n ** 20n, 'MiB/s'),
    unit(10n ** 9n, 'Gbps', 'Gbit/s'),
    unit(8n * 10n ** 9n, 'GB/s'),
    unit(8n * 2n ** 30n, 'GiB/s'),
    unit(10n ** 12n, 'Tbps', 'Tbit/s'),
  ],
};

/** Rates are written in bits only: `1Gbps` and `125MB/s` are as short as each other. */
const bitRates: QuantityKind = {
  ...rates,
  units: rates.units.filter(({ names }) => names[0].endsWith('bps')),
};

const durations: QuantityKind = {
  noun: 'a duration',
  examples: '250ms, 30s, 1.5h or a number of milliseconds',
  baseScale: 3,
  whole: false,
  units: [
    unit(1n, 'us', 'µs'),
    unit(1000n, 'ms'),
    unit(1_000_000n, 's'),
    unit(60_000_000n, 'min', 'm'),
    unit(3_600_000_000n, 'h'),
    unit(86_400_000_000n, 'd'),
  ],
};

const sizes: QuantityKind = {
  noun: 'a size',
  examples: '64KiB, 1.5MB or a number of bytes; bytes are whole',
  baseScale: 0,
  whole: true,
  units: [
    unit(1n, 'B'),
    unit(1000n, 'kB', 'KB'),
    unit(2n ** 10n, 'KiB'),
    unit(10n ** 6n, 'MB'),
    unit(2n ** 20n, 'MiB'),
    unit(10n ** 9n, 'GB'),
    unit(2n ** 30n, 'GiB'),
    unit(10n ** 12n, 'TB'),
    unit(2n ** 40n, 'TiB'),
  ],
};

/**
 * Bits per second. Takes `bps`, `kbps`, `Mbps`, `Gbps`, `Tbps`, the same as `bit/s` … `Tbit/s`, and
 * bytes per second: `B/s`, `kB/s`, `KiB/s` … `GiB/s`. A number is bits per second already.
 * Anything else, and all above 2^53 - 1, throws `ERR_DWCP_INVALID_ARGUMENT`.
 *
 * @example
 * ```ts
 * import { parseRate } from '@dwcp/core';
 *
 * parseRate('10Gbps'); // => 10_000_000_000
 * parseRate('850 Mbit/s'); // => 850_000_000
 * parseRate('1MiB/s'); // => 8_388_608
 * ```
 */
export function parseRate(rate: string | number): number {
  return parseQuantity(rates, rate);
}

/**
 * A rate in bits per second as text that `parseRate` takes; prefers bits over bytes.
 *
 * @example
 * ```ts
 * import { formatRate } from '@dwcp/core';
 *
 * formatRate(10_000_000_000); // => '10Gbps'
 * formatRate(943_718_433.2, { significantDigits: 3 }); // => '944Mbps'
 * ```
 */
export function formatRate(rateBps: number, options: FormatOptions = {}): string {
  return formatQuantity(bitRates, rateBps, options);
}

/**
 * Milliseconds. Takes `us`, `ms`, `s`, `min` or `m`, `h` and `d`. A number is milliseconds already.
 * Anything else, and all above 2^53 - 1, throws `ERR_DWCP_INVALID_ARGUMENT`.
 *
 * @example
 * ```ts
 * import { parseDuration } from '@dwcp/core';
 *
 * parseDuration('30s'); // => 30_000
 * parseDuration('1.5h'); // => 5_400_000
 * parseDuration('250us'); // => 0.25
 * ```
 */
export function parseDuration(duration: string | number): number {
  return parseQuantity(durations, duration);
}

/**
 * Milliseconds as text that `parseDuration` takes.
 *
 * @example
 * ```ts
 * import { formatDuration } from '@dwcp/core';
 *
 * formatDuration(90_000); // => '90s'
 * formatDuration(1234.567, { significantDigits: 2 }); // => '1.2s'
 * ```
 */
export function formatDuration(durationMs: number, options: FormatOptions = {}): string {
  return formatQuantity(durations, durationMs, options);
}

/**
 * Whole bytes. Takes `B`, decimal `kB` (or `KB`) … `TB` and binary `KiB` … `TiB`. A number is bytes
 * already. Anything else, part of a byte, and all above 2^53 - 1 throws `ERR_DWCP_INVALID_ARGUMENT`.
 *
 * @example
 * ```ts
 * import { parseSize } from '@dwcp/core';
 *
 * parseSize('64KiB'); // => 65_536
 * parseSize('1.5MB'); // => 1_500_000
 * ```
 */
export function parseSize(size: string | number): number {
  return parseQuantity(sizes, size);
}

/**
 * Bytes as text that `parseSize` takes.
 *
 * @example
 * ```ts
 * import { formatSize } from '@dwcp/core';
 *
 * formatSize(65_536); // => '64KiB'
 * formatSize(1_234_567); // => '1234567B'
 * formatSize(1_234_567, { significantDigits: 3 }); // => '1.23MB'
 * ```
 */
export function formatSize(sizeBytes: number, options: FormatOptions = {}): string {
  return formatQuantity(sizes, sizeBytes, options);
}
