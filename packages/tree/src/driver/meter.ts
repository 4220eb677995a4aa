/** Time and wire bytes of one operation. */
import type { Session } from '@dwcp/core';
import type { Problems } from '../disk/methods.ts';
import type { TreeOutcome, TreeProgress, TreeReport } from '../report.ts';

/** Starts counting when it is made. */
export class Meter {
  readonly #session: Session;
  readonly #onProgress: ((progress: TreeProgress) => void) | undefined;
  readonly #startMs = performance.now();
  readonly #startBytes: number;
  #streams = 0;

  constructor(session: Session, onProgress: ((progress: TreeProgress) => void) | undefined) {
    this.#session = session;
    this.#onProgress = onProgress;
    this.#startBytes = this.#sessionBytes();
  }

  /** Passes progress on with the bytes on the wire. */
  readonly progress = (progress: Omit<TreeProgress, 'wireBytes'>): void => {
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
