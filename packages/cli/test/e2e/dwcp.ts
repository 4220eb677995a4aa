/** The command as a real process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import type { CliEvent } from '../../src/index.ts';

// Processes on a busy machine start slowly.
vi.setConfig({ testTimeout: 30_000 });

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An event of a kind. */
type EventOf<Name extends CliEvent['event']> = Extract<CliEvent, { event: Name }>;

/** A running command. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The first event of that kind on stdout; rejects when the process ends without it. */
  event<Name extends CliEvent['event']>(name: Name): Promise<EventOf<Name>>;
}

/** Starts the command; it is killed when the test is over. */
export function start(...argv: string[]): Running {
  const child = spawn(process.execPath, ['--conditions=@dwcp/source', main, ...argv]);
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece));
  const ended = closed.then(() => ({
    code: child.exitCode,
    stdout: lines.map((line) => `${line}\n`).join(''),
    stderr,
  }));
  return { process: child, ended, event: (name) => firstEvent(name, lines, reader, ended) };
}

/** Runs the command to its end. */
export function finished(...argv: string[]): Promise<Ended> {
  return start(...argv).ended;
}

/** Serves a directory; resolves when it listens. */
export async function serve(
  root: string,
  ...argv: string[]
): Promise<Running & { address: string }> {
  const running = start('serve', root, '--listen', '127.0.0.1:0', '--json', ...argv);
  const { address } = await running.event('listening');
  return { ...running, address };
}

/** The events of a process that has ended. Throws when a line is not JSON. */
export function eventsOf({ stdout }: Ended): CliEvent[] {
  return stdout.split('\n').filter(Boolean).map(parse);
}

async function firstEvent<Name extends CliEvent['event']>(
  name: Name,
  lines: readonly string[],
  reader: NodeJS.EventEmitter,
  ended: Promise<Ended>,
): Promise<EventOf<Name>> {
  const gone = new AbortController();
  void ended.then(() => gone.abort());
  for (let index = 0; ; index += 1) {
    if (index === lines.length) await nextLine(reader, gone.signal, ended);
    const event = parse(lines[index] ?? '');
    if (isOf(event, name)) return event;
  }
}

async function nextLine(
  reader: NodeJS.EventEmitter,
  signal: AbortSignal,
  ended: Promise<Ended>,
): Promise<void> {
  try {
    await once(reader, 'line', { signal });
  } catch {
    throw new Error(`the process ended before the event: ${JSON.stringify(await ended)}`);
  }
}

function parse(text: string): CliEvent {
  return JSON.parse(text);
}

function isOf<Name extends CliEvent['event']>(event: CliEvent, name: Name): event is EventOf<Name> {
  return event.event === name;
}
