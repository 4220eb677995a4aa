import type { Connection, ConnectionHandler, MemoryNetwork, VirtualClock } from '@dwcp/core';

/** A handler that writes down what happens to it, with the time. */
class Recorder implements ConnectionHandler {
  readonly log: string[] = [];
  /** Everything received, copied during the call. */
  readonly received: number[] = [];
  /** The chunks themselves, kept against the rules. */
  readonly kept: Uint8Array[] = [];
  closeError: unknown;
  onEachData: (() => void) | undefined;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  onData(chunk: Uint8Array): void {
    this.#note(`data ${chunk.byteLength}`);
    this.received.push(...chunk);
    this.kept.push(chunk);
    this.onEachData?.();
  }

  onDrain(): void {
    this.#note('drain');
  }

  onEnd(): void {
    this.#note('end');
  }

  onClose(error?: unknown): void {
    this.closeError = error;
    this.#note(error === undefined ? 'close' : 'close with error');
  }

  #note(event: string): void {
    this.log.push(`${this.#clock.nowMs()}: ${event}`);
  }
}

/** Two open ends with a recorder each. */
export interface Pair {
  readonly dialer: Connection;
  readonly accepted: Connection;
  readonly dialerEvents: Recorder;
  readonly acceptedEvents: Recorder;
}

/** Connects through the network and opens both ends. */
export async function connect(network: MemoryNetwork, clock: VirtualClock): Promise<Pair> {
  const transport = network.transport();
  const acceptedEvents = new Recorder(clock);
  const dialerEvents = new Recorder(clock);
  let accepted: Connection | undefined;
  const listener = await transport.listen('server:0', {
    onConnection(connection) {
      accepted = connection;
      connection.open(acceptedEvents);
    },
  });
  const dialer = await clock.until(transport.dial(listener.address));
  await listener.close();
  dialer.open(dialerEvents);
  if (accepted === undefined) throw new Error('nothing was accepted');
  return { dialer, accepted, dialerEvents, acceptedEvents };
}
