/** Handlers that keep what they hear, with promises for what is still to come. */
import type {
  Connection,
  ConnectionHandler,
  DwcpError,
  Listener,
  ListenHandler,
  Transport,
} from '@dwcp/core';

interface Waiter {
  readonly met: () => boolean;
  readonly resolve: () => void;
}

/** Promises for conditions, looked at whenever something happens. */
class Watch {
  readonly #waiters = new Set<Waiter>();

  /** Resolves as soon as `met` holds after some event. */
  async until(met: () => boolean): Promise<void> {
    if (met()) return;
    await new Promise<void>((resolve) => {
      this.#waiters.add({ met, resolve });
    });
  }

  protected happened(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.met()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }
}

/** A handler that keeps what it hears. */
export class Recorder extends Watch implements ConnectionHandler {
  readonly calls: string[] = [];
  readonly chunks: Uint8Array[] = [];
  error: DwcpError | undefined;
  ended = false;
  closed = false;
  drains = 0;
  receivedBytes = 0;

  onData(chunk: Uint8Array): void {
    this.chunks.push(new Uint8Array(chunk));
    this.receivedBytes += chunk.byteLength;
    this.#note('data');
  }

  onDrain(): void {
    this.drains += 1;
    this.#note('drain');
  }

  onEnd(): void {
    this.ended = true;
    this.#note('end');
  }

  onClose(error?: DwcpError): void {
    this.closed = true;
    this.error = error;
    this.#note('close');
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  #note(call: string): void {
    this.calls.push(call);
    this.happened();
  }
}

/** The handler of a listener: opens what comes with a recorder each. */
export class Reception extends Watch implements ListenHandler {
  readonly connections: Connection[] = [];
  readonly recorders: Recorder[] = [];
  readonly errors: DwcpError[] = [];

  onConnection(connection: Connection): void {
    const recorder = new Recorder();
    this.connections.push(connection);
    this.recorders.push(recorder);
    connection.open(recorder);
    this.happened();
  }

  onError(error: DwcpError): void {
    this.errors.push(error);
    this.happened();
  }

  get codes(): string[] {
    return this.errors.map(({ code }) => code);
  }

  closeAll(): void {
    for (const connection of this.connections) connection.close();
  }
}

export interface Pair extends AsyncDisposable {
  readonly listener: Listener;
  readonly dialed: Connection;
  readonly accepted: Connection;
}

/** One connection between two transports on loopback. */
export async function connectPair(dialer: Transport, acceptor: Transport = dialer): Promise<Pair> {
  let arrived: (connection: Connection) => void = () => {};
  const accepting = new Promise<Connection>((resolve) => {
    arrived = resolve;
  });
  const listener = await acceptor.listen('127.0.0.1:0', { onConnection: (peer) => arrived(peer) });
  const dialed = await dialer.dial(listener.address);
  const accepted = await accepting;
  return {
    listener,
    dialed,
    accepted,
    async [Symbol.asyncDispose]() {
      dialed.close();
      accepted.close();
      await listener.close();
    },
  };
}
