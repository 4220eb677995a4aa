/** Where one case plays: the transports, and everything made on them, which is closed at the end. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { Connection, DialOptions, DwcpError, Listener } from '@dwcp/core';
import type { TransportSubject, TransportSuiteOptions } from './options.ts';
import { Peer, type Reactions } from './peer.ts';

/** Turns of the event loop in which a late second `onClose` would show. */
const settleTurns = 3;

/** A listener that keeps what it accepted. */
export interface Door {
  readonly listener: Listener;
  /** Errors given to `onError`. */
  readonly errors: DwcpError[];
  /** The next accepted connection, in the order of arrival. */
  next(): Promise<Connection>;
}

/** See the head of the file. */
export class Stage {
  readonly subject: TransportSubject;
  readonly options: Required<TransportSuiteOptions>;
  readonly #peers: Peer[] = [];
  readonly #connections: Connection[] = [];
  readonly #listeners: Listener[] = [];

  constructor(subject: TransportSubject, options: Required<TransportSuiteOptions>) {
    this.subject = subject;
    this.options = options;
  }

  async listen(onConnection: (connection: Connection) => void = () => {}): Promise<Door> {
    const arrived: Connection[] = [];
    const errors: DwcpError[] = [];
    let wake = (): void => {};
    const listener = await this.subject.listener.listen(this.subject.listenAddress, {
      onConnection: (connection) => {
        this.#connections.push(connection);
        arrived.push(connection);
        wake();
        onConnection(connection);
      },
      onError: (error) => void errors.push(error),
    });
    this.#listeners.push(listener);
    const next = async (): Promise<Connection> => {
      const connection = arrived.shift();
      if (connection !== undefined) return connection;
      await this.within(
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
        'onConnection',
      );
      return next();
    };
    return { listener, errors, next };
  }

  async dial(address: string, options?: DialOptions): Promise<Connection> {
    const connection = await this.within(this.subject.dialer.dial(address, options), 'dial');
    this.#connections.push(connection);
    return connection;
  }

  /** A connection with nobody watching yet: the dialing end first. */
  async connect(door?: Door): Promise<[Connection, Connection]> {
    const { listener, next } = door ?? (await this.listen());
    const dialed = await this.dial(listener.address);
    return [dialed, await next()];
  }

  /** A connection that is open at both ends: the dialing end first. */
  async pair(dialing: Reactions = {}, accepting: Reactions = {}): Promise<[Peer, Peer]> {
    const [dialed, accepted] = await this.connect();
    return [this.watch(dialed, dialing).open(), this.watch(accepted, accepting).open()];
  }

  /** A watched end, not yet open. */
  watch(connection: Connection, reactions?: Reactions): Peer {
    const peer = new Peer(connection, this.options.patienceMs, reactions);
    this.#peers.push(peer);
    return peer;
  }

  /** The result of `work`, or a failed case when it takes longer than the suite is patient. */
  async within<Result>(work: PromiseLike<Result>, what: string): Promise<Result> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new assert.AssertionError({ message: `waited in vain for ${what}` }));
      }, this.options.patienceMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes everything, and checks that every end saw it once and nothing after it. */
  async finish(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    for (const peer of this.#peers) if (peer.live) await peer.closed();
    for (let turn = 0; turn < settleTurns; turn++) await setImmediate();
    for (const peer of this.#peers) peer.check();
  }

  /** Releases everything, whatever the case came to. */
  async clear(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    for (const listener of this.#listeners) await listener.close();
    await this.subject.teardown?.();
  }
}

/** Fails unless `work` rejects with a `DwcpError` of this code; returns the error. */
export async function rejectsWith(work: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(work, { name: 'DwcpError', code });
}
