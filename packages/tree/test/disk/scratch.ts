/** Real directories for tests, and the disk side of an operation without a network. */
import { hash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ApplyResult, TreeWriter } from '../../src/disk/apply.ts';
import { BufferPool } from '../../src/disk/buffer-pool.ts';
import { noDurability } from '../../src/disk/durability.ts';
import { planTree, type TreePlan } from '../../src/disk/plan.ts';
import { readWanted, type SourceItem } from '../../src/disk/read.ts';
import { type ScannedTree, scanTree } from '../../src/disk/scan.ts';
import { defaultLimits } from '../../src/limits.ts';

/** An empty directory that is removed after the test. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dwcp-tree-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes files by path; a path that ends in `/` makes a directory. */
export function fill(directory: string, files: Record<string, string | Uint8Array>): string {
  for (const [path, content] of Object.entries(files)) {
    const absolute = join(directory, path);
    mkdirSync(path.endsWith('/') ? absolute : dirname(absolute), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(absolute, content);
  }
  return directory;
}

/** All files below a directory with their content, or its SHA-256 where it is long. */
export function contents(directory: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const absolute = join(entry.parentPath, entry.name);
    const content = readFileSync(absolute, 'latin1');
    const isLong = content.length > 1000;
    found[absolute.slice(directory.length + 1)] = isLong ? hash('sha256', content) : content;
  }
  return found;
}

/** One operation from disk to disk. */
export interface LocalRun {
  readonly tree: ScannedTree;
  readonly plan: TreePlan;
  readonly writer: TreeWriter;
  readonly items: Generator<SourceItem>;
}

/** Prepares the copy of `source` into `root`. */
export function prepare(source: string, root: string, destination = ''): LocalRun {
  const tree = scanTree({ root: source, limits: defaultLimits });
  const plan = planTree(Buffer.concat(tree.manifest), { root, destination, limits: defaultLimits });
  const wanted = plan.files.map(({ index }) => ({ index, hasBasis: false }));
  const writer = new TreeWriter(plan, new Map(), randomBytes(16).toString('hex'), noDurability);
  return { tree, plan, writer, items: readWanted(tree, wanted, new BufferPool()) };
}

/** Copies `source` into `root`. */
export async function copy(
  source: string,
  root: string,
  destination = '',
): Promise<LocalRun & { result: ApplyResult }> {
  const run = prepare(source, root, destination);
  for (const item of run.items) run.writer.push(item.bytes);
  return { ...run, result: await run.writer.finish() };
}
