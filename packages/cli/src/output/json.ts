/** One JSON object a line, for scripts. */
import type { Clock } from '@dwcp/core';
import type { OutputStream } from '../io.ts';
import type { CliEvent } from './events.ts';
import { Throttle } from './progress.ts';
import type { Reporter } from './reporter.ts';

/** Scripts that draw progress need no more than four lines a second. */
const progressIntervalMs = 250;

/** Writes events as lines. */
export class JsonReporter implements Reporter {
  readonly #stream: OutputStream;
  readonly #throttle: Throttle;

  constructor(stream: OutputStream, clock: Clock) {
    this.#stream = stream;
    this.#throttle = new Throttle(clock, progressIntervalMs);
  }

  report(event: CliEvent): void {
    if (event.event === 'progress' && !this.#throttle.pass()) return;
    this.#stream.write(`${JSON.stringify(event)}\n`);
  }

  close(): void {}
}
