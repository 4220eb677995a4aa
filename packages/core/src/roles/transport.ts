/**
 * The transport role: connections that carry bytes both ways with back-pressure.
 *
 * A connection pushes received bytes into one handler and takes chunks to send; there are no
 * per-read promises, so that an implementation can reuse one receive buffer for ever.
 */
import type { DwcpError } from '../errors.ts';
import type { AbortOptions } from './lifecycle.ts';

/** What a transport can do beyond carrying bytes. */
export interface TransportCapabilities {
  /** Bytes are encrypted and the peer is authenticated on the way. */
  readonly secure: boolean;
  /** `stats()` returns figures of the path, not only counters. */
  readonly pathStats: boolean;
  /** Congestion controls that `control()` accepts; empty when the choice is not ours. */
  readonly congestionControls: readonly string[];
  /** `control({ pacingRateBps })` has an effect. */
  readonly pacing: boolean;
  /** A caller's buffer reaches the other side without a copy in user space. */
  readonly zeroCopy: boolean;
}

/** What a connection knows about its path. Fields are absent when the transport cannot tell. */
export interface PathStats {
  /** Payload bytes handed to `send` so far. */
  readonly sentBytes: number;
  /** Payload bytes given to the handler so far. */
  readonly receivedBytes: number;
  /** Bytes accepted by `send` that the transport still holds. */
  readonly queuedBytes: number;
  /** Smoothed round-trip time. */
  readonly roundTripMs?: number;
  /** Smallest round-trip time seen in the transport's window. */
  readonly minRoundTripMs?: number;
  /** Rate at which the path delivered lately, bits per second. */
  readonly deliveryRateBps?: number;
  /** Share of packets sent again, 0 … 1. */
  readonly lossRatio?: number;
  /** Bytes sent and not yet acknowledged by the peer's machine. */
  readonly inFlightBytes?: number;
}

/** What can be asked of a connection's sending side. */
export interface PathControl {
  /** One of {@link TransportCapabilities.congestionControls}. */
  readonly congestionControl?: string;
  /** Upper bound of the sending rate, bits per second, > 0. */
  readonly pacingRateBps?: number;
}

/**
 * The single consumer of a connection's events. Calls never overlap, and none is made inside a
 * call of the connection.
 *
 * What `onData`, `onDrain` or `onEnd` throws closes this connection with
 * `ERR_DWCP_HANDLER_FAILED` (the cause is what was thrown) and touches no other. What `onClose`
 * throws has no connection left to close and becomes a warning of the process.
 */
export interface ConnectionHandler {
  /**
   * Bytes arrived, in order. `chunk` is only valid during the call: the transport may reuse its
   * memory, so copy what must be kept.
   */
  onData(chunk: Uint8Array): void;
  /** The queue of `send` fell below its low-water mark after `send` had returned false. */
  onDrain(): void;
  /** The peer finished sending; this side may still send. Not called after `onClose`. */
  onEnd(): void;
  /**
   * The connection is gone and no other call follows. `error` is absent when both sides had ended
   * or this side called `close`.
   */
  onClose(error?: DwcpError): void;
}

/** One connection to a peer. */
export interface Connection {
  /** Address of this end, for logs: `127.0.0.1:4100`. */
  readonly localAddress: string;
  /** Address of the other end, for logs. */
  readonly remoteAddress: string;
  /** Name the peer proved by its certificate, or undefined on an unauthenticated transport. */
  readonly peerName: string | undefined;
  /** True when bytes on this connection are encrypted. */
  readonly encrypted: boolean;

  /**
   * Starts delivery of events to `handler`; nothing is read or lost before. To be called once,
   * a second call throws `ERR_DWCP_INVALID_STATE`.
   */
  open(handler: ConnectionHandler): void;
  /**
   * Queues bytes for sending, in order. The chunks belong to the connection until they are
   * sent and must not be changed. Returns false when the queue stands above its high-water
   * mark: the bytes are accepted all the same, and the caller waits for `onDrain`.
   * After `end` it throws `ERR_DWCP_INVALID_STATE`; after `close` the bytes are dropped and the
   * answer is false, so that a loop that fills the queue stops.
   *
   * `onSent` is called once, later, when the memory of these chunks is free again; the calls keep
   * the order of the sends. It is not called for bytes that are dropped. What it throws closes
   * the connection, as with a handler.
   */
  send(chunks: readonly Uint8Array[], onSent?: () => void): boolean;
  /** Says that nothing more will be sent; queued bytes still go out. Idempotent. */
  end(): void;
  /** Stops reading: `onData` and `onEnd` are held back, the peer is slowed down. Idempotent. */
  pause(): void;
  /** Reads again after `pause`. Idempotent. */
  resume(): void;
  /**
   * Drops the connection at once with what is queued. The peer sees `error` if the transport
   * can carry it, else a reset. Idempotent; `onClose` follows, with the error given here.
   */
  close(error?: DwcpError): void;
  /** Current figures; cheap enough to be called every few milliseconds. */
  stats(): PathStats;
  /**
   * Asks for a congestion control or a pacing rate and returns what was granted.
   * Throws `ERR_DWCP_UNSUPPORTED` where the capabilities say so.
   */
  control(wanted: PathControl): PathControl;
}

/** Options of {@link Transport.dial}. */
export interface DialOptions extends AbortOptions {
  /** Gives up with `ERR_DWCP_TIMEOUT` after this time. @default 10000 */
  readonly timeoutMs?: number;
}

/** A listener on one address. */
export interface Listener extends AsyncDisposable {
  /** The address to dial, with the real port when 0 was asked for. */
  readonly address: string;
  /** Stops accepting; connections already accepted stay. Idempotent. */
  close(): Promise<void>;
}

/** What a listener needs from its user. */
export interface ListenHandler {
  /**
   * A peer connected (and authenticated itself, on a secure transport). If this throws, the
   * connection is closed with `ERR_DWCP_HANDLER_FAILED`, which also goes to `onError`.
   */
  onConnection(connection: Connection): void;
  /** A peer failed before it became a connection, for example in the TLS handshake. */
  onError?(error: DwcpError): void;
}

/** Makes connections by address. The form of an address is the transport's own. */
export interface Transport {
  /** Short and stable: `tcp`, `tls`, `memory`, `rdma`. */
  readonly name: string;
  /** What this transport can do on this machine. */
  readonly capabilities: TransportCapabilities;
  /**
   * Connects to `address`. Rejects with `ERR_DWCP_CONNECT_FAILED`, `ERR_DWCP_TIMEOUT`,
   * `ERR_DWCP_AUTHENTICATION_FAILED` or `ERR_DWCP_ABORTED`; `ERR_DWCP_INVALID_ARGUMENT` for an
   * address that it cannot read.
   */
  dial(address: string, options?: DialOptions): Promise<Connection>;
  /**
   * Listens on `address`. Rejects with `ERR_DWCP_LISTEN_FAILED`, or with
   * `ERR_DWCP_INSECURE_LISTEN` when the address is reachable from other machines and the
   * transport is not secure and was not told to be insecure.
   */
  listen(address: string, handler: ListenHandler, options?: AbortOptions): Promise<Listener>;
}
