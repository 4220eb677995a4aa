/** Compares a peer's list with the disk: makes the directories and finds which files are wanted. */
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync, type Stats } from 'node:fs';
import { DwcpError } from '@dwcp/core';
import type { TreeLimits } from '../limits.ts';
import { ManifestReader, PathTracker, type TreeEntry } from '../machine/manifest.ts';
import { isStagingName, splitPath, stagingName } from '../machine/path.ts';
import { removeStaged } from './staged.ts';
import { diskError, ProblemList, systemCode } from './problem.ts';

/** Files from this size on are compared by chunks with what is already there. */
export const basisMinBytes: number = 64 * 1024;
/** Unfinished files that nobody came back for are removed after this time: one day. */
const leftoverMaxAgeMs = 24 * 60 * 60 * 1000;

/** A file to be written. */
export interface PlannedFile {
  /** Number of the entry in the tree list. */
  readonly index: number;
  /** Path inside the tree, for reports. */
  readonly path: string;
  /** Where it will stand. */
  readonly target: string;
  /** Where it stands until it is complete, followed by the number of the entry and the operation. */
  readonly stagingKey: string;
  /** Size it is to have. */
  readonly sizeBytes: number;
  /** Permission bits it is to have. */
  readonly mode: number;
  /** Time of change it is to have. */
  readonly modifiedMs: number;
  /** Files that may have parts of it: the old version, and what an interrupted operation left. */
  readonly bases: readonly string[];
  /** What interrupted operations left of it; to be removed when it stands in place. */
  readonly leftovers: readonly string[];
}

/** What is to be done for a tree. */
export interface TreePlan {
  /** The served directory. */
  readonly root: string;
  /** The folder for unfinished files. It may go away between operations. */
  readonly staging: string;
  /** Files to be written, in the order of the list. */
  readonly files: readonly PlannedFile[];
  /** Directories whose permissions are set when all files are written, with their mode. */
  readonly directoryModes: readonly (readonly [string, number])[];
  /** Every directory that gets entries. */
  readonly directories: readonly string[];
  /** What cannot be done; grows while files are written. */
  readonly problems: ProblemList;
  /** Files that were the same already. */
  readonly sameFiles: number;
  /** Files of the list. */
  readonly totalFiles: number;
  /** Size of all files of the list. */
  readonly totalBytes: number;
}

/** Options of {@link planTree}. */
export interface PlanOptions {
  /** The served directory. Must exist. */
  readonly root: string;
  /** Directory under the root that the tree goes to; made when missing. */
  readonly destination: string;
  /** Bounds on the list. */
  readonly limits: TreeLimits;
}

/** Makes the directories of a tree under `root` and lists the files to be written. */
export function planTree(manifest: Uint8Array, options: PlanOptions): TreePlan {
  const root = realRoot(options.root);
  const planner = new Planner(root, openDestination(root, options.destination));
  const reader = new ManifestReader(manifest, options.limits, process.platform);
  for (let entry = reader.next(); entry; entry = reader.next()) planner.add(entry);
  return planner.result(reader.header.totalBytes);
}

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch (error) {
    throw diskError('open the served directory', '.', error);
  }
}

interface OpenDirectory {
  /** Absolute path, or undefined when the directory cannot be used and its content is left out. */
  readonly absolute: string | undefined;
  /** True when it was made just now, so that it holds nothing. */
  readonly isNew: boolean;
}

/** The directories from the root to the destination, real ones only; what is missing is made. */
function openDestination(root: string, destination: string): OpenDirectory[] {
  let directory: OpenDirectory = { absolute: root, isNew: false };
  const way = [directory];
  for (const name of splitPath(destination, process.platform)) {
    directory = openDirectory(directory, name, 0o755);
    if (directory.absolute === undefined) {
      throw new DwcpError(
        'ERR_DWCP_UNSAFE_PATH',
        `${JSON.stringify(destination)} leads through something that is not a directory`,
      );
    }
    way.push(directory);
  }
  return way;
}

function openDirectory(parent: OpenDirectory, name: string, mode: number): OpenDirectory {
  const absolute = `${parent.absolute}/${name}`;
  const stats = parent.isNew ? undefined : lstatSync(absolute, { throwIfNoEntry: false });
  if (stats) return { absolute: stats.isDirectory() ? absolute : undefined, isNew: false };
  // Writable while it is filled; the listed mode is set at the end.
  mkdirSync(absolute, mode | 0o700);
  return { absolute, isNew: true };
}

class Planner {
  readonly #staging: Staging;
  readonly #open: OpenDirectory[];
  readonly #paths = new PathTracker();
  readonly #problems = new ProblemList();
  readonly #files: PlannedFile[] = [];
  readonly #directories: string[] = [];
  readonly #directoryModes: [string, number][] = [];
  #index = -1;
  #sameFiles = 0;
  #totalFiles = 0;

  /** `way` leads from the root to the destination. */
  constructor(root: string, way: readonly OpenDirectory[]) {
    this.#staging = new Staging(root);
    this.#open = way.slice(-1);
    for (const { absolute } of way) if (absolute !== undefined) this.#directories.push(absolute);
  }

  add(entry: TreeEntry): void {
    this.#index += 1;
    this.#open.length -= entry.up;
    const path = this.#paths.path(entry);
    const parent = this.#open.at(-1);
    if (!parent) throw new DwcpError('ERR_DWCP_MALFORMED', 'tree list: an entry outside its tree');
    if (parent.absolute === this.#staging.root && isStagingName(entry.name)) {
      throw new DwcpError('ERR_DWCP_UNSAFE_PATH', `${JSON.stringify(path)} is the staging folder`);
    }
    if (entry.kind === 'directory') this.#directory(parent, entry, path);
    else if (parent.absolute !== undefined) this.#file(parent.absolute, parent.isNew, entry, path);
    else this.#totalFiles += 1;
  }

  result(totalBytes: number): TreePlan {
    return {
      root: this.#staging.root,
      staging: this.#staging.directory,
      files: this.#files,
      directoryModes: this.#directoryModes,
      directories: this.#directories,
      problems: this.#problems,
      sameFiles: this.#sameFiles,
      totalFiles: this.#totalFiles,
      totalBytes,
    };
  }

  #directory(parent: OpenDirectory, entry: TreeEntry, path: string): void {
    const opened = parent.absolute === undefined ? parent : this.#openEntry(parent, entry, path);
    this.#open.push(opened);
    if (opened.absolute === undefined) return;
    this.#directories.push(opened.absolute);
    if (opened.isNew) this.#directoryModes.push([opened.absolute, entry.mode]);
  }

  #openEntry(parent: OpenDirectory, entry: TreeEntry, path: string): OpenDirectory {
    try {
      const opened = openDirectory(parent, entry.name, entry.mode);
      if (opened.absolute === undefined)
        this.#problems.add(path, 'is not a directory on the receiving side');
      return opened;
    } catch (error) {
      this.#problems.add(path, `cannot be made: ${systemCode(error) ?? 'unknown'}`);
      return { absolute: undefined, isNew: false };
    }
  }

  #file(directory: string, isNewDirectory: boolean, entry: TreeEntry, path: string): void {
    this.#totalFiles += 1;
    const target = `${directory}/${entry.name}`;
    const stats = isNewDirectory ? undefined : this.#stats(target, path);
    if (stats === 'unusable') return;
    if (stats && isSame(stats, entry)) {
      this.#sameFiles += 1;
      this.#setMode(target, stats, entry, path);
      return;
    }
    if (stats?.isDirectory()) {
      this.#problems.add(path, 'is a directory on the receiving side');
      return;
    }
    const { sizeBytes, mode, modifiedMs } = entry;
    const isLarge = sizeBytes >= basisMinBytes;
    const stagingKey = isLarge ? this.#staging.key(target) : this.#staging.plainKey;
    const leftovers = isLarge ? this.#staging.leftovers(stagingKey) : [];
    const bases = isLarge ? basesOf(target, stats, leftovers) : [];
    this.#files.push({
      index: this.#index,
      path,
      target,
      stagingKey,
      sizeBytes,
      mode,
      modifiedMs,
      bases,
      leftovers,
    });
  }

  #stats(target: string, path: string): Stats | undefined | 'unusable' {
    try {
      return lstatSync(target, { throwIfNoEntry: false });
    } catch (error) {
      this.#problems.add(path, `cannot be looked at: ${systemCode(error) ?? 'unknown'}`);
      return 'unusable';
    }
  }

  #setMode(target: string, stats: Stats, entry: TreeEntry, path: string): void {
    if ((stats.mode & 0o777) === entry.mode) return;
    try {
      chmodSync(target, entry.mode);
    } catch (error) {
      this.#problems.add(path, `permissions cannot be set: ${systemCode(error) ?? 'unknown'}`);
    }
  }
}

/** Leftovers that are compared: the largest have the most of the file. */
const comparedLeftovers = 2;

function basesOf(target: string, stats: Stats | undefined, leftovers: readonly string[]): string[] {
  const bases = leftovers.slice(0, comparedLeftovers);
  if (stats?.isFile() && stats.size >= basisMinBytes) bases.unshift(target);
  return bases;
}

/** The quick check: the same size and time of change mean the same content, as in rsync. */
function isSame(stats: Stats, entry: TreeEntry): boolean {
  return (
    stats.isFile() &&
    stats.size === entry.sizeBytes &&
    Math.round(stats.mtimeMs) === entry.modifiedMs
  );
}

/** Makes the folder for unfinished files if it is not there; throws when something else is. */
export function openStaging(directory: string): void {
  const stats = lstatSync(directory, { throwIfNoEntry: false });
  if (!stats) mkdirSync(directory, 0o700);
  else if (!stats.isDirectory())
    throw new DwcpError('ERR_DWCP_UNSAFE_PATH', `${stagingName} is not a directory`);
}

/** The folder of unfinished files and what earlier operations left in it. */
class Staging {
  readonly root: string;
  readonly directory: string;
  /** Leftovers by staging key, largest first. */
  readonly #leftovers = new Map<string, { path: string; sizeBytes: number }[]>();

  constructor(root: string) {
    this.root = root;
    this.directory = `${root}/${stagingName}`;
    openStaging(this.directory);
    this.#index();
  }

  /** Start of the names of small files, for which nobody will look. */
  get plainKey(): string {
    return `${this.directory}/small`;
  }

  /** Start of the name of a large file, by which the next operation on the same target finds it. */
  key(target: string): string {
    const relative = target.slice(this.root.length);
    return `${this.directory}/${createHash('sha256').update(relative).digest('hex').slice(0, 32)}`;
  }

  leftovers(key: string): string[] {
    return (this.#leftovers.get(key) ?? []).map((leftover) => leftover.path);
  }

  #index(): void {
    const oldest = Date.now() - leftoverMaxAgeMs;
    for (const name of readdirSync(this.directory)) {
      const path = `${this.directory}/${name}`;
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile()) continue;
      if (stats.mtimeMs < oldest && stats.ctimeMs < oldest) removeStaged(path);
      else if (stats.size >= basisMinBytes) this.#remember(path, stats.size);
    }
  }

  #remember(path: string, sizeBytes: number): void {
    const key = path.slice(0, path.indexOf('-', this.directory.length));
    const found = this.#leftovers.get(key) ?? [];
    found.push({ path, sizeBytes });
    found.sort((a, b) => b.sizeBytes - a.sizeBytes);
    this.#leftovers.set(key, found);
  }
}
