/** Options of {@link amst}, their defaults and their ranges. */
import { randomBytes } from 'node:crypto';
import {
  DwcpError,
  systemClock,
  type BlockCodec,
  type Clock,
  type Logger,
  type Transport,
} from '@dwcp/core';
import { checksumCodec } from './checksum-codec.ts';
import { maxSessionConnections, type PeerLimits } from './machine/handshake.ts';

/** Every bound that AMST keeps. All have a default; sizes are bytes, times milliseconds. */
export interface AmstLimits extends PeerLimits {
  /** Sessions of one listener at the same time. @default 1024 */
  readonly maxSessions: number;
  /** Connections of one session that a listener grants, 1 … 512. @default 512 */
  readonly maxConnectionsPerSession: number;
  /** Connections of one listener that have not finished their handshake. @default 1024 */
  readonly maxPendingHandshakes: number;
  /** Largest message that this side accepts. @default 1048576 */
  readonly maxMessageBytes: number;
  /** Bytes of messages that may wait for a slow peer before `send` rejects. @default 16777216 */
  readonly maxQueuedMessageBytes: number;
  /** Requests of the peer that are answered at the same time, per session. @default 256 */
  readonly maxPendingRequests: number;
  /** Transfers that the peer may have open towards this side. @default 64 */
  readonly maxTransfers: number;
  /** Largest `meta` of an offered transfer. @default 65536 */
  readonly maxMetaBytes: number;
  /** Largest decoded block that this side accepts. @default 1048576 */
  readonly maxBlockBytes: number;
  /**
   * Receive memory of a session, shared by its transfers. A transfer needs rate × round trip of it:
   * 1 Gbit/s × 80 ms are 10 MB. Each open transfer may hold one block beyond it. @default 16777216
   */
  readonly windowBytes: number;
  /** Time for the handshake of one connection. @default 10000 */
  readonly handshakeTimeoutMs: number;
  /** Time after the first connection in which the others of a session may join. @default 30000 */
  readonly joinTimeoutMs: number;
  /** Silence after which the peer counts as gone, 1000 … 3600000. @default 30000 */
  readonly keepAliveTimeoutMs: number;
  /** Time a closing connection may take for its last bytes without progress. @default 5000 */
  readonly closeTimeoutMs: number;
}

/** Options of {@link amst}. */
export interface AmstOptions {
  /** Makes the connections. */
  readonly transport: Transport;
  /** Encodes and checks blocks; both sides need the same. @default checksumCodec() */
  readonly codec?: BlockCodec;
  /** Time. @default the running process's clock */
  readonly clock?: Clock;
  /** Receives log lines. @default none */
  readonly logger?: Logger;
  /**
   * Connections that `dial` opens, 1 … 512. More than one pays when a socket buffer or a
   * loss-based congestion control caps a single connection: over 1 Gbit/s × 80 ms with default
   * Linux buffers one carries 346 Mbit/s, four 953, eight 894. @default 4
   */
  readonly streams?: number;
  /** Payload bytes of a block, 4096 … `maxBlockBytes`. @default 262144 */
  readonly blockBytes?: number;
  /** Bounds; what is absent keeps its default. */
  readonly limits?: Partial<AmstLimits>;
  /** 128-bit id of this process, 32 hex digits. @default random */
  readonly nodeId?: string;
}

/** The options with everything filled in and checked. */
export interface Settings {
  /** See {@link AmstOptions.transport}. */
  readonly transport: Transport;
  /** See {@link AmstOptions.codec}. */
  readonly codec: BlockCodec;
  /** See {@link AmstOptions.clock}. */
  readonly clock: Clock;
  /** See {@link AmstOptions.logger}. */
  readonly logger: Logger;
  /** See {@link AmstOptions.streams}. */
  readonly streams: number;
  /** See {@link AmstOptions.blockBytes}. */
  readonly blockBytes: number;
  /** See {@link AmstOptions.limits}. */
  readonly limits: AmstLimits;
  /** See {@link AmstOptions.nodeId}; 16 bytes. */
  readonly nodeId: Uint8Array;
}

const defaultLimits: AmstLimits = {
  maxSessions: 1024,
  maxConnectionsPerSession: maxSessionConnections,
  maxPendingHandshakes: 1024,
  maxMessageBytes: 1024 * 1024,
  maxQueuedMessageBytes: 16 * 1024 * 1024,
  maxPendingRequests: 256,
  maxTransfers: 64,
  maxMetaBytes: 64 * 1024,
  maxBlockBytes: 1024 * 1024,
  windowBytes: 16 * 1024 * 1024,
  handshakeTimeoutMs: 10_000,
  joinTimeoutMs: 30_000,
  keepAliveTimeoutMs: 30_000,
  closeTimeoutMs: 5000,
};

/** Lowest and highest value of each limit; a day is the longest time. */
const dayMs = 86_400_000;
const limitRanges: Readonly<Record<keyof AmstLimits, readonly [number, number]>> = {
  maxSessions: [1, 1_000_000],
  maxConnectionsPerSession: [1, maxSessionConnections],
  maxPendingHandshakes: [1, 1_000_000],
  maxMessageBytes: [1, 2 ** 30],
  maxQueuedMessageBytes: [1, 2 ** 40],
  maxPendingRequests: [1, 1_000_000],
  maxTransfers: [1, 1_000_000],
  maxMetaBytes: [0, 2 ** 24],
  maxBlockBytes: [4096, 2 ** 30],
  windowBytes: [4096, 2 ** 40],
  handshakeTimeoutMs: [1, dayMs],
  joinTimeoutMs: [1, dayMs],
  keepAliveTimeoutMs: [1000, 3_600_000],
  closeTimeoutMs: [1, dayMs],
};

/** Fills in defaults and checks ranges; throws `ERR_DWCP_INVALID_ARGUMENT`. */
export function resolveOptions(options: AmstOptions): Settings {
  const limits = resolveLimits(options.limits ?? {});
  const codec = options.codec ?? checksumCodec();
  const largestBlock = Math.min(limits.maxBlockBytes, codec.maxRawBytes);
  const blockBytes = options.blockBytes ?? Math.min(256 * 1024, largestBlock);
  return {
    transport: options.transport,
    codec,
    clock: options.clock ?? systemClock(),
    logger: options.logger ?? { log: () => undefined },
    streams: inRange('streams', options.streams ?? 4, 1, maxSessionConnections),
    blockBytes: inRange('blockBytes', blockBytes, 4096, largestBlock),
    limits,
    nodeId: options.nodeId === undefined ? randomBytes(16) : parseNodeId(options.nodeId),
  };
}

function resolveLimits(given: Partial<AmstLimits>): AmstLimits {
  const limits = { ...defaultLimits, ...given };
  for (const [name, [lowest, highest]] of Object.entries(limitRanges)) {
    inRange(`limits.${name}`, limits[name as keyof AmstLimits], lowest, highest);
  }
  return limits;
}

function parseNodeId(text: string): Uint8Array {
  if (/^[0-9a-f]{32}$/.test(text)) return Buffer.from(text, 'hex');
  throw new DwcpError('ERR_DWCP_INVALID_ARGUMENT', 'nodeId is not 32 lower-case hex digits');
}

function inRange(name: string, value: number, lowest: number, highest: number): number {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  throw new DwcpError(
    'ERR_DWCP_INVALID_ARGUMENT',
    `${name} is ${value}, allowed are whole numbers in ${lowest} … ${highest}`,
  );
}
