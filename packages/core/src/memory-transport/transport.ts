/** Dialling and listening on a memory network. */
import { abortedError, DwcpError, throwIfAborted } from '../errors.ts';
import { offerConnection } from '../guard.ts';
import type { AbortOptions } from '../roles/lifecycle.ts';
import type { Clock } from '../roles/host.ts';
import type {
  Connection,
  DialOptions,
  Listener,
  ListenHandler,
  Transport,
  TransportCapabilities,
} from '../roles/transport.ts';
import type { MemoryConnection } from './connection.ts';
import { DialAttempt } from './dial.ts';

/** What dialling needs from the network. */
export interface ExchangePath {
  /** Calls `arrive` when a message of the handshake has travelled the path one way. */
  travel(arrive: () => void): void;
  /** Hands a new connection to the listener of `address`; returns the other end, or undefined if nobody listens. */
  accept(address: string): MemoryConnection | undefined;
}

/** Makes the two ends of a connection to a listener's address. */
export type Connect = (listenerAddress: string) => {
  readonly dialer: MemoryConnection;
  readonly listener: MemoryConnection;
};

/** Printable ASCII without spaces: an address has to fit into one word of a log line. */
const validAddress = /^[\x21-\x7e]{1,255}$/;

/**
 * The memory transport. An address is any name of 1 … 255 printable ASCII characters; a listener's
 * name that ends in `:0` gets the next free number there.
 */
export class Exchange implements Transport {
  readonly name: string = 'memory';
  readonly capabilities: TransportCapabilities = {
    secure: false,
    pathStats: true,
    congestionControls: [],
    pacing: false,
    zeroCopy: false,
  };
  readonly #clock: Clock;
  readonly #path: ExchangePath;
  readonly #listeners = new Map<string, { readonly handler: ListenHandler }>();
  #lastPort = 0;

  constructor(clock: Clock, travel: ExchangePath['travel'], connect: Connect) {
    this.#clock = clock;
    this.#path = { travel, accept: (address) => this.#accept(address, connect) };
  }

  async dial(address: string, options: DialOptions = {}): Promise<Connection> {
    const { signal, timeoutMs = 10_000 } = options;
    checkAddress(address);
    checkTimeout(timeoutMs);
    throwIfAborted(signal);
    const attempt = new DialAttempt(address, this.#clock, this.#path);
    const timer = this.#clock.schedule(timeoutMs, () =>
      attempt.giveUp(noAnswer(address, timeoutMs)),
    );
    const onAbort = (): void => {
      if (signal !== undefined) attempt.giveUp(abortedError(signal));
    };
    signal?.addEventListener('abort', onAbort);
    try {
      return await attempt.result;
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async listen(
    address: string,
    handler: ListenHandler,
    options: AbortOptions = {},
  ): Promise<Listener> {
    checkAddress(address);
    throwIfAborted(options.signal);
    const actual = address.endsWith(':0') ? this.#freeAddress(address.slice(0, -1)) : address;
    if (this.#listeners.has(actual)) {
      throw new DwcpError('ERR_DWCP_LISTEN_FAILED', `${actual} is already listened on`);
    }
    const entry = { handler };
    this.#listeners.set(actual, entry);
    const close = async (): Promise<void> => {
      if (this.#listeners.get(actual) === entry) this.#listeners.delete(actual);
    };
    return { address: actual, close, [Symbol.asyncDispose]: close };
  }

  #accept(address: string, connect: Connect): MemoryConnection | undefined {
    const entry = this.#listeners.get(address);
    if (entry === undefined) return undefined;
    const { dialer, listener } = connect(address);
    offerConnection(entry.handler, listener);
    return dialer;
  }

  #freeAddress(prefix: string): string {
    do this.#lastPort += 1;
    while (this.#listeners.has(`${prefix}${this.#lastPort}`));
    return `${prefix}${this.#lastPort}`;
  }
}

function checkAddress(address: string): void {
  if (validAddress.test(address)) return;
  throw new DwcpError(
    'ERR_DWCP_INVALID_ARGUMENT',
    `${JSON.stringify(address)} is no address of 1 … 255 printable ASCII characters`,
  );
}

function checkTimeout(timeoutMs: number): void {
  if (timeoutMs > 0 && timeoutMs < Infinity) return;
  throw new DwcpError(
    'ERR_DWCP_INVALID_ARGUMENT',
    `timeoutMs is ${timeoutMs}, not a finite number above 0`,
  );
}

function noAnswer(address: string, timeoutMs: number): DwcpError {
  return new DwcpError(
    'ERR_DWCP_TIMEOUT',
    `no answer from ${address} within ${timeoutMs} ms (timeoutMs)`,
  );
}
