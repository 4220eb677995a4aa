/** What travels between the two ends of a memory connection. */
import type { DwcpError } from '../errors.ts';

/** How far the acknowledgements of a sender reach. */
export interface Acked {
  /** Bytes acknowledged so far. */
  readonly sizeBytes: number;
  /** When the last one came in. */
  readonly atMs: number;
}

/** A piece of the byte stream. */
export interface Segment {
  /** Tells the parcels apart. */
  readonly kind: 'data';
  /** The bytes, copied when the segment left the sender's queue. */
  readonly bytes: Uint8Array;
  /** When it left the queue. */
  readonly sentMs: number;
  /** What the sender had been told by then. */
  readonly acked: Acked;
}

/** The sender will send nothing more. */
export interface End {
  /** Tells the parcels apart. */
  readonly kind: 'end';
}

/** The sender dropped the connection. */
interface Reset {
  /** Tells the parcels apart. */
  readonly kind: 'reset';
  /** Why, or undefined when it did not say. */
  readonly error: DwcpError | undefined;
}

/** Anything that travels. */
export type Parcel = Segment | End | Reset;

/** Buffers kept for reuse; enough for the default window of one connection. */
const maxPooled = 256;

/**
 * Buffers for segments. A buffer that comes back is overwritten at once, so that a handler which
 * keeps a chunk without copying it finds nonsense there, in every test, and not only on the day on
 * which a real transport reuses its memory.
 */
export class SegmentPool {
  readonly #segmentBytes: number;
  readonly #free: Uint8Array[] = [];

  constructor(segmentBytes: number) {
    this.#segmentBytes = segmentBytes;
  }

  /** A buffer of exactly `sizeBytes`, at most one segment. Small ones are not worth a whole buffer. */
  take(sizeBytes: number): Uint8Array {
    if (sizeBytes * 2 < this.#segmentBytes) return new Uint8Array(sizeBytes);
    const whole = this.#free.pop() ?? new Uint8Array(this.#segmentBytes);
    return sizeBytes === whole.byteLength ? whole : whole.subarray(0, sizeBytes);
  }

  /** Overwrites a buffer and keeps it for reuse. */
  give(bytes: Uint8Array): void {
    bytes.fill(0xdb);
    if (bytes.buffer.byteLength !== this.#segmentBytes || this.#free.length >= maxPooled) return;
    this.#free.push(new Uint8Array(bytes.buffer));
  }
}
