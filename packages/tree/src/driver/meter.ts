/** Time and wire bytes of one operation. */
import type { Session } from '@dwcp/core';
import type { Problems } from '../disk/methods.ts';
import type { TreeOutcome, TreeProgress, TreeReport } from '../report.ts';

/** Starts counting when it is made. */
export class Meter {
  readonly #session: Session;
  readonly #onProgress: ((progress: TreeProgress) => void) | undefined;
  readonly #intervalMs: number;
  readonly #startMs = performance.now();
  readonly #startBytes: number;
  #streams = 0;
  #phase: TreeProgress['phase'] | undefined;
  #reportedMs = 0;

  constructor(
    session: Session,
    intervalMs: number,
    onProgress: ((progress: TreeProgress) => void) | undefined,
  ) {
    this.#session = session;
    this.#intervalMs = intervalMs;
    this.#onProgress = onProgress;
    this.#startBytes = this.#sessionBytes();
  }

  /** Passes progress on with the bytes on the wire: each new phase, and inside one not too often. */
  readonly progress = (progress: Omit<TreeProgress, 'wireBytes'>): void => {
    const nowMs = performance.now();
    if (progress.phase === this.#phase && nowMs - this.#reportedMs < this.#intervalMs) return;
    this.#phase = progress.phase;
    this.#reportedMs = nowMs;
    this.#onProgress?.({ ...progress, wireBytes: this.#sessionBytes() - this.#startBytes });
  };

  /** Completes the report of an operation that has ended. */
  report(outcome: TreeOutcome, skipped: Problems): TreeReport {
    return {
      ...outcome,
      wireBytes: this.#sessionBytes() - this.#startBytes,
      streams: this.#streams,
      elapsedMs: performance.now() - this.#startMs,
      skipped: skipped.first,
      skippedCount: skipped.count,
    };
  }

  #sessionBytes(): number {
    const { connections, receivedBytes, sentBytes } = this.#session.stats();
    this.#streams = Math.max(this.#streams, connections);
    return sentBytes + receivedBytes;
  }
}
