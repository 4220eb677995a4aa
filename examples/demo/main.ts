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
import { DwcpFailure, fromSources } from './dwcp.ts';
import { hasNoLeftovers, push, type Receiver, type Scene, sceneIn, serve } from './scene.ts';
import { renderTable } from './text-table.ts';
import { editSomeFiles } from './tree/edits.ts';
import { type Fingerprint, fingerprint } from './tree/fingerprint.ts';
import { copyPackages } from './tree/packages.ts';

const clone = path.join(import.meta.dirname, '../..');
/** Of the edited files, most of the content is on the other side already. */
const editedShareMax = 0.1;

const headings = [
  'push',
  'files',
  'on disk',
  'changed',
  'of size',
  'on the wire',
  'streams',
  'time',
  'verified',
];

type Row = readonly string[];

interface Pushed {
  readonly row: Row;
  /** What both sides hold now. */
  readonly content: Fingerprint;
}

async function demo(): Promise<void> {
  const parent = path.join(clone, '.dwcp-demo');
  mkdirSync(parent, { recursive: true });
  // Removed at the end: creating files is slow right after many were removed (ext4).
  const earlier = readdirSync(parent);
  const scene = sceneIn(mkdtempSync(path.join(parent, 'run-')), fromSources(clone));
  try {
    prepare(scene);
    const rows = await perform(scene);
    console.log(`\n${renderTable(headings, rows, { right: [1, 2, 3, 4, 5, 6, 7] })}\n`);
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
  await using receiver = await serve(scene);
  const first = await pushFirst(scene, receiver);
  const edited = await pushEdited(scene, receiver);
  return [first.row, edited.row, await pushHalfway(scene, receiver, edited.content)];
}

async function pushHalfway(scene: Scene, receiver: Receiver, before: Fingerprint): Promise<Row> {
  console.log('3. Large files change; the receiver is killed (SIGKILL) halfway and starts again');
  const { change, halfway, report } = await crashAndResume(scene, receiver, before);
  console.log(
    `   killed: ${halfway.newFiles} of ${change.paths.length} files were in place, ${halfway.oldFiles} had their old content, none was half written`,
  );
  console.log(`   the push went on by itself: attempt ${report.attempts} sent what was missing`);
  verify(scene);
  return rowOf('killed halfway', report, change.paths.length, change.sizeBytes);
}

async function pushFirst(scene: Scene, receiver: Receiver): Promise<Pushed> {
  console.log('1. First push');
  const report = await push(scene, receiver.address);
  const content = verify(scene);
  const { totalBytes, totalFiles, writtenFiles } = report;
  check(writtenFiles === content.size, `${writtenFiles} files were written, not ${content.size}`);
  return { content, row: rowOf('first', report, totalFiles, totalBytes) };
}

async function pushEdited(scene: Scene, receiver: Receiver): Promise<Pushed> {
  const edits = editSomeFiles(scene.source, seededRandom(1));
  console.log(`2. About 1 % of the files are edited: ${edits.description}`);
  const report = await push(scene, receiver.address);
  const content = verify(scene);
  const count = edits.paths.length;
  check(report.writtenFiles === count, `${report.writtenFiles} files were sent, not ${count}`);
  check(
    report.wireBytes < edits.sizeBytes * editedShareMax,
    `${report.wireBytes} bytes travelled for edits in ${edits.sizeBytes}`,
  );
  return { content, row: rowOf('1 % edited', report, count, edits.sizeBytes) };
}

/** Compares both sides by hash and returns what they hold. */
function verify(scene: Scene): Fingerprint {
  const content = fingerprint(scene.source);
  checkSame(content, fingerprint(scene.received));
  check(hasNoLeftovers(scene), 'the receiver left unfinished files behind');
  return content;
}

function rowOf(name: string, report: DoneEvent, changedFiles: number, changedBytes: number): Row {
  return [
    name,
    String(report.totalFiles),
    megabytes(report.totalBytes),
    String(changedFiles),
    megabytes(changedBytes),
    megabytes(report.wireBytes),
    String(report.streams),
    `${(report.elapsedMs / 1000).toFixed(2)} s`,
    `${report.totalFiles} files equal by SHA-256`,
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

try {
  await demo();
} catch (error) {
  if (!(error instanceof DemoFailure || error instanceof DwcpFailure)) throw error;
  console.error(`\nThe demo failed: ${error.message}.`);
  process.exitCode = 1;
}
