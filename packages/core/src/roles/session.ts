/**
 * The two roles by which components talk to a peer: small messages and bulk transfers.
 * A session implements both.
 */
import type { DwcpError } from '../errors.ts';
import type { AbortOptions } from './lifecycle.ts';
import type { BlockCodec } from './codec.ts';

/** Options of {@link Messenger.request}. */
export interface RequestOptions extends AbortOptions {
  /** Gives up with `ERR_DWCP_TIMEOUT` after this time. @default 30000 */
  readonly timeoutMs?: number;
}

/** Small messages to one peer on named channels: ordered per channel, ahead of bulk data. */
export interface Messenger {
  /** Largest message in bytes that both sides accept. */
  readonly maxMessageBytes: number;
  /**
   * Sends one message. Resolves when it is handed to the transport, which is not yet receipt.
   * Rejects with `ERR_DWCP_LIMIT_EXCEEDED` or `ERR_DWCP_CONNECTION_LOST`.
   */
  send(channel: string, message: Uint8Array, options?: AbortOptions): Promise<void>;
  /**
   * Sends one message and waits for the answer of the peer's `onRequest` handler. An error that
   * the handler throws arrives as a `DwcpError` with the same code.
   */
  request(channel: string, message: Uint8Array, options?: RequestOptions): Promise<Uint8Array>;
  /** Receives messages of a channel; one handler per channel. Returns a function that removes it. */
  onMessage(channel: string, handler: (message: Uint8Array) => void): () => void;
  /** Answers requests of a channel; one handler per channel. Returns a function that removes it. */
  onRequest(channel: string, handler: RequestHandler): () => void;
}

/** Answers one request; `signal` fires when the session ends before the answer is ready. */
export type RequestHandler = (
  message: Uint8Array,
  options: { readonly signal: AbortSignal },
) => Promise<Uint8Array> | Uint8Array;

/** Where a transfer stands. Sizes are payload bytes before encoding, except where said. */
export interface TransferProgress {
  /** Payload bytes sent, or handed to the receiver's consumer. */
  readonly transferredBytes: number;
  /** Bytes that these took on the wire, headers included. */
  readonly wireBytes: number;
  /** Payload size if the sender knows it. */
  readonly totalBytes: number | undefined;
}

/** Options of {@link BulkTransfer.sendBulk}. */
export interface SendBulkOptions extends AbortOptions {
  /** Anything the receiver needs to decide; at most 64 KiB. @default empty */
  readonly meta?: Uint8Array;
  /** Payload size if known; sending another size then fails. */
  readonly totalBytes?: number;
  /** Encodes each block. @default the session's codec */
  readonly codec?: BlockCodec;
  /**
   * Called with each chunk of an iterable `source` when its memory is free again, in any order and
   * not for what is left when the transfer fails. A source that fills the same few chunks again
   * spares the allocation of all the others.
   */
  readonly onReleased?: (chunk: Uint8Array) => void;
  /** Called after each block that was handed to the transport. */
  readonly onProgress?: (progress: TransferProgress) => void;
}

/** How a finished transfer went. */
export interface TransferReceipt extends TransferProgress {
  /** Connections that carried at least one block. */
  readonly streams: number;
  /** Digest over all blocks in order; equal on both sides. Lower-case hex, 64 digits. */
  readonly digest: string;
}

/** Options of {@link IncomingTransfer.chunks}. */
export interface ChunksOptions extends AbortOptions {
  /**
   * A chunk is only valid until the next one is asked for: its memory is used again. Saves the
   * receiver an allocation per chunk; for consumers that write a chunk out and forget it.
   * @default false: chunks belong to the consumer
   */
  readonly borrow?: boolean;
}

/** A transfer that the peer offers. */
export interface IncomingTransfer {
  /** 128-bit id chosen by the sender, 32 hex digits. */
  readonly id: string;
  /** What the sender passed as `meta`. */
  readonly meta: Uint8Array;
  /** Payload size if the sender said it. */
  readonly totalBytes: number | undefined;
  /**
   * Accepts and yields the payload in order, verified and decoded. Each chunk and its memory belong
   * to the consumer. Memory is bounded: blocks that
   * are not consumed slow the sender down. Leaving the loop early aborts the transfer on both
   * sides. The loop throws when the transfer fails. To be called once.
   */
  chunks(options?: ChunksOptions): AsyncIterable<Uint8Array>;
  /** Accepts no data; the sender's call rejects with `ERR_DWCP_REFUSED` and this reason. */
  refuse(reason: string): void;
  /** Where the transfer stands. */
  progress(): TransferProgress;
  /** Resolves after the last chunk was consumed and the digest agreed. */
  readonly receipt: Promise<TransferReceipt>;
}

/** Payloads of any size to one peer, over as many connections as pay. */
export interface BulkTransfer {
  /**
   * Sends a payload. Resolves when the receiver has consumed and verified all of it.
   * Chunks given by `source` belong to the transfer until it ends.
   * Rejects with `ERR_DWCP_REFUSED`, `ERR_DWCP_CONNECTION_LOST`, `ERR_DWCP_ABORTED`, or what `source` threw.
   */
  sendBulk(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    options?: SendBulkOptions,
  ): Promise<TransferReceipt>;
  /** Receives transfers; one handler. Without a handler offers are refused. */
  onBulk(handler: (transfer: IncomingTransfer) => void): () => void;
}

/** Counters of a session over all its connections. */
export interface SessionStats {
  /** Bytes handed to the transport, headers included. */
  readonly sentBytes: number;
  /** Bytes received from the transport, headers included. */
  readonly receivedBytes: number;
  /** Open connections. */
  readonly connections: number;
}

/** Several connections to one peer, opened by one handshake and used as one. */
export interface Session extends Messenger, BulkTransfer, AsyncDisposable {
  /** 128-bit id of the peer's process, 32 hex digits. */
  readonly peerId: string;
  /** Name the peer proved by its certificate, or undefined. */
  readonly peerName: string | undefined;
  /** Address of the peer, for logs. */
  readonly remoteAddress: string;
  /** Resolves, never rejects, when the session has ended; with the error if it failed. */
  readonly closed: Promise<DwcpError | undefined>;
  /** Counters so far. */
  stats(): SessionStats;
  /** Ends the session after what is queued, or at once when an error is given. Idempotent. */
  close(error?: DwcpError): Promise<void>;
}
