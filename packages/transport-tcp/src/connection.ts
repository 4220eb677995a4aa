/** A connection over one socket of Node, plain or TLS. */
import type { Socket } from 'node:net';
import {
  DwcpError,
  guardCall,
  guardHandler,
  type Connection,
  type ConnectionHandler,
  type PathControl,
  type PathStats,
} from '@dwcp/core';
import { formatAddress } from './address.ts';
import { Delivery } from './delivery.ts';
import { connectionFailed } from './failures.ts';
import type { Intake, ReceivePath } from './receive.ts';
import { isDisconnected } from './socket-internals.ts';

/** A socket that is ready for use, and what its making has shown. */
export interface ReadySocket {
  /** Where payload bytes go in and out. */
  readonly socket: Socket;
  /** The TCP socket under it; the same one without TLS. */
  readonly raw: Socket;
  /** Where the socket reads to. */
  readonly intake: Intake;
  /** The path to arrange at `open`, or undefined when the socket was made with the intake. */
  readonly adopt: ReceivePath | undefined;
  /** What the peer's certificate says, if it proved one. */
  readonly peerName: string | undefined;
  /** Queue size in bytes from which `send` returns false; `onDrain` comes at half of it. */
  readonly sendHighWaterBytes: number;
}

/** Implements the role of `@dwcp/core`; made by `dial` and `listen`. */
export class SocketConnection implements Connection {
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly peerName: string | undefined;
  readonly encrypted: boolean;
  readonly #ready: ReadySocket;
  readonly #socket: Socket;
  readonly #delivery: Delivery;
  #receivePath: ReceivePath | undefined;
  #sentBytes = 0;
  #ended = false;
  #closed = false;
  /**
   * Queued bytes, plus those that the kernel took at once but that Node has not reported yet: a
   * loop that sends until the answer is false must end although the kernel takes everything.
   */
  #unflushedBytes = 0;
  #drainWanted = false;
  #drainQueued = false;
  #error: DwcpError | undefined;

  constructor(ready: ReadySocket) {
    const { socket, raw } = ready;
    this.#ready = ready;
    this.#socket = socket;
    this.localAddress = formatAddress(raw.localAddress ?? '', raw.localPort ?? 0);
    this.remoteAddress = formatAddress(raw.remoteAddress ?? '', raw.remotePort ?? 0);
    this.peerName = ready.peerName;
    this.encrypted = socket !== raw;
    this.#delivery = new Delivery({
      start: () => socket.resume(),
      stop: () => socket.pause(),
    });
    socket.on('end', () => this.#peerEnded());
    socket.on('error', (cause) => this.#fail(cause));
    socket.on('close', () => this.#gone());
    // Both may have happened before there was somebody to listen.
    if (socket.errored) this.#fail(socket.errored);
    if (socket.closed) this.#gone();
  }

  /** The path that received bytes take; undefined before `open`. */
  get receivePath(): ReceivePath | undefined {
    return this.#receivePath;
  }

  open(handler: ConnectionHandler): void {
    if (this.#receivePath !== undefined) {
      throw new DwcpError('ERR_DWCP_INVALID_STATE', 'open was called twice on this connection');
    }
    const { adopt, intake } = this.#ready;
    const consume = (chunk: Uint8Array) => this.#delivery.data(chunk);
    if (adopt === undefined) {
      this.#receivePath = 'buffer';
      intake.attach(consume);
    } else {
      this.#receivePath = intake.adopt(this.#socket, adopt, consume);
    }
    this.#delivery.open(guardHandler(handler, (error) => this.close(error)));
  }

  send(chunks: readonly Uint8Array[], onSent?: () => void): boolean {
    if (this.#ended) throw new DwcpError('ERR_DWCP_INVALID_STATE', 'send was called after end');
    if (this.#closed || this.#socket.destroyed) return false;
    this.#write(chunks, onSent);
    const below = this.#unflushedBytes < this.#ready.sendHighWaterBytes;
    if (!below) this.#drainWanted = true;
    return below;
  }

  /** One system call (writev) for all chunks; no copy on a plain socket. */
  #write(chunks: readonly Uint8Array[], onSent: (() => void) | undefined): void {
    let last: Uint8Array | undefined;
    this.#socket.cork();
    for (const chunk of chunks) {
      // An empty write would become an empty TLS record, which some peers refuse.
      if (chunk.byteLength === 0) continue;
      if (last !== undefined) this.#socket.write(last);
      last = chunk;
      this.#sentBytes += chunk.byteLength;
      this.#unflushedBytes += chunk.byteLength;
    }
    const written = onSent ? this.#onWritten(onSent) : this.#onFlushed;
    if (last !== undefined) this.#socket.write(last, written);
    else if (onSent) queueMicrotask(written);
    this.#socket.uncork();
  }

  #onWritten(onSent: () => void): (error?: Error | null) => void {
    return (error) => {
      if (!error) guardCall('onSent', onSent, (failure) => this.close(failure));
      this.#onFlushed();
    };
  }

  readonly #onFlushed = (): void => {
    this.#unflushedBytes = this.#socket.writableLength;
    if (!this.#drainWanted || this.#drainQueued || !this.#isLow) return;
    this.#drainQueued = true;
    // Not at once: while the kernel takes everything, Node reports each write before it looks at
    // any other socket or timer, and a sender that fills up at every drain would never stop.
    setImmediate(this.#drain);
  };

  readonly #drain = (): void => {
    this.#drainQueued = false;
    if (!this.#drainWanted || !this.#isLow) return;
    this.#drainWanted = false;
    this.#delivery.drain();
  };

  get #isLow(): boolean {
    return this.#unflushedBytes <= this.#ready.sendHighWaterBytes / 2;
  }

  end(): void {
    if (this.#ended || this.#closed) return;
    this.#ended = true;
    this.#socket.end();
  }

  pause(): void {
    this.#delivery.pause();
  }

  resume(): void {
    this.#delivery.resume();
  }

  close(error?: DwcpError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error ??= error;
    this.#delivery.cut();
    this.#drop();
  }

  /**
   * A reset, not an orderly end: the peer must not take a truncated stream for a complete one.
   * A connection that has ended on both sides is destroyed already. A TLS socket goes with the
   * one under it; destroying both may crash Node (seen in 22, 24 and 26).
   */
  #drop(): void {
    const { raw } = this.#ready;
    if (!raw.destroyed) raw.resetAndDestroy();
  }

  #peerEnded(): void {
    const reset = !this.#ended && isDisconnected(this.#ready.raw);
    if (reset) this.#fail(new Error('reset by the peer'));
    else this.#delivery.end();
  }

  #fail(cause: unknown): void {
    if (this.#closed) return;
    this.close(connectionFailed(this.remoteAddress, cause));
  }

  #gone(): void {
    const orderly = this.#closed || (this.#socket.readableEnded && this.#socket.writableFinished);
    this.#closed = true;
    this.#delivery.close(
      orderly ? this.#error : connectionFailed(this.remoteAddress, 'closed before its end'),
    );
  }

  stats(): PathStats {
    return {
      sentBytes: this.#sentBytes,
      receivedBytes: this.#delivery.receivedBytes,
      queuedBytes: this.#closed ? 0 : this.#socket.writableLength,
    };
  }

  control(_wanted: PathControl): PathControl {
    throw new DwcpError(
      'ERR_DWCP_UNSUPPORTED',
      'the portable TCP transport cannot choose a congestion control or a pacing rate',
    );
  }
}
