/** The two sides of the demo: folders and the processes that work on them. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { DoneEvent } from '@dwcp/cli';
import { check } from './checks.ts';
import { DwcpProcess } from './dwcp.ts';

/** What the demo works on. */
export interface Scene {
  /** What Node runs for `dwcp`. */
  readonly entry: readonly string[];
  /** The tree that is pushed. */
  readonly source: string;
  /** The directory that the receiver serves. */
  readonly served: string;
  /** The pushed tree as the receiver has it. */
  readonly received: string;
}

/** Lays out a scene below `folder`. */
export function sceneIn(folder: string, entry: readonly string[]): Scene {
  const served = path.join(folder, 'served');
  const name = 'tree';
  return { entry, source: path.join(folder, name), served, received: path.join(served, name) };
}

/** A process that serves the directory of the scene. */
export interface Receiver extends AsyncDisposable {
  readonly process: DwcpProcess;
  readonly address: string;
}

/** Starts a receiver; port 0 takes a free one. */
export async function serve({ entry, served }: Scene, address = '127.0.0.1:0'): Promise<Receiver> {
  const process = new DwcpProcess(entry, ['serve', served, '--listen', address]);
  const listening = await process.until('listening');
  return {
    process,
    address: listening.address,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** A push in a process of its own. */
export interface Pusher extends AsyncDisposable {
  /** Resolves when everything has been pushed. */
  readonly done: Promise<DoneEvent>;
}

/** Starts a push. `onEvent` is called whenever it reports something. */
export function startPush({ entry, source }: Scene, address: string, onEvent?: () => void): Pusher {
  const process = new DwcpProcess(entry, ['push', source, address, '--retries', '20'], onEvent);
  const done = completed(process);
  // A failure is reported where it is awaited, which may be later.
  done.catch(() => {});
  return { done, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}

/** Pushes and waits for the end. */
export async function push(scene: Scene, address: string): Promise<DoneEvent> {
  await using pusher = startPush(scene, address);
  return await pusher.done;
}

async function completed(process: DwcpProcess): Promise<DoneEvent> {
  const done = await process.until('done');
  const ending = await process.ended;
  check(ending === 0, `the push ended with ${ending}`);
  check(done.problemCount === 0, `${done.problemCount} files could not be pushed`);
  check(done.skippedCount === 0, `${done.skippedCount} entries were left out of the push`);
  return done;
}

/** True when the receiver's folder for unfinished files is gone. */
export function hasNoLeftovers({ served }: Scene): boolean {
  return statSync(path.join(served, '.dwcp'), { throwIfNoEntry: false }) === undefined;
}
