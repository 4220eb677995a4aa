/** One connection of an open session: cuts frames and watches for silence. */
import { DwcpError, type ConnectionHandler } from '@dwcp/core';
import { coded } from '../machine/failure.ts';
import { frame, frameType, type FrameHeader } from '../machine/frame.ts';
import { KeepAlive } from '../machine/keep-alive.ts';
import { FrameParser } from '../machine/parser.ts';
import type { Wire } from './wire.ts';

/** The session as its connections see it. */
export interface LinkOwner {
  /** A frame begins: memory for its payload, undefined to skip it; throws to end the session. */
  onHeader(link: Link, header: Readonly<FrameHeader>): Uint8Array | undefined;
  /** A frame is complete; throws to end the session. */
  onFrame(link: Link, header: Readonly<FrameHeader>, payload: Uint8Array): void;
  /** The connection takes more. */
  onReady(link: Link): void;
  /** The connection or its peer failed. */
  onFailure(link: Link, error: DwcpError): void;
}

const pingFrame = frame(frameType.ping, 0, new Uint8Array(0));

/** A connection that carries frames. */
export class Link implements ConnectionHandler {
  /** Number of the connection in its session. */
  readonly index: number;
  /** The connection. */
  readonly wire: Wire;
  readonly #owner: LinkOwner;
  readonly #parser: FrameParser;
  readonly #keepAlive: KeepAlive;
  #stopped = false;

  constructor(index: number, wire: Wire, owner: LinkOwner, maxSilentTicks: number) {
    this.index = index;
    this.wire = wire;
    this.#owner = owner;
    this.#keepAlive = new KeepAlive(maxSilentTicks);
    this.#parser = new FrameParser({
      onHeader: (header) => owner.onHeader(this, header),
      onFrame: (header, payload) => owner.onFrame(this, header, payload),
    });
  }

  /** Takes the connection over, unless it was stopped; `rest` came behind the handshake. */
  start(rest: Uint8Array): void {
    if (this.#stopped) return;
    this.wire.consume(this);
    if (this.wire.ready) this.#owner.onReady(this);
    if (rest.byteLength > 0) this.onData(rest);
    this.wire.connection.resume();
  }

  /** Drops all further bytes. */
  stop(): void {
    this.#stopped = true;
    this.#parser.stop();
  }

  /** Sends chunks, unless the link was stopped; true when more is welcome. */
  send(chunks: readonly Uint8Array[], sizeBytes: number, onSent?: () => void): boolean {
    if (this.#stopped) return false;
    this.#keepAlive.sent();
    return this.wire.send(chunks, sizeBytes, onSent);
  }

  /** A keep-alive interval has passed. */
  tick(silenceMs: number): void {
    if (this.#stopped) return;
    const action = this.#keepAlive.tick();
    if (action === 'ping') this.send([pingFrame], pingFrame.byteLength);
    if (action === 'dead') {
      this.#lost(
        `nothing came on connection ${this.index} for ${silenceMs} ms (keepAliveTimeoutMs)`,
      );
    }
  }

  onData(chunk: Uint8Array): void {
    this.#keepAlive.heard();
    try {
      this.#parser.push(chunk);
    } catch (thrown) {
      const error = coded(
        thrown,
        'a received frame could not be handled',
        'ERR_DWCP_INVALID_STATE',
      );
      this.#owner.onFailure(this, error);
    }
  }

  onDrain(): void {
    this.#owner.onReady(this);
  }

  onEnd(): void {
    this.#lost(`the peer ended connection ${this.index} without closing the session`);
  }

  onClose(error?: DwcpError): void {
    const reason = error === undefined ? '' : `: ${error.message}`;
    this.#lost(
      `connection ${this.index} to ${this.wire.connection.remoteAddress} was lost${reason}`,
      error,
    );
  }

  #lost(message: string, cause?: DwcpError): void {
    this.#owner.onFailure(this, new DwcpError('ERR_DWCP_CONNECTION_LOST', message, { cause }));
  }
}
