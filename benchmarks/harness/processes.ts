/** Running the programs that are measured. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A program that takes longer has hung; nothing that is measured here comes near. */
const timeoutMs = 120_000;
/** Servers start within a fraction of this. */
const startTimeoutMs = 10_000;
const startPollMs = 10;

/** A program with its arguments. */
export type Command = readonly [string, ...string[]];

/** What a program prints, whatever its exit code; undefined when it is not installed. */
export function outputOf([program, ...args]: Command): string | undefined {
  const { error, stderr, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return error ? undefined : stdout + stderr;
}

/** Runs a program to its end and returns the time that took; throws unless it ends with exit code 0. */
export async function timeCommand([program, ...args]: Command): Promise<number> {
  const startMs = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: timeoutMs });
  const errors = collectText(child);
  await ended(child, () => `${program} ${args.join(' ')}: ${errors().slice(-2000)}`);
  return performance.now() - startMs;
}

/** Waits for a program that is running; throws unless it ends with exit code 0. */
export async function ended(child: ChildProcess, describe: () => string): Promise<void> {
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`exit code ${code ?? signal} of ${describe()}`);
}

/** A server that runs until it is disposed. */
export interface Server extends AsyncDisposable {
  readonly child: ChildProcess;
}

/** Starts a server and waits for `isReady`; ends it again when that takes too long. */
export async function startServer(
  [program, ...args]: Command,
  isReady: (child: ChildProcess, signal: AbortSignal) => Promise<void>,
): Promise<Server> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const errors = collectText(child);
  const server: Server = { child, [Symbol.asyncDispose]: () => stop(child) };
  const gone = new AbortController();
  child.once('close', () => gone.abort(new Error('it ended')));
  child.once('error', (error) => gone.abort(error));
  try {
    await isReady(child, AbortSignal.any([gone.signal, AbortSignal.timeout(startTimeoutMs)]));
    return server;
  } catch (cause) {
    await stop(child);
    throw new Error(`${program} ${args.join(' ')} did not start: ${errors()}`, { cause });
  }
}

/** Waits until something accepts connections on a port of loopback. */
export async function acceptsConnections(port: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (await canConnect(port)) return;
    await setTimeout(startPollMs, undefined, { signal });
  }
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}

function collectText(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return () => text;
}
