/** Options of the TCP transport, their defaults and their ranges. */
import { DwcpError } from '@dwcp/core';
import type { ReceivePath } from './receive.ts';

/** Keys and certificates in PEM form, as text or bytes. */
export interface TcpTlsOptions {
  /** Certificate chain of this side. Needed to listen, and to dial a listener that asks for it. */
  readonly cert?: string | Uint8Array;
  /** Private key of `cert`. */
  readonly key?: string | Uint8Array;
  /**
   * Authorities that the other side's certificate must come from.
   * Needed to listen with client certificates. @default the authorities known to Node (dialing only)
   */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** Name that the certificate of a dialed listener must bear. @default the host of the address */
  readonly serverName?: string;
  /** Listeners refuse peers without a certificate of `ca`. @default true */
  readonly requestClientCertificate?: boolean;
}

/** Options of {@link tcp}. */
export interface TcpOptions {
  /** Encrypts with TLS 1.3 and authenticates both sides. @default absent: plain TCP */
  readonly tls?: TcpTlsOptions;
  /** Allows listening beyond loopback without mutual authentication. @default false */
  readonly insecure?: boolean;
  /**
   * Queue size from which `send` returns false; `onDrain` comes at half of it. The kernel keeps
   * the window of the path in its own buffer, so this only has to last for one turn of the event
   * loop: 1 MiB is 0.8 ms at 10 Gbit/s. 1 … 2^30. @default 1048576
   */
  readonly sendHighWaterBytes?: number;
  /** Connections that one listener holds at a time; more are reset. 1 … 2^20. @default 4096 */
  readonly maxConnections?: number;
  /**
   * Peers of one listener that may be in the TLS handshake at a time; more are reset. Each costs
   * up to about 50 KiB and one signature. 1 … 2^20. @default 256
   */
  readonly maxPendingHandshakes?: number;
  /** Time a peer has for the TLS handshake with a listener. 1 … 2^31 - 1. @default 10000 */
  readonly handshakeTimeoutMs?: number;
  /**
   * Idle time after which the kernel probes whether the peer is still there; 0 switches probes
   * off. 0 … 2^31 - 1. @default 30000
   */
  readonly keepAliveMs?: number;
  /**
   * How accepted sockets read. `buffer` needs undocumented parts of Node and falls back to
   * `events` where they are missing; `events` uses 'data' events at once. @default 'buffer'
   */
  readonly receivePath?: ReceivePath;
}

/** {@link TcpOptions} with every default filled in. */
export interface TcpSettings extends Required<Omit<TcpOptions, 'tls'>> {
  readonly tls: TcpTlsOptions | undefined;
  /** Both sides prove who they are. */
  readonly mutual: boolean;
}

const maxTimerMs = 2 ** 31 - 1;

/** Fills in defaults; throws `ERR_DWCP_INVALID_ARGUMENT` for a value out of range. */
export function readOptions(options: TcpOptions): TcpSettings {
  const settings: TcpSettings = {
    tls: options.tls,
    mutual: options.tls !== undefined && options.tls.requestClientCertificate !== false,
    insecure: options.insecure ?? false,
    sendHighWaterBytes: options.sendHighWaterBytes ?? 1024 * 1024,
    maxConnections: options.maxConnections ?? 4096,
    maxPendingHandshakes: options.maxPendingHandshakes ?? 256,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    keepAliveMs: options.keepAliveMs ?? 30_000,
    receivePath: options.receivePath ?? 'buffer',
  };
  checkRange('sendHighWaterBytes', settings.sendHighWaterBytes, 1, 2 ** 30);
  checkRange('maxConnections', settings.maxConnections, 1, 2 ** 20);
  checkRange('maxPendingHandshakes', settings.maxPendingHandshakes, 1, 2 ** 20);
  checkRange('handshakeTimeoutMs', settings.handshakeTimeoutMs, 1, maxTimerMs);
  checkRange('keepAliveMs', settings.keepAliveMs, 0, maxTimerMs);
  return settings;
}

/** Throws `ERR_DWCP_INVALID_ARGUMENT` unless `value` is a whole number in the range. */
export function checkRange(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new DwcpError(
    'ERR_DWCP_INVALID_ARGUMENT',
    `${name} must be a whole number of ${low} … ${high}, not ${value}`,
  );
}
