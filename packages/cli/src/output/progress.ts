/** How progress is shown: seldom enough, with the speed so far. */
import type { Clock } from '@dwcp/core';
import type { TreeProgress } from '@dwcp/node';
import { durationText, sizeText } from './text.ts';

/** Shows how far an operation has come. */
export interface ProgressView {
  /** Shows it, unless it showed something just now. */
  show(progress: TreeProgress): void;
  /** Makes room for a line; what was shown comes back with the next progress. Idempotent. */
  clear(): void;
}

/** Lets one thing through per interval, beginning at once. */
export class Throttle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #nextMs = -Infinity;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** True when the interval since the last true is over. */
  pass(): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#nextMs) return false;
    this.#nextMs = nowMs + this.#intervalMs;
    return true;
  }
}

/** Speed since the content began to move, or since an attempt began anew. */
export class Speed {
  readonly #clock: Clock;
  #startMs = 0;
  #startBytes = Infinity;
  #lastBytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of the bytes done; returns bytes a second, or undefined while it is too early. */
  measure(doneBytes: number): number | undefined {
    const nowMs = this.#clock.nowMs();
    if (doneBytes < this.#lastBytes || this.#startBytes === Infinity) {
      this.#startMs = nowMs;
      this.#startBytes = doneBytes;
    }
    this.#lastBytes = doneBytes;
    const elapsedMs = nowMs - this.#startMs;
    return elapsedMs > 0 ? ((doneBytes - this.#startBytes) * 1000) / elapsedMs : undefined;
  }
}

/** Beyond a hundred days an estimate says nothing. */
const longestLeftMs = 100 * 24 * 3_600_000;

/** Words for a state: `12.3MB of 45.6MB, 118MB/s, 3s left`. */
export function describeProgress(progress: TreeProgress, bytesPerSecond?: number): string {
  const { doneBytes, phase, totalBytes } = progress;
  if (phase === 'commit') return 'putting files in place';
  if (phase === 'compare' || totalBytes === undefined) return 'comparing';
  const words = [`${sizeText(doneBytes)} of ${sizeText(totalBytes)}`];
  if (bytesPerSecond) {
    const leftMs = (Math.max(0, totalBytes - doneBytes) * 1000) / bytesPerSecond;
    words.push(`${sizeText(bytesPerSecond)}/s`);
    if (leftMs < longestLeftMs) words.push(`${durationText(leftMs)} left`);
  }
  return words.join(', ');
}
