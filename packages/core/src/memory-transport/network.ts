/** A network inside the process: every address, connection and fault of a memory transport. */
import type { Transport } from '../roles/transport.ts';
import { Bottleneck } from './bottleneck.ts';
import { MemoryConnection } from './connection.ts';
import { Link } from './link.ts';
import type { MemoryLink } from './link.ts';
import { memoryPath, memorySettings } from './options.ts';
import type { MemoryNetworkOptions, MemoryPath, MemorySettings } from './options.ts';
import { SegmentPool } from './parcel.ts';
import { Timeline } from './timeline.ts';
import { Exchange } from './transport.ts';

/** A network of one process, shared by the transports that it makes. */
export interface MemoryNetwork {
  /** A transport on this network; all of them see the same addresses. */
  transport(): Transport;
  /** Changes the path for what is sent from now on. `ERR_DWCP_INVALID_ARGUMENT` when out of range. */
  shape(changes: Partial<MemoryPath>): void;
  /** The open connections, oldest first. */
  links(): readonly MemoryLink[];
  /** Partitions every connection, and dials made meanwhile. Idempotent. */
  partition(): void;
  /** Ends {@link partition}. Idempotent. */
  heal(): void;
  /** Breaks every connection; listeners stay. */
  reset(): void;
}

/**
 * A network with a delay, a rate and losses, on real or virtual time. With a virtual clock and a
 * seeded random, a run is the same to the last event every time.
 *
 * @example
 * ```ts
 * import { memoryNetwork, virtualClock } from '@dwcp/core';
 *
 * const clock = virtualClock();
 * const network = memoryNetwork({ clock, delayMs: 20 });
 * const transport = network.transport();
 * await transport.listen('server:1', { onConnection: (accepted) => accepted.close() });
 * const connection = await clock.until(transport.dial('server:1'));
 * clock.nowMs(); // => 40
 * connection.remoteAddress; // => 'server:1'
 * ```
 */
export function memoryNetwork(options: MemoryNetworkOptions = {}): MemoryNetwork {
  return new Network(memorySettings(options));
}

/**
 * A transport on a network of its own: what listens there is only reached through this transport.
 * See {@link memoryNetwork} for more than one transport on a network, and for faults.
 */
export function memoryTransport(options: MemoryNetworkOptions = {}): Transport {
  return memoryNetwork(options).transport();
}

class Network implements MemoryNetwork {
  readonly #settings: MemorySettings;
  readonly #pool: SegmentPool;
  readonly #toListener: Bottleneck;
  readonly #toDialer: Bottleneck;
  readonly #links = new Set<Link>();
  readonly #handshakes: Timeline<() => void>;
  readonly #exchange: Exchange;
  #partitioned = false;
  #dialed = 0;

  constructor(settings: MemorySettings) {
    this.#settings = settings;
    this.#pool = new SegmentPool(settings.segmentBytes);
    this.#toListener = new Bottleneck(settings);
    this.#toDialer = new Bottleneck(settings);
    this.#handshakes = new Timeline(settings.clock, (arrive) => arrive());
    this.#exchange = new Exchange(
      settings.clock,
      (arrive) => this.#handshakes.add(settings.clock.nowMs() + settings.path.delayMs, arrive),
      (address) => this.#connect(address),
    );
  }

  transport(): Transport {
    return this.#exchange;
  }

  shape(changes: Partial<MemoryPath>): void {
    this.#settings.path = memoryPath(this.#settings.path, changes);
  }

  links(): readonly MemoryLink[] {
    return [...this.#links];
  }

  partition(): void {
    this.#partitioned = true;
    this.#handshakes.hold();
    for (const link of this.#links) link.partition();
  }

  heal(): void {
    this.#partitioned = false;
    this.#handshakes.release();
    for (const link of this.#links) link.heal();
  }

  reset(): void {
    for (const link of this.#links) link.reset();
  }

  #connect(listenerAddress: string): Link {
    const shared = { settings: this.#settings, pool: this.#pool };
    this.#dialed += 1;
    const dialerAddress = `dialer:${this.#dialed}`;
    const onClosed = (): void => {
      if (link.closed) this.#links.delete(link);
    };
    const dialer: MemoryConnection = new MemoryConnection({
      ...shared,
      bottleneck: this.#toListener,
      localAddress: dialerAddress,
      remoteAddress: listenerAddress,
      peer: () => listener,
      onClosed,
    });
    const listener: MemoryConnection = new MemoryConnection({
      ...shared,
      bottleneck: this.#toDialer,
      localAddress: listenerAddress,
      remoteAddress: dialerAddress,
      peer: () => dialer,
      onClosed,
    });
    const link = new Link(dialer, listener);
    this.#links.add(link);
    if (this.#partitioned) link.partition();
    return link;
  }
}
