/** What a memory network can be told, and what it takes when it is told nothing. */
import { DwcpError } from '../errors.ts';
import { seededRandom } from '../random.ts';
import { systemClock } from '../clock/system.ts';
import type { Clock, Random } from '../roles/host.ts';

/** The path between any two addresses of a memory network. */
export interface MemoryPath {
  /** Time that a byte travels one way, milliseconds, ≥ 0. @default 0 */
  readonly delayMs: number;
  /**
   * Rate of the path in each direction, bits per second, > 0, shared by all connections in turns.
   * @default Infinity
   */
  readonly rateBps: number;
  /**
   * Share of segments that the path loses, 0 … 0.9. A transport is reliable, so a lost segment is
   * sent again and arrives one round trip later; what was sent after it waits for it.
   * @default 0
   */
  readonly lossRatio: number;
}

/** Options of {@link memoryNetwork} and {@link memoryTransport}. */
export interface MemoryNetworkOptions extends Partial<MemoryPath> {
  /** Drives every delay. @default systemClock() */
  readonly clock?: Clock;
  /** Draws the losses. @default seededRandom(1) */
  readonly random?: Random;
  /**
   * Largest piece that travels and is lost as one, bytes, 1 … 1 MiB. The default is small enough
   * for connections to take turns and large enough for a gigabyte to stay below 70 000 events.
   * @default 16384
   */
  readonly segmentBytes?: number;
  /**
   * Most bytes of one connection and direction that are on the way or wait for a paused handler.
   * As with TCP, a connection is never faster than one window per round trip. @default 4194304
   */
  readonly windowBytes?: number;
  /** `send` returns false while more bytes than this are queued. @default 262144 */
  readonly highWaterBytes?: number;
  /** `onDrain` is called when the queue has fallen to this, ≤ `highWaterBytes`. @default 65536 */
  readonly lowWaterBytes?: number;
}

/** The options with every default filled in and checked. */
export interface MemorySettings {
  /** Drives every delay. */
  readonly clock: Clock;
  /** Draws the losses. */
  readonly random: Random;
  /** Largest piece that travels as one. */
  readonly segmentBytes: number;
  /** Most bytes on the way. */
  readonly windowBytes: number;
  /** Above it `send` returns false. */
  readonly highWaterBytes: number;
  /** At it `onDrain` is called. */
  readonly lowWaterBytes: number;
  /** Replaced as a whole when the path changes. */
  path: MemoryPath;
}

const idealPath: MemoryPath = { delayMs: 0, rateBps: Infinity, lossRatio: 0 };

/** Fills in and checks; `ERR_DWCP_INVALID_ARGUMENT` names the option that is out of range. */
export function memorySettings(options: MemoryNetworkOptions): MemorySettings {
  const highWaterBytes = options.highWaterBytes ?? 256 * 1024;
  const settings: MemorySettings = {
    clock: options.clock ?? systemClock(),
    random: options.random ?? seededRandom(1),
    segmentBytes: options.segmentBytes ?? 16 * 1024,
    windowBytes: options.windowBytes ?? 4 * 1024 * 1024,
    highWaterBytes,
    lowWaterBytes: options.lowWaterBytes ?? Math.min(64 * 1024, highWaterBytes),
    path: memoryPath(idealPath, options),
  };
  checkWithin('segmentBytes', settings.segmentBytes, 1, 1024 * 1024);
  checkWithin('windowBytes', settings.windowBytes, settings.segmentBytes, Infinity);
  checkWithin('highWaterBytes', highWaterBytes, 1, Infinity);
  checkWithin('lowWaterBytes', settings.lowWaterBytes, 0, highWaterBytes);
  return settings;
}

/** `current` with the given differences, checked. */
export function memoryPath(current: MemoryPath, changes: Partial<MemoryPath>): MemoryPath {
  const path: MemoryPath = {
    delayMs: changes.delayMs ?? current.delayMs,
    rateBps: changes.rateBps ?? current.rateBps,
    lossRatio: changes.lossRatio ?? current.lossRatio,
  };
  checkWithin('delayMs', path.delayMs, 0, Number.MAX_SAFE_INTEGER);
  checkWithin('rateBps', path.rateBps, Number.MIN_VALUE, Infinity);
  checkWithin('lossRatio', path.lossRatio, 0, 0.9);
  return path;
}

function checkWithin(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new DwcpError(
    'ERR_DWCP_INVALID_ARGUMENT',
    `${name} is ${value}, outside ${least} … ${most}`,
  );
}
