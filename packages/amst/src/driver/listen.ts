/** The listening side: lets connections open and join sessions. */
import {
  DwcpError,
  type AbortOptions,
  type Connection,
  type Listener,
  type Session,
} from '@dwcp/core';
import { coded, encodeFailure } from '../machine/failure.ts';
import { encodeGreeting, greetingKind, type Greeting } from '../machine/greeting.ts';
import { chooseVersion, decodeHello, encodeWelcome, type Hello } from '../machine/handshake.ts';
import { SessionTable, type Origin } from '../machine/session-table.ts';
import type { Settings } from '../options.ts';
import { farewell } from './farewell.ts';
import { receiveGreeting } from './greeting.ts';
import { runHandler } from './handlers.ts';
import { AmstSession } from './session.ts';
import { Wire } from './wire.ts';

/** What a listener of sessions needs from its user. */
export interface SessionHandler {
  /** A peer opened a session. Handlers added before this returns miss nothing. */
  onSession(session: Session): void;
  /** A connection failed before it belonged to a session. */
  onError?(error: DwcpError): void;
}

/** Listens for sessions. */
export async function listenSessions(
  settings: Settings,
  address: string,
  handler: SessionHandler,
  options: AbortOptions,
): Promise<Listener> {
  const acceptor = new Acceptor(settings, handler);
  const listener = await settings.transport.listen(address, acceptor, options);
  const close = (): Promise<void> => {
    acceptor.stop();
    return listener.close();
  };
  return { address: listener.address, close, [Symbol.asyncDispose]: close };
}

class Acceptor {
  readonly #settings: Settings;
  readonly #handler: SessionHandler;
  readonly #table: SessionTable<AmstSession>;
  readonly #stopping = new AbortController();
  #pending = 0;

  constructor(settings: Settings, handler: SessionHandler) {
    this.#settings = settings;
    this.#handler = handler;
    this.#table = new SessionTable(settings.limits);
  }

  /** Refuses what has not finished its handshake; sessions stay. */
  stop(): void {
    this.#stopping.abort();
  }

  onConnection(connection: Connection): void {
    const { maxPendingHandshakes } = this.#settings.limits;
    if (this.#pending < maxPendingHandshakes && !this.#stopping.signal.aborted) {
      void this.#greet(new Wire(connection));
      return;
    }
    const error = new DwcpError(
      'ERR_DWCP_BUSY',
      `${this.#pending} connections are in their handshake, the limit maxPendingHandshakes`,
    );
    connection.close(error);
    this.onError(error);
  }

  onError(error: DwcpError): void {
    this.#settings.logger.log('warn', 'a connection failed before its session', { error });
    runHandler(
      () => this.#handler.onError?.(error),
      (thrown) => this.#settings.logger.log('error', 'an error handler threw', { error: thrown }),
    );
  }

  async #greet(wire: Wire): Promise<void> {
    const { clock, limits } = this.#settings;
    const { handshakeTimeoutMs, closeTimeoutMs } = limits;
    const { signal } = this.#stopping;
    this.#pending += 1;
    try {
      this.#admit(wire, await receiveGreeting(wire, { clock, handshakeTimeoutMs, signal }));
    } catch (thrown) {
      const error = coded(thrown, 'the handshake failed');
      this.onError(error);
      const reject = encodeGreeting(greetingKind.reject, encodeFailure(error));
      await farewell(wire, reject, { clock, closeTimeoutMs });
    } finally {
      this.#pending -= 1;
    }
  }

  #admit(wire: Wire, { kind, body, rest }: Greeting): void {
    if (kind !== greetingKind.hello || rest.byteLength > 0) {
      throw new DwcpError(
        'ERR_DWCP_MALFORMED',
        `the peer began with kind ${kind} and ${rest.byteLength} bytes behind it, not with HELLO alone`,
      );
    }
    const hello = decodeHello(body);
    const { peerName, remoteAddress } = wire.connection;
    const origin = { peerName, host: hostOf(remoteAddress) };
    if (hello.index === 0) this.#open(wire, hello, origin);
    else this.#join(wire, hello, origin);
  }

  #open(wire: Wire, hello: Hello, origin: Origin): void {
    const count = this.#table.checkOpen(hello);
    const session = new AmstSession(this.#settings, hello, wire);
    this.#table.open(hello, origin, session, this.#settings.clock.nowMs());
    void session.gone.then(() => this.#table.remove(hello.sessionId));
    this.#welcome(wire, hello, count);
    const link = session.attach(0, wire);
    runHandler(
      () => this.#handler.onSession(session),
      (error) => {
        this.#settings.logger.log('error', 'a session handler threw', { error });
        void session.close(coded(error, 'the session handler threw'));
      },
    );
    link.start(new Uint8Array(0));
  }

  #join(wire: Wire, hello: Hello, origin: Origin): void {
    const { session, count } = this.#table.join(hello, origin, this.#settings.clock.nowMs());
    if (session.ended !== undefined) throw session.ended;
    this.#welcome(wire, hello, count);
    session.attach(hello.index, wire).start(new Uint8Array(0));
  }

  #welcome(wire: Wire, hello: Hello, count: number): void {
    const { nodeId, limits } = this.#settings;
    const version = chooseVersion(hello.lowestVersion, hello.highestVersion);
    const body = encodeWelcome({ version, nodeId, count, features: 0, limits });
    const welcome = encodeGreeting(greetingKind.welcome, body);
    wire.send([welcome], welcome.byteLength);
  }
}

/** An address without its port. */
function hostOf(address: string): string {
  const colon = address.lastIndexOf(':');
  return colon < 0 ? address : address.slice(0, colon);
}
