/** Sentences for people: results on stdout, everything else on stderr. */
import type { CliIo } from '../io.ts';
import type { CliEvent, ErrorEvent } from './events.ts';
import type { ProgressView } from './progress.ts';
import type { Reporter } from './reporter.ts';
import {
  failureText,
  leftOut,
  listening,
  operation,
  retry,
  session,
  summary,
} from './sentences.ts';

/** Writes events as sentences. Without a view for progress only what went wrong is told. */
export class PlainReporter implements Reporter {
  readonly #io: CliIo;
  readonly #view: ProgressView | undefined;

  constructor(io: CliIo, view: ProgressView | undefined) {
    this.#io = io;
    this.#view = view;
  }

  report(event: CliEvent): void {
    switch (event.event) {
      case 'listening':
        return this.#say(listening(event));
      case 'session':
        return this.#say(session(event));
      case 'operation':
        this.#say(operation(event));
        return this.#warn(leftOut('failed', event.outcome?.problems, event.outcome?.problemCount));
      case 'progress':
        return this.#view?.show(event);
      case 'retry':
        return this.#view && this.#warn([retry(event)]);
      case 'done':
        this.#say(summary(event));
        if (this.#view) this.#warn(leftOut('skipped', event.skipped, event.skippedCount));
        return this.#warn(leftOut('failed', event.problems, event.problemCount));
      case 'error':
        return this.#warn(errorLines(event));
    }
  }

  close(): void {
    this.#view?.clear();
  }

  /** Nothing of this when only errors are wanted. */
  #say(sentence: string): void {
    if (!this.#view) return;
    this.#view.clear();
    this.#io.stdout.write(`${sentence}\n`);
  }

  #warn(lines: readonly string[]): void {
    this.#view?.clear();
    for (const line of lines) this.#io.stderr.write(`${line}\n`);
  }
}

function errorLines(event: ErrorEvent): string[] {
  const who = event.peer ? `${event.peer.address}: ` : '';
  return [`dwcp: ${who}${failureText(event)}`, `  ${event.remedy}`];
}
