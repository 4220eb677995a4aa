/**
 * The demo: two real processes, a real tree, a receiver that is killed, and a check of every byte.
 * `npm run demo`. It works in `.dwcp-demo/` of the clone, which git ignores.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { DoneEvent } from '@dwcp/cli';
import { seededRandom } from '@dwcp/core';
import { check, checkSame, DemoFailure } from './checks.ts';
import { crashAndResume } from './crash.ts';
import { fromSources } from './dwcp.ts';
import { hasNoLeftovers, push, type Receiver, type Scene, sceneIn, serve } from './scene.ts';
import { renderTable } from './text-table.ts';
import { editSomeFiles } from './tree/edits.ts';
import { fingerprint, listFiles } from './tree/fingerprint.ts';
import { copyPackages } from './tree/packages.ts';

const clone = path.join(import.meta.dirname, '../..');
/** Of the edited files, most of the content is on the other side already. */
const editedShareMax = 0.1;

type Row = readonly string[];

async function demo(): Promise<void> {
  const parent = path.join(clone, '.dwcp-demo');
  mkdirSync(parent, { recursive: true });
  // Removed at the end: creating files is slow right after many were removed (ext4).
  const earlier = readdirSync(parent);
  const scene = sceneIn(mkdtempSync(path.join(parent, 'run-')), fromSources(clone));
  try {
    prepare(scene);
    const rows = await perform(scene);
    const headings = [
      'push',
      'files',
      'on disk',
      'sent',
      'on the wire',
      'streams',
      'time',
      'verified',
    ];
    console.log(`\n${renderTable(headings, rows, { right: [1, 2, 3, 4, 5, 6] })}\n`);
    console.log('Portable path: this repository has no native parts yet.');
    console.log(`Look at both sides: ${path.relative(process.cwd(), path.dirname(scene.source))}`);
  } finally {
    for (const name of earlier) rmSync(path.join(parent, name), { recursive: true });
  }
}

function prepare({ served, source }: Scene): void {
  mkdirSync(served);
  mkdirSync(source);
  const packages = copyPackages(clone, source);
  const names = packages.map(({ files, name, version }) => `${name} ${version} (${files} files)`);
  console.log(`Tree: copies of ${names.join(', ')}`);
}

async function perform(scene: Scene): Promise<Row[]> {
  await using first = await serve(scene);
  const rows = [await pushFirst(scene, first), await pushEdited(scene, first)];

  console.log('3. Large files change; the receiver is killed (SIGKILL) halfway and starts again');
  const { change, halfway, receiver, report } = await crashAndResume(scene, first, seededRandom(2));
  await using _restarted = receiver;
  console.log(
    `   killed: ${halfway.newFiles} of ${change.paths.length} files were in place, ${halfway.oldFiles} had their old content, none was half written`,
  );
  console.log(`   the push went on by itself: attempt ${report.attempts} sent what was missing`);
  rows.push(rowOf('killed halfway', report, verify(scene), change.sizeBytes));
  return rows;
}

async function pushFirst(scene: Scene, receiver: Receiver): Promise<Row> {
  console.log('1. First push');
  const report = await push(scene, receiver.address);
  const files = verify(scene);
  check(report.writtenFiles === files, `the push wrote ${report.writtenFiles} files of ${files}`);
  return rowOf('first', report, files, report.writtenBytes);
}

async function pushEdited(scene: Scene, receiver: Receiver): Promise<Row> {
  const edits = editSomeFiles(scene.source, seededRandom(1));
  console.log(`2. About 1 % of the files are edited: ${edits.description}`);
  const report = await push(scene, receiver.address);
  const files = verify(scene);
  const count = edits.paths.length;
  check(report.writtenFiles === count, `${report.writtenFiles} files were sent, not ${count}`);
  check(
    report.wireBytes < edits.sizeBytes * editedShareMax,
    `${report.wireBytes} bytes travelled for edits in ${edits.sizeBytes}`,
  );
  return rowOf('1 % edited', report, files, edits.sizeBytes);
}

/** Compares both sides by hash and returns how many files there are. */
function verify(scene: Scene): number {
  const files = checkSame(fingerprint(scene.source), fingerprint(scene.received));
  check(hasNoLeftovers(scene), 'the receiver left unfinished files behind');
  return files;
}

function rowOf(name: string, report: DoneEvent, verifiedFiles: number, sentBytes: number): Row {
  return [
    name,
    String(report.totalFiles),
    megabytes(report.totalBytes),
    megabytes(sentBytes),
    megabytes(report.wireBytes),
    String(report.streams),
    `${(report.elapsedMs / 1000).toFixed(2)} s`,
    `${verifiedFiles} files on both sides by SHA-256`,
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

try {
  await demo();
} catch (error) {
  if (!(error instanceof DemoFailure)) throw error;
  console.error(`\nThe demo failed: ${error.message}.`);
  process.exitCode = 1;
}
