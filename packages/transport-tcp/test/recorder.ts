/** A handler that keeps what it hears, and promises for what is still to come. */
import type { Connection, ConnectionHandler, DwcpError, Listener, Transport } from '@dwcp/core';

interface Waiter {
  readonly met: () => boolean;
  readonly resolve: () => void;
}

export class Recorder implements ConnectionHandler {
  readonly calls: string[] = [];
  readonly chunks: Uint8Array[] = [];
  error: DwcpError | undefined;
  ended = false;
  closed = false;
  drains = 0;
  receivedBytes = 0;
  readonly #waiters = new Set<Waiter>();

  onData(chunk: Uint8Array): void {
    this.chunks.push(chunk.slice());
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

  /** Resolves as soon as `met` holds after some event. */
  async until(met: () => boolean): Promise<void> {
    if (met()) return;
    await new Promise<void>((resolve) => {
      this.#waiters.add({ met, resolve });
    });
  }

  #note(call: string): void {
    this.calls.push(call);
    for (const waiter of this.#waiters) {
      if (!waiter.met()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
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
