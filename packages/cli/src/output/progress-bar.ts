/** Progress on a terminal. */
import { SingleBar } from 'cli-progress';
import type { Clock } from '@dwcp/core';
import type { TreeProgress } from '@dwcp/node';
import type { OutputStream } from '../io.ts';
import { describeProgress, type ProgressView, Speed, Throttle } from './progress.ts';

/** Ten pictures a second look smooth and cost nothing. */
const intervalMs = 100;

/** A bar in the last line of the terminal. */
export class ProgressBar implements ProgressView {
  readonly #bar: SingleBar;
  readonly #speed: Speed;
  readonly #throttle: Throttle;
  #shown = false;

  constructor(stream: OutputStream, clock: Clock) {
    this.#speed = new Speed(clock);
    this.#throttle = new Throttle(clock, intervalMs);
    this.#bar = new SingleBar({
      stream,
      format: '[{bar}] {percentage}% {words}',
      barsize: 24,
      barCompleteChar: '=',
      barIncompleteChar: ' ',
      clearOnComplete: true,
      emptyOnZero: true,
      // Cut to the width of the terminal, whose own settings stay as they are.
      linewrap: true,
    });
  }

  show(progress: TreeProgress): void {
    const { doneBytes, totalBytes = 0 } = progress;
    const bytesPerSecond = this.#speed.measure(doneBytes);
    if (!this.#throttle.pass()) return;
    const words = describeProgress(progress, bytesPerSecond);
    if (!this.#shown) this.#bar.start(totalBytes, doneBytes, { words });
    this.#shown = true;
    this.#bar.setTotal(totalBytes);
    this.#bar.update(doneBytes, { words });
  }

  clear(): void {
    if (this.#shown) this.#bar.stop();
    this.#shown = false;
  }
}
