/** Lists a directory (or one file) in the order of the tree list. */
import { type Dirent, lstatSync, readdirSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DwcpError, isDwcpError } from '@dwcp/core';
import type { TreeLimits } from '../limits.ts';
import { ManifestWriter, type ManifestHeader } from '../machine/manifest.ts';
import { checkName, isStagingName } from '../machine/path.ts';
import { diskError, type Problem, ProblemList, systemCode } from './problem.ts';

/** A listed file as the reader needs it later. */
export interface ScannedFile {
  /** Relative to the base of the tree. */
  readonly path: string;
  /** Size when it was listed. */
  readonly sizeBytes: number;
  /** Time of change when it was listed, whole milliseconds. */
  readonly modifiedMs: number;
}

/** A listed tree. */
export interface ScannedTree {
  /** Directory that the paths are relative to. */
  readonly base: string;
  /** Path of every entry by its number; undefined for a directory. */
  readonly files: readonly (ScannedFile | undefined)[];
  /** The encoded list. */
  readonly manifest: readonly Uint8Array[];
  /** Sums of the list. */
  readonly header: ManifestHeader;
  /** What the list leaves out on purpose: links, sockets, devices, the staging folder. */
  readonly skipped: { readonly count: number; readonly first: readonly Problem[] };
  /** What the list lacks because it could not be read or named. */
  readonly problems: { readonly count: number; readonly first: readonly Problem[] };
}

/** What to list. */
export interface ScanOptions {
  /** File or directory; links on the way to it are followed, they are the caller's own. */
  readonly root: string;
  /** Names that a peer gave, from the root down: no link is followed on this way. @default [] */
  readonly below?: readonly string[];
  /** Bounds on the list. */
  readonly limits: TreeLimits;
}

/**
 * Lists a tree. Symbolic links and special files are left out and reported. Throws `ERR_DWCP_IO`
 * when the root cannot be read, `ERR_DWCP_UNSAFE_PATH` when it is neither file nor directory.
 */
export function scanTree({ below = [], limits, root }: ScanOptions): ScannedTree {
  let path = read(root, () => realpathSync(root));
  let stats = read(path, () => lstatSync(path));
  for (const name of below) {
    if (!stats.isDirectory()) throw notPlain(basename(path));
    path = `${path}/${name}`;
    stats = read(name, () => lstatSync(path));
  }
  const scanner = new Scanner(limits);
  const isFile = stats.isFile();
  if (isFile) scanner.file(basename(path), basename(path), stats, 0);
  else if (stats.isDirectory()) scanner.directory(path);
  else throw notPlain(basename(path));
  return scanner.result(isFile ? dirname(path) : path);
}

function read<Value>(path: string, call: () => Value): Value {
  try {
    return call();
  } catch (error) {
    throw diskError('read', basename(path), error);
  }
}

function notPlain(name: string): DwcpError {
  return new DwcpError(
    'ERR_DWCP_UNSAFE_PATH',
    `${JSON.stringify(name)} is neither a file nor a directory`,
  );
}

class Scanner {
  readonly #writer: ManifestWriter;
  readonly #limits: TreeLimits;
  readonly #files: (ScannedFile | undefined)[] = [];
  readonly #skipped = new ProblemList();
  readonly #problems = new ProblemList();
  /** Levels that were left since the last entry. */
  #up = 0;

  constructor(limits: TreeLimits) {
    this.#limits = limits;
    this.#writer = new ManifestWriter(limits);
  }

  directory(root: string): void {
    this.#content(root, '', 1);
  }

  file(path: string, name: string, stats: Stats, up: number): void {
    const sizeBytes = stats.size;
    // Whole milliseconds: what is stored comes back a fraction below what was asked for.
    const modifiedMs = Math.round(stats.mtimeMs);
    this.#writer.add({ kind: 'file', name, up, mode: stats.mode & 0o777, sizeBytes, modifiedMs });
    this.#files.push({ path, sizeBytes, modifiedMs });
  }

  result(base: string): ScannedTree {
    const header = this.#writer.header();
    const skipped = { count: this.#skipped.count, first: this.#skipped.problems };
    const problems = { count: this.#problems.count, first: this.#problems.problems };
    const manifest = this.#writer.finish();
    return { base, files: this.#files, manifest, header, skipped, problems };
  }

  #content(directory: string, prefix: string, depth: number): void {
    if (depth > this.#limits.maxDepth) {
      throw new DwcpError(
        'ERR_DWCP_LIMIT_EXCEEDED',
        `the tree is above the limit maxDepth of ${this.#limits.maxDepth}`,
      );
    }
    for (const entry of this.#list(directory, prefix)) {
      const path = prefix + entry.name;
      if (!this.#isUsable(entry, path, prefix === '')) continue;
      const stats = this.#stats(`${directory}/${entry.name}`, path);
      if (!stats) continue;
      const up = this.#up;
      this.#up = 0;
      if (entry.isFile()) {
        this.file(path, entry.name, stats, up);
        continue;
      }
      this.#writer.add({
        kind: 'directory',
        name: entry.name,
        up,
        mode: stats.mode & 0o777,
        sizeBytes: 0,
        modifiedMs: 0,
      });
      this.#files.push(undefined);
      this.#content(`${directory}/${entry.name}`, `${path}/`, depth + 1);
      this.#up += 1;
    }
  }

  #list(directory: string, prefix: string): Dirent[] {
    try {
      return readdirSync(directory, { withFileTypes: true }).toSorted(byName);
    } catch (error) {
      if (prefix === '') throw diskError('list', '.', error);
      this.#problems.add(prefix, `cannot be listed: ${systemCode(error) ?? 'unknown'}`);
      return [];
    }
  }

  #isUsable(entry: Dirent, path: string, isTop: boolean): boolean {
    const intent = isTop && isStagingName(entry.name) ? 'is the staging folder' : exclusion(entry);
    if (intent !== undefined) this.#skipped.add(path, intent);
    const flaw = intent === undefined ? nameFlaw(entry.name) : undefined;
    if (flaw !== undefined) this.#problems.add(path, flaw);
    return intent === undefined && flaw === undefined;
  }

  #stats(file: string, path: string): Stats | undefined {
    try {
      return lstatSync(file);
    } catch (error) {
      this.#problems.add(path, `cannot be read: ${systemCode(error) ?? 'unknown'}`);
      return undefined;
    }
  }
}

/** Why an entry does not travel although it could be read. */
function exclusion(entry: Dirent): string | undefined {
  if (entry.isSymbolicLink()) return 'is a symbolic link';
  if (!entry.isFile() && !entry.isDirectory()) return 'is neither a file nor a directory';
  return undefined;
}

/** Why an entry cannot be named in the list. */
function nameFlaw(name: string): string | undefined {
  // What is not UTF-8 reaches JavaScript with replacement characters and cannot be opened by them.
  if (name.includes('\uFFFD')) return 'has a name that is not UTF-8';
  try {
    checkName(name, process.platform);
    return undefined;
  } catch (error) {
    return isDwcpError(error) ? error.message : 'has an unusable name';
  }
}

/** The order of the tree list: by UTF-16 code units, as the reader compares. */
function byName(a: Dirent, b: Dirent): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}
