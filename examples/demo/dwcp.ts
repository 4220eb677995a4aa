/** Runs the `dwcp` command as a process and reads the JSON lines that it prints for scripts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { CliEvent } from '@dwcp/cli';

/** The command from the sources of this clone, for Node's command line. */
export function fromSources(clone: string): string[] {
  return ['--conditions=@dwcp/source', path.join(clone, 'packages/cli/src/main.ts')];
}

/** A `dwcp` process that ended without what was expected of it; the message is for the user. */
export class DwcpFailure extends Error {}

type EventOf<Kind extends CliEvent['event']> = Extract<CliEvent, { event: Kind }>;

/** An event that is there or will come. */
class First {
  readonly promise: Promise<CliEvent>;
  resolve: (event: CliEvent) => void = () => {};
  reject: (error: Error) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Who does not wait for it does not miss it.
    this.promise.catch(() => {});
  }
}

/** A running `dwcp` process. Disposing it ends it. */
export class DwcpProcess implements AsyncDisposable {
  /** Resolves with the exit code or the signal that ended the process, all output read. */
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;
  readonly #onEvent: (event: CliEvent) => void;
  /** The first event of each kind, there or waited for. */
  readonly #first = new Map<string, First>();
  /** What it said about its failure. */
  #fault = '';

  /** `entry` is what Node runs, `args` what follows `dwcp`. */
  constructor(
    entry: readonly string[],
    args: readonly string[],
    onEvent: (event: CliEvent) => void = () => {},
  ) {
    this.#onEvent = onEvent;
    const child = spawn(process.execPath, [...entry, ...args, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#onLine(line));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#fault += text;
    });
    this.ended = once(child, 'close').then(([code, signal]) => this.#onClose(code ?? signal));
  }

  /** The first event of a kind; rejects when the process ends without it. */
  async until<Kind extends CliEvent['event']>(kind: Kind): Promise<EventOf<Kind>> {
    const event = await this.#firstOf(kind).promise;
    if (isKind(event, kind)) return event;
    throw new Error(`an event stands under "${kind}" that is none`);
  }

  /** Ends it with a signal and waits until it is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await this.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end('SIGTERM');
  }

  #firstOf(kind: string): First {
    const known = this.#first.get(kind);
    if (known) return known;
    const first = new First();
    this.#first.set(kind, first);
    if (this.#child.exitCode !== null) first.reject(this.#failure(this.#child.exitCode));
    return first;
  }

  #onLine(line: string): void {
    const event: CliEvent = JSON.parse(line);
    if (event.event === 'error' && event.fatal) this.#fault += `${event.message} (${event.code})`;
    this.#firstOf(event.event).resolve(event);
    this.#onEvent(event);
  }

  #onClose(ending: number | string): number | string {
    for (const { reject } of this.#first.values()) reject(this.#failure(ending));
    return ending;
  }

  #failure(ending: number | string): Error {
    return new DwcpFailure(`dwcp ended with ${ending}: ${this.#fault.slice(-2000)}`);
  }
}

function isKind<Kind extends CliEvent['event']>(
  event: CliEvent,
  kind: Kind,
): event is EventOf<Kind> {
  return event.event === kind;
}
