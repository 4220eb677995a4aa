/** The sending half of a memory connection: queue, window, path and acknowledgements. */
import type { DwcpError } from '../errors.ts';
import type { PathStats } from '../roles/transport.ts';
import type { Bottleneck, PathUser } from './bottleneck.ts';
import { PathMeter } from './meter.ts';
import type { MemorySettings } from './options.ts';
import type { End, Parcel, Segment, SegmentPool } from './parcel.ts';
import { Queue } from './queue.ts';
import { Timeline } from './timeline.ts';

/** What the sending half reports; always from a timer, never from inside a call. */
export interface OutboundEvents {
  /** A parcel reached the other end. */
  arrived(parcel: Parcel): void;
  /** The queue fell to its low-water mark after it had been above the high one. */
  drained(): void;
  /** The other end has everything, the end included. */
  finished(): void;
}

interface Queued {
  readonly bytes: Uint8Array;
  /** Of the last chunk of a `send`. */
  readonly onSent: (() => void) | undefined;
}

const end: End = { kind: 'end' };

/** See the head of the file. */
export class Outbound implements PathUser {
  /** What the acknowledgements tell of the path. */
  readonly meter: PathMeter = new PathMeter();
  readonly #settings: MemorySettings;
  readonly #bottleneck: Bottleneck;
  readonly #pool: SegmentPool;
  readonly #events: OutboundEvents;
  readonly #wire: Timeline<Parcel>;
  readonly #acks: Timeline<Segment | End>;
  readonly #chunks = new Queue<Queued>();
  /** Bytes of the first chunk that have left already. */
  #firstOffset = 0;
  #sentBytes = 0;
  #queuedBytes = 0;
  #inFlightBytes = 0;
  #aboveHighWater = false;
  #drainDue = false;
  #state: 'open' | 'ending' | 'ended' = 'open';

  constructor(
    settings: MemorySettings,
    bottleneck: Bottleneck,
    pool: SegmentPool,
    events: OutboundEvents,
  ) {
    this.#settings = settings;
    this.#bottleneck = bottleneck;
    this.#pool = pool;
    this.#events = events;
    this.#wire = new Timeline(settings.clock, (parcel) => events.arrived(parcel));
    this.#acks = new Timeline(settings.clock, (parcel) => this.#acked(parcel));
  }

  /** True when nothing more may be sent. */
  get ended(): boolean {
    return this.#state !== 'open';
  }

  /** See `Connection.send`. */
  send(chunks: readonly Uint8Array[], onSent?: () => void): boolean {
    const last = chunks.findLastIndex((chunk) => chunk.byteLength > 0);
    if (last < 0 && onSent) queueMicrotask(onSent);
    for (const [index, bytes] of chunks.entries()) {
      if (bytes.byteLength === 0) continue;
      this.#chunks.push({ bytes, onSent: index === last ? onSent : undefined });
      this.#queuedBytes += bytes.byteLength;
      this.#sentBytes += bytes.byteLength;
    }
    this.#bottleneck.request(this);
    if (this.#queuedBytes > this.#settings.highWaterBytes) this.#aboveHighWater = true;
    return !this.#aboveHighWater;
  }

  /** See `Connection.end`. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#endWhenEmpty();
  }

  /** Forgets the queue and tells the other end, behind what is already on the way. */
  reset(error: DwcpError | undefined): void {
    this.drop();
    this.#wire.add(this.#settings.clock.nowMs() + this.#settings.path.delayMs, {
      kind: 'reset',
      error,
    });
  }

  /** Forgets the queue. */
  drop(): void {
    this.#state = 'ended';
    this.#chunks.clear();
    this.#firstOffset = 0;
    this.#queuedBytes = 0;
    this.#aboveHighWater = false;
  }

  /** The other end is done with a segment, or has received the end. */
  acknowledge(parcel: Segment | End): void {
    this.#acks.add(this.#settings.clock.nowMs() + this.#settings.path.delayMs, parcel);
  }

  /** Stops everything on the way, in both directions. */
  hold(): void {
    this.#wire.hold();
    this.#acks.hold();
  }

  /** Goes on after {@link hold}. */
  release(): void {
    this.#wire.release();
    this.#acks.release();
  }

  /** See `Connection.stats`. */
  stats(): Omit<PathStats, 'receivedBytes'> {
    return {
      sentBytes: this.#sentBytes,
      queuedBytes: this.#queuedBytes,
      inFlightBytes: this.#inFlightBytes,
      ...this.meter.figures(),
    };
  }

  nextBytes(): number {
    const sizeBytes = Math.min(this.#queuedBytes, this.#settings.segmentBytes);
    return this.#inFlightBytes + sizeBytes <= this.#settings.windowBytes ? sizeBytes : 0;
  }

  transmit(sizeBytes: number, departureMs: number): void {
    const bytes = this.#takeBytes(sizeBytes);
    const losses = this.#drawLosses();
    const { clock, path } = this.#settings;
    const sentMs = clock.nowMs();
    const acked = this.meter.sent(losses, sentMs);
    this.#inFlightBytes += sizeBytes;
    // One way for the segment, and one round trip for each time that it was lost.
    const arrivalMs = departureMs + path.delayMs * (1 + 2 * losses);
    this.#wire.add(arrivalMs, { kind: 'data', bytes, sentMs, acked });
    this.#drainWhenLow();
    this.#endWhenEmpty();
  }

  /** Copies the next bytes of the queue, which then belong to their owner again. */
  #takeBytes(sizeBytes: number): Uint8Array {
    const target = this.#pool.take(sizeBytes);
    let filled = 0;
    while (filled < sizeBytes) {
      const chunk = this.#chunks.peek();
      if (chunk === undefined) break;
      const { bytes, onSent } = chunk;
      const part = bytes.subarray(this.#firstOffset, this.#firstOffset + sizeBytes - filled);
      target.set(part, filled);
      filled += part.byteLength;
      this.#firstOffset += part.byteLength;
      if (this.#firstOffset === bytes.byteLength) {
        this.#chunks.shift();
        this.#firstOffset = 0;
        if (onSent) queueMicrotask(onSent);
      }
    }
    this.#queuedBytes -= filled;
    return target;
  }

  #drawLosses(): number {
    const { lossRatio } = this.#settings.path;
    if (lossRatio === 0) return 0;
    let losses = 0;
    while (this.#settings.random.next() < lossRatio) losses += 1;
    return losses;
  }

  #endWhenEmpty(): void {
    if (this.#state !== 'ending' || this.#queuedBytes > 0) return;
    this.#state = 'ended';
    this.#wire.add(this.#settings.clock.nowMs() + this.#settings.path.delayMs, end);
  }

  #acked(parcel: Segment | End): void {
    if (parcel.kind === 'end') {
      this.#events.finished();
      return;
    }
    this.#inFlightBytes -= parcel.bytes.byteLength;
    this.meter.acked(parcel, this.#settings.clock.nowMs());
    this.#bottleneck.request(this);
  }

  /** From a timer: a segment may leave inside `send`, where the handler must not be called. */
  #drainWhenLow(): void {
    if (!this.#aboveHighWater || this.#drainDue || this.#queuedBytes > this.#settings.lowWaterBytes)
      return;
    this.#drainDue = true;
    this.#settings.clock.schedule(0, () => {
      this.#drainDue = false;
      if (!this.#aboveHighWater || this.#queuedBytes > this.#settings.lowWaterBytes) return;
      this.#aboveHighWater = false;
      this.#events.drained();
    });
  }
}
