/** `dwcp push` of a real tree against the programs that people use for it today. */
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '@dwcp/core';
import { editSomeFiles } from '../../examples/demo/tree/edits.ts';
import { fingerprint } from '../../examples/demo/tree/fingerprint.ts';
import { copyPackages } from '../../examples/demo/tree/packages.ts';
import { ensureBuilt } from '../harness/build.ts';
import { formatFigure } from '../harness/format.ts';
import type { Suite, SuiteContext, SuiteResult } from '../harness/suite.ts';
import { compare, describeBytes } from './comparisons.ts';
import { type Contender } from './contender.ts';
import { localCopy, tarOverNetcat } from './copies.ts';
import { dwcp } from './dwcp.ts';
import { enter, type Entrant, measureRound, type Trees, warmUp } from './measure.ts';
import { rsync } from './rsync.ts';

/** The suite as `npm run bench -- push` runs it. */
export const push: Suite = {
  summary:
    'pushes a tree of thousands of files over loopback; peers: rsync, tar | nc; limit: cp -r',
  rounds: { quick: 3, full: 9 },
  run,
};

async function run(context: SuiteContext): Promise<SuiteResult> {
  const { clone, folder, log } = context;
  const notes = [`dwcp: packages/cli/dist, ${ensureBuilt(clone)}`];
  const ours = [dwcp(clone), dwcp(clone, '--no-sync')];
  const peers = [rsync('-a'), rsync('-a', '--fsync'), tarOverNetcat, localCopy];
  const present = peers.filter((peer) => isPresent(peer, notes));
  const trees = makeTrees(context, notes);

  await using stack = new AsyncDisposableStack();
  const entrants: Entrant[] = [];
  for (const contender of [...ours, ...present]) {
    log(`${contender.name}: warm-up, counting bytes, verifying`);
    const entrant = await enter(contender, folder);
    stack.use(entrant.running);
    await warmUp(entrant, trees);
    entrants.push(entrant);
  }
  const rounds = await context.countRounds((round) => measureRound(entrants, trees, round));
  notes.push(`rounds: ${rounds}, and one before them that is not counted`);
  return { comparisons: compare(entrants), notes: [...notes, ...describeBytes(entrants)] };
}

function isPresent(peer: Contender, notes: string[]): boolean {
  const missing = peer.missing();
  if (missing !== undefined) notes.push(`${peer.name} is left out: ${missing}`);
  return missing === undefined;
}

/** The tree before and after an edit; each is made once and never touched again. */
function makeTrees({ clone, folder, log }: SuiteContext, notes: string[]): Trees {
  const [first, edited] = ['first', 'edited'].map((name) => path.join(folder, 'trees', name));
  if (first === undefined || edited === undefined) throw new Error('unreachable');
  mkdirSync(first, { recursive: true });
  const packages = copyPackages(clone, first);
  cpSync(first, edited, { recursive: true, preserveTimestamps: true });
  const edits = editSomeFiles(edited, seededRandom(1));
  const files = packages.reduce((sum, copied) => sum + copied.files, 0);
  const sizeBytes = packages.reduce((sum, copied) => sum + copied.sizeBytes, 0);
  const names = packages.map(({ name, version }) => `${name} ${version}`).join(', ');
  notes.push(
    `tree: ${files} files, ${formatFigure(sizeBytes, 'bytes')}: ${names}`,
    `edit: ${edits.paths.length} files of ${formatFigure(edits.sizeBytes, 'bytes')}: ${edits.description}`,
  );
  log(`trees made in ${folder}`);
  return {
    first: { folder: first, content: fingerprint(first) },
    edited: { folder: edited, content: fingerprint(edited) },
  };
}
