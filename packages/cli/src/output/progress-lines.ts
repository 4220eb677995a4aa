/** Progress in a pipe or file: a line now and then. */
import type { Clock } from '@dwcp/core';
import type { TreeProgress } from '@dwcp/node';
import type { OutputStream } from '../io.ts';
import { describeProgress, type ProgressView, Speed, Throttle } from './progress.ts';

/** Often enough to see that it lives, seldom enough for a log. */
const intervalMs = 1000;

/** Writes a line a second, the first after a second: short operations stay silent. */
export class ProgressLines implements ProgressView {
  readonly #stream: OutputStream;
  readonly #speed: Speed;
  readonly #throttle: Throttle;

  constructor(stream: OutputStream, clock: Clock) {
    this.#stream = stream;
    this.#speed = new Speed(clock);
    this.#throttle = new Throttle(clock, intervalMs);
    this.#throttle.pass();
  }

  show(progress: TreeProgress): void {
    const bytesPerSecond = this.#speed.measure(progress.doneBytes);
    if (this.#throttle.pass())
      this.#stream.write(`${describeProgress(progress, bytesPerSecond)}\n`);
  }

  clear(): void {}
}
