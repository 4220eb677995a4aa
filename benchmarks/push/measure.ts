/** Runs every contender through every case and collects the figures. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  differences,
  type Fingerprint,
  fingerprint,
} from '../../examples/demo/tree/fingerprint.ts';
import { countingProxy } from '../harness/counting-proxy.ts';
import { rotated } from '../harness/statistics.ts';
import { type Case, cases } from './cases.ts';
import type { Contender, Running } from './contender.ts';

/** A tree to be pushed. */
interface Tree {
  readonly folder: string;
  readonly content: Fingerprint;
}

/** The two states of the tree. */
export type Trees = Readonly<Record<Case['tree'], Tree>>;

/** A contender that is ready, with its figures. */
export interface Entrant {
  readonly contender: Contender;
  readonly running: Running;
  /** Wall times of the counted rounds, by case. */
  readonly times: Map<Case, number[]>;
  /** Bytes on the wire that the proxy counted, by case. */
  readonly bytes: Map<Case, number>;
  /** Bytes on the wire that the program reports of the same push, by case. */
  readonly reportedBytes: Map<Case, number>;
}

/** Starts a contender in its own folder below `folder`. */
export async function enter(contender: Contender, folder: string): Promise<Entrant> {
  const own = path.join(folder, contender.name.replaceAll(/[^a-z0-9]+/g, '-'));
  mkdirSync(own);
  const running = await contender.start(own);
  return { contender, running, times: new Map(), bytes: new Map(), reportedBytes: new Map() };
}

/** The round that is not counted: warms up, counts bytes through a proxy, verifies every file by hash. */
export async function warmUp({ running, ...entrant }: Entrant, trees: Trees): Promise<void> {
  await using proxy = running.port === undefined ? undefined : await countingProxy(running.port);
  for (const each of casesOf(entrant.contender)) {
    const tree = trees[each.tree];
    const { reportedBytes } = await running.push(tree.folder, 'warm-up', proxy?.port);
    if (proxy) entrant.bytes.set(each, proxy.takeBytes());
    if (reportedBytes !== undefined) entrant.reportedBytes.set(each, reportedBytes);
    verify(entrant.contender, each, tree, running.path('warm-up'));
  }
}

function verify({ name }: Contender, each: Case, tree: Tree, received: string): void {
  const different = differences(tree.content, fingerprint(received));
  if (different.length === 0) return;
  const examples = different.slice(0, 5).join(', ');
  throw new Error(`${name}, ${each.name}: ${different.length} files differ, such as ${examples}`);
}

/** One counted round: every case, every contender, into folders that did not exist before. */
export async function measureRound(
  entrants: readonly Entrant[],
  trees: Trees,
  round: number,
): Promise<void> {
  for (const each of cases) {
    const taking = entrants.filter(({ contender }) => casesOf(contender).includes(each));
    for (const { running, times } of rotated(taking, round)) {
      const tree = trees[each.tree];
      await settle(tree.folder);
      const { elapsedMs } = await running.push(tree.folder, `round-${round}`, running.port);
      times.set(each, [...(times.get(each) ?? []), elapsedMs]);
    }
  }
}

function casesOf({ updates }: Contender): readonly Case[] {
  return updates ? cases : cases.filter(({ isUpdate }) => !isUpdate);
}

/** Writes out what the last contender left in the page cache, or the next one would wait for it. */
async function settle(folder: string): Promise<void> {
  if (process.platform === 'linux') await promisify(execFile)('sync', ['-f', folder]);
}
