/** The other end of a session without any of our driver: says on a socket whatever a test wants. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import type { DwcpError } from '@dwcp/core';
import { decodeFailure } from '../../src/machine/failure.ts';
import { frame, frameType } from '../../src/machine/frame.ts';
import { encodeGreeting, GreetingReader, greetingKind } from '../../src/machine/greeting.ts';
import { encodeHello, type Hello } from '../../src/machine/handshake.ts';
import { FrameParser } from '../../src/machine/parser.ts';

/** A frame as it came. */
export interface RawFrame {
  readonly type: number;
  readonly id: number;
  readonly payload: Uint8Array;
}

/** A valid HELLO with the given differences. */
export function rawHello(changes: Partial<Hello> = {}): Uint8Array {
  const body = encodeHello({
    lowestVersion: 3,
    highestVersion: 3,
    sessionId: randomBytes(16),
    nodeId: randomBytes(16),
    index: 0,
    count: 1,
    features: 0,
    limits: {
      maxMessageBytes: 1_000_000,
      maxMetaBytes: 1000,
      maxBlockBytes: 1_000_000,
      maxTransfers: 10,
      keepAliveTimeoutMs: 30_000,
    },
    ...changes,
  });
  return encodeGreeting(greetingKind.hello, body);
}

/** A socket that collects what it is told. */
export class RawPeer {
  readonly socket: net.Socket;
  readonly frames: RawFrame[] = [];
  /** Resolves when the socket is closed, for whatever reason. */
  readonly closed: Promise<void>;
  #reader: GreetingReader | undefined = new GreetingReader();
  #greeting: { readonly kind: number; readonly body: Uint8Array } | undefined;
  readonly #parser: FrameParser;
  #wake: () => void = () => undefined;

  private constructor(socket: net.Socket) {
    this.socket = socket;
    this.#parser = new FrameParser({
      onHeader: (header) => new Uint8Array(header.sizeBytes),
      onFrame: ({ type, id }, payload) => this.frames.push({ type, id, payload }),
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        resolve();
        this.#wake();
      });
    });
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => this.#read(chunk));
  }

  /** Connects to `address`. */
  static async connect(address: string): Promise<RawPeer> {
    const [host, port] = address.split(':');
    const socket = net.connect({ host: host ?? '', port: Number(port) });
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  /** Connects and sees the handshake through. */
  static async open(address: string, changes: Partial<Hello> = {}): Promise<RawPeer> {
    const peer = await RawPeer.connect(address);
    peer.socket.write(rawHello(changes));
    await peer.until(() => peer.#greeting !== undefined);
    return peer;
  }

  /** The code of the REJECT that came, once the socket is closed. */
  async rejection(): Promise<DwcpError | undefined> {
    await this.closed;
    if (this.#greeting?.kind !== greetingKind.reject) return undefined;
    return decodeFailure(this.#greeting.body, 'rejected');
  }

  /** The error of the GOODBYE that came, once the socket is closed. */
  async goodbye(): Promise<DwcpError | undefined> {
    await this.closed;
    const found = this.frames.find(({ type }) => type === frameType.goodbye);
    return found && decodeFailure(found.payload, 'goodbye');
  }

  /** Sends one frame. */
  send(type: number, id: number, body: Uint8Array = new Uint8Array(0)): void {
    this.socket.write(frame(type, id, body));
  }

  /** Waits until something that came makes `holds` true, or the socket is closed. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.socket.destroyed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #read(chunk: Uint8Array): void {
    let rest = chunk;
    if (this.#reader !== undefined) {
      const greeting = this.#reader.push(chunk);
      if (greeting === undefined) return;
      this.#greeting = greeting;
      this.#reader = undefined;
      rest = greeting.rest;
    }
    this.#parser.push(rest);
    this.#wake();
  }
}
