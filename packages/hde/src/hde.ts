/** The factory of the block codec and its options. */
import { availableParallelism } from 'node:os';
import { type Clock, DwcpError, type Logger, systemClock } from '@dwcp/core';
import { Libraries } from './codecs/libraries.ts';
import { codecNames } from './frame.ts';
import { HdeBlockCodec, type HdeCodec } from './driver/block-codec.ts';
import { adaptiveChooser, type Chooser, fixedChooser } from './driver/chooser.ts';
import { AdaptiveChoice } from './machine/adaptive.ts';
import { type HdePreset, presets } from './machine/presets.ts';
import { ladder } from './machine/rungs.ts';

/** One codec for every block. */
export type FixedPolicy =
  | { readonly codec: 'none' }
  | { readonly codec: 'lz4' }
  | {
      readonly codec: 'zstd';
      /** 1 (fast) … 19 (small). Above 19 zstd needs memory that blocks cannot use. @default 3 */
      readonly level?: number;
    };

/** Options of {@link hde}. */
export interface HdeOptions {
  /**
   * One codec for all blocks, or `adaptive`: chosen per block from the data, the hints of the
   * caller and what encoding costs here. A block that does not shrink by 1/32 is sent as it is
   * in either case.
   * @default 'adaptive'
   */
  readonly policy?: 'adaptive' | FixedPolicy;
  /** Where the adaptive choice starts and which codecs it may use. @default 'hybrid' */
  readonly preset?: HdePreset;
  /**
   * Largest block, before encoding, that is encoded or decoded: 1 … 1 GiB. The memory of one
   * decoding is this plus the frame.
   * @default 4 MiB
   */
  readonly maxRawBytes?: number;
  /**
   * Blocks worked on in the libuv thread pool at once, 1 … 1024; further ones wait in order.
   * Bounds memory, and leaves pool threads to files and name look-ups.
   * @default the cores, but one less than the pool's threads (`UV_THREADPOOL_SIZE`, 4)
   */
  readonly maxParallelBlocks?: number;
  /** True: use no native library, as on a platform that has none. @default false */
  readonly portable?: boolean;
  /** Receives a warning when a portable library takes over. @default none */
  readonly logger?: Logger;
  /** Measures what encoding costs. @default the clock of the process */
  readonly clock?: Clock;
}

const defaultMaxRawBytes = 4 * 1024 * 1024;
/** The frame counts in 32 bits; beyond this, several blocks are the better idea. */
const highestMaxRawBytes = 1024 * 1024 * 1024;
const highestParallelBlocks = 1024;
const defaultPoolThreads = 4;
/** What most uses of zstd take: the best static level at 100 Mbit/s. */
const defaultLevel = 3;
const highestLevel = 19;

/**
 * Makes a block codec: every block becomes a frame that names its codec and proves its content.
 *
 * Throws `ERR_DWCP_INVALID_ARGUMENT` for an option out of range and `ERR_DWCP_UNSUPPORTED` for a
 * fixed policy whose codec cannot encode on this platform.
 *
 * @example
 * ```ts
 * import { hde } from '@dwcp/hde';
 *
 * const codec = hde();
 * const block = new TextEncoder().encode('Alles neu macht der Mai. '.repeat(400));
 * const encoded = await codec.encode(block);
 * encoded.codec; // => 'lz4'
 *
 * const frame = Buffer.concat(encoded.chunks);
 * const { bytes } = await codec.decode(frame);
 * Buffer.compare(bytes, block); // => 0
 * ```
 */
export function hde(options: HdeOptions = {}): HdeCodec {
  const { maxRawBytes = defaultMaxRawBytes, maxParallelBlocks = defaultParallelBlocks() } = options;
  checkRange('maxRawBytes', maxRawBytes, highestMaxRawBytes);
  checkRange('maxParallelBlocks', maxParallelBlocks, highestParallelBlocks);
  const libraries = new Libraries(options.portable ?? false, options.logger);
  return new HdeBlockCodec({
    maxRawBytes,
    maxParallelBlocks,
    libraries,
    chooser: makeChooser(options, libraries, maxParallelBlocks),
    clock: options.clock ?? systemClock(),
  });
}

function makeChooser(options: HdeOptions, libraries: Libraries, threads: number): Chooser {
  const { policy = 'adaptive', preset = 'hybrid' } = options;
  if (policy === 'adaptive') {
    const bounds = presets[preset];
    if (bounds === undefined) throw invalid(`preset ${String(preset)} is not known`);
    const rungs = ladder.filter(({ codec }) => libraries.canEncode(codec));
    return adaptiveChooser(new AdaptiveChoice(rungs, bounds, threads));
  }
  if (!codecNames.includes(policy.codec)) throw invalid(`codec ${policy.codec} is not known`);
  if (!libraries.canEncode(policy.codec)) {
    throw new DwcpError(
      'ERR_DWCP_UNSUPPORTED',
      `no library here encodes ${policy.codec}; use lz4 or the adaptive policy`,
    );
  }
  const level = policy.codec === 'zstd' ? (policy.level ?? defaultLevel) : 0;
  // Level -1 would silently mean "default" in node:zlib, and 23 the same as 22.
  if (policy.codec === 'zstd') checkRange('level', level, highestLevel);
  return fixedChooser({ codec: policy.codec, level });
}

function defaultParallelBlocks(): number {
  const configured = Number(process.env['UV_THREADPOOL_SIZE']);
  const poolThreads = configured >= 1 ? Math.min(Math.floor(configured), 1024) : defaultPoolThreads;
  return Math.max(1, Math.min(availableParallelism(), poolThreads - 1));
}

function checkRange(name: string, value: number, highest: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= highest) return;
  throw invalid(`${name} is ${value}, not a whole number in 1 … ${highest}`);
}

function invalid(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_ARGUMENT', message);
}
