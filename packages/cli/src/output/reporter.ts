/** Who tells the events of a run. */
import { systemClock } from '@dwcp/core';
import type { CliIo } from '../io.ts';
import type { CliEvent } from './events.ts';
import { JsonReporter } from './json.ts';
import { PlainReporter } from './plain.ts';
import { ProgressLines } from './progress-lines.ts';
import type { ProgressView } from './progress.ts';

/** Tells events. */
export interface Reporter {
  /** Tells one event. */
  report(event: CliEvent): void;
  /** Tidies the terminal up. Idempotent. */
  close(): void;
}

/** What the user asked for. */
export interface ReportFlags {
  /** JSON lines instead of sentences. */
  readonly json?: boolean;
  /** Only errors and files that failed. */
  readonly quiet?: boolean;
}

/** Picks the reporter for the flags and the streams. */
export async function createReporter(io: CliIo, flags: ReportFlags): Promise<Reporter> {
  if (flags.json) return new JsonReporter(io.stdout, io.clock ?? systemClock());
  return new PlainReporter(io, flags.quiet ? undefined : await createView(io));
}

async function createView({ clock = systemClock(), stderr }: CliIo): Promise<ProgressView> {
  if (!stderr.isTTY) return new ProgressLines(stderr, clock);
  // Loaded only for a terminal: it takes longer than a small push.
  const { ProgressBar } = await import('./progress-bar.ts');
  return new ProgressBar(stderr, clock);
}
