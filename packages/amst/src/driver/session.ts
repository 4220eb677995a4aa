/** A session: its connections, its messenger and its transfers under one roof. */
import type {
  AbortOptions,
  DwcpError,
  IncomingTransfer,
  RequestHandler,
  RequestOptions,
  SendBulkOptions,
  Session,
  SessionStats,
  TransferReceipt,
} from '@dwcp/core';
import { frameType } from '../machine/frame.ts';
import type { PeerLimits } from '../machine/handshake.ts';
import type { Settings } from '../options.ts';
import { SessionBulk } from './bulk.ts';
import type { Link } from './link.ts';
import { Links } from './links.ts';
import { SessionMessenger } from './messenger.ts';
import type { Wire } from './wire.ts';

/** Who is at the other end. */
export interface Peer {
  /** 128-bit id of its process. */
  readonly nodeId: Uint8Array;
  /** What it accepts. */
  readonly limits: PeerLimits;
}

/** The `Session` that `dial` and `listen` give out. */
export class AmstSession implements Session {
  readonly peerId: string;
  readonly peerName: string | undefined;
  readonly remoteAddress: string;
  readonly #links: Links;
  readonly #messenger: SessionMessenger;
  readonly #bulk: SessionBulk;

  /** A session of one connection so far; `start` of {@link AmstSession.attach} begins delivery. */
  constructor(settings: Settings, peer: Peer, first: Wire) {
    this.peerId = Buffer.from(peer.nodeId).toString('hex');
    this.peerName = first.connection.peerName;
    this.remoteAddress = first.connection.remoteAddress;
    this.#links = new Links(settings, peer.limits, {
      admitBlock: (header) => this.#bulk.admit(header),
      onBlock: (stream, header, payload) => this.#bulk.onBlock(stream, header, payload),
      onFrame: (type, id, payload) => {
        if (type < frameType.offer) this.#messenger.onFrame(type, id, payload);
        else this.#bulk.onFrame(type, id, payload);
      },
      onReady: (stream) => this.#bulk.streamReady(stream),
      onEnded: (error) => {
        this.#messenger.end(error);
        this.#bulk.end(error);
      },
    });
    this.#messenger = new SessionMessenger(this.#links);
    this.#bulk = new SessionBulk(this.#links);
  }

  get maxMessageBytes(): number {
    return this.#messenger.maxMessageBytes;
  }

  get closed(): Promise<DwcpError | undefined> {
    return this.#links.closed;
  }

  /** Resolves when the last connection is closed, which is at or after `closed`. */
  get gone(): Promise<void> {
    return this.#links.gone;
  }

  /** Why the session is over, or undefined while it is open. */
  get ended(): DwcpError | undefined {
    return this.#links.ended;
  }

  /** Fires when the session is over. */
  get ending(): AbortSignal {
    return this.#links.ending;
  }

  /** Adds a connection whose handshake is done. */
  attach(index: number, wire: Wire): Link {
    return this.#links.attach(index, wire);
  }

  send(channel: string, message: Uint8Array, options?: AbortOptions): Promise<void> {
    return this.#messenger.send(channel, message, options);
  }

  request(channel: string, message: Uint8Array, options?: RequestOptions): Promise<Uint8Array> {
    return this.#messenger.request(channel, message, options);
  }

  onMessage(channel: string, handler: (message: Uint8Array) => void): () => void {
    return this.#messenger.onMessage(channel, handler);
  }

  onRequest(channel: string, handler: RequestHandler): () => void {
    return this.#messenger.onRequest(channel, handler);
  }

  sendBulk(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    options?: SendBulkOptions,
  ): Promise<TransferReceipt> {
    return this.#bulk.sendBulk(source, options);
  }

  onBulk(handler: (transfer: IncomingTransfer) => void): () => void {
    return this.#bulk.onBulk(handler);
  }

  stats(): SessionStats {
    return this.#links.stats();
  }

  close(error?: DwcpError): Promise<void> {
    return this.#links.close(error);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
