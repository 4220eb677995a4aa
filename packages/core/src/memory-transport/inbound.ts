/** The receiving half of a memory connection: what arrived, and when the handler sees it. */
import type { Clock } from '../roles/host.ts';
import type { ConnectionHandler } from '../roles/transport.ts';
import type { End, Segment, SegmentPool } from './parcel.ts';
import { Queue } from './queue.ts';

/** What the receiving half reports. */
export interface InboundEvents {
  /** The handler is done with a segment. */
  consumed(segment: Segment): void;
  /** The handler knows that the peer sends nothing more. */
  ended(): void;
}

/** See the head of the file. */
export class Inbound {
  readonly #clock: Clock;
  readonly #pool: SegmentPool;
  readonly #events: InboundEvents;
  readonly #parcels = new Queue<Segment | End>();
  #handler: ConnectionHandler | undefined;
  #paused = false;
  #stopped = false;
  #waking = false;
  #receivedBytes = 0;
  #ended = false;

  constructor(clock: Clock, pool: SegmentPool, events: InboundEvents) {
    this.#clock = clock;
    this.#pool = pool;
    this.#events = events;
  }

  /** Bytes given to the handler. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** True when the handler knows that the peer sends nothing more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** See `Connection.open`. */
  open(handler: ConnectionHandler): void {
    this.#handler = handler;
    this.#wake();
  }

  /** See `Connection.pause`. */
  pause(): void {
    this.#paused = true;
  }

  /** See `Connection.resume`. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#wake();
  }

  /** Nothing more is given to the handler. */
  stop(): void {
    this.#stopped = true;
    this.#parcels.clear();
  }

  /** A parcel came in; the handler gets it now if it can. */
  arrived(parcel: Segment | End): void {
    if (this.#stopped) return;
    this.#parcels.push(parcel);
    this.#deliver();
  }

  /** Delivers from a timer: `open` and `resume` may be called from inside the handler itself. */
  #wake(): void {
    if (this.#waking || this.#stopped || this.#parcels.size === 0) return;
    this.#waking = true;
    this.#clock.schedule(0, () => {
      this.#waking = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (this.#handler !== undefined && !this.#paused && !this.#stopped) {
      const parcel = this.#parcels.shift();
      if (parcel === undefined) return;
      if (parcel.kind === 'end') this.#deliverEnd(this.#handler);
      else this.#deliverData(this.#handler, parcel);
    }
  }

  #deliverData(handler: ConnectionHandler, segment: Segment): void {
    this.#receivedBytes += segment.bytes.byteLength;
    handler.onData(segment.bytes);
    this.#events.consumed(segment);
    this.#pool.give(segment.bytes);
  }

  #deliverEnd(handler: ConnectionHandler): void {
    this.#ended = true;
    handler.onEnd();
    this.#events.ended();
  }
}
