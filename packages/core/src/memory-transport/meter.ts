/** Path measurements of one direction, taken from the acknowledgements of its segments. */
import type { PathStats } from '../roles/transport.ts';
import type { Acked, Segment } from './parcel.ts';

/** The figures of {@link PathStats} that only a measurement can give. */
export type Measured = Pick<
  PathStats,
  'roundTripMs' | 'minRoundTripMs' | 'deliveryRateBps' | 'lossRatio'
>;

/** Measures as a TCP sender does. */
export class PathMeter {
  #acked: Acked | undefined;
  #segments = 0;
  #lostSegments = 0;
  #roundTripMs: number | undefined;
  #minRoundTripMs = Infinity;
  #deliveryRateBps: number | undefined;

  /** A segment is sent at `nowMs`, and sent again `losses` times. Returns what it has to remember. */
  sent(losses: number, nowMs: number): Acked {
    this.#segments += 1 + losses;
    this.#lostSegments += losses;
    this.#acked ??= { sizeBytes: 0, atMs: nowMs };
    return this.#acked;
  }

  /** A segment was acknowledged at `nowMs`. */
  acked(segment: Segment, nowMs: number): void {
    const before = segment.acked;
    const sizeBytes = (this.#acked ?? before).sizeBytes + segment.bytes.byteLength;
    this.#acked = { sizeBytes, atMs: nowMs };
    this.roundTrip(nowMs - segment.sentMs);
    // Acknowledged between the last acknowledgement before the segment left and its own, over the
    // time between these two: draft-cheng-iccrg-delivery-rate-estimation, section 2.2.2 (ACK rate).
    if (nowMs > before.atMs) {
      this.#deliveryRateBps = ((sizeBytes - before.sizeBytes) * 8000) / (nowMs - before.atMs);
    }
  }

  /** One sample of the round-trip time, smoothed with a gain of 1/8 (RFC 6298, section 2). */
  roundTrip(sampleMs: number): void {
    this.#roundTripMs =
      this.#roundTripMs === undefined
        ? sampleMs
        : this.#roundTripMs + (sampleMs - this.#roundTripMs) / 8;
    this.#minRoundTripMs = Math.min(this.#minRoundTripMs, sampleMs);
  }

  /** What is known; nothing is made up before the first sample. */
  figures(): Measured {
    return {
      ...(this.#roundTripMs !== undefined && {
        roundTripMs: this.#roundTripMs,
        minRoundTripMs: this.#minRoundTripMs,
      }),
      ...(this.#deliveryRateBps !== undefined && { deliveryRateBps: this.#deliveryRateBps }),
      ...(this.#segments > 0 && { lossRatio: this.#lostSegments / this.#segments }),
    };
  }
}
