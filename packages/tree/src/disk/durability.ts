/**
 * Makes written files survive a power failure, many at a time.
 *
 * One fsync for each small file costs a journal commit each: 2,000 files take 0.8 s on the machine
 * where this was measured, writing them 0.08 s. syncfs(2) makes all of them durable with one
 * commit. Node cannot call it, coreutils' `sync -f` can (docs/decisions/005-durability-in-batches.md).
 */
import { execFile } from 'node:child_process';
import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { DwcpError } from '@dwcp/core';

const run = promisify(execFile);
const fsyncFile = promisify(fsync);
/** Below this many files one fsync each is cheaper than a process. */
const fewFiles = 16;
/** fsync calls at a time; the thread pool has four threads by default. */
const parallelSyncs = 4;

/** What was written since the last call. */
interface Written {
  /** Files that were written and closed. */
  readonly files: readonly string[];
  /** Directories in which entries were made or renamed. */
  readonly directories: readonly string[];
}

/** Waits until bytes stand on the disk. */
export interface Durability {
  /** Resolves when all of this, on the file system of `directory`, is durable. */
  sync(directory: string, written: Written): Promise<void>;
}

/** Durability by `sync -f` where that exists, by fsync of each path otherwise. */
export function fullDurability(): Durability {
  let hasSyncCommand: boolean | undefined;
  return {
    async sync(directory, written) {
      if (written.files.length + written.directories.length <= fewFiles) return syncEach(written);
      hasSyncCommand ??= await syncKnowsFileSystems();
      if (!hasSyncCommand) return syncEach(written);
      await syncFileSystem(directory);
    },
  };
}

/** No waiting: files are complete after a crash of the process, but perhaps not after one of the machine. */
export const noDurability: Durability = { sync: async () => {} };

/** Asks for the help text, not for a sync: a failure of the disk must not pass for a missing option. */
async function syncKnowsFileSystems(): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    const { stderr, stdout } = await run('sync', ['--help']);
    return /\s-f\b/.test(stdout + stderr);
  } catch (error) {
    // No such command, or one that does not even know this: each path gets its own fsync.
    void error;
    return false;
  }
}

async function syncFileSystem(directory: string): Promise<void> {
  try {
    await run('sync', ['-f', directory]);
  } catch (cause) {
    throw new DwcpError('ERR_DWCP_IO', 'the disk did not confirm what was written', { cause });
  }
}

async function syncEach({ files, directories }: Written): Promise<void> {
  const isWindows = process.platform === 'win32';
  // Windows flushes only handles that may write, and has no handles of directories.
  const paths = isWindows ? files : [...files, ...directories];
  const rest = paths.values();
  const worker = async (): Promise<void> => {
    for (const path of rest) await syncPath(path, isWindows ? 'r+' : 'r');
  };
  await Promise.all(Array.from({ length: parallelSyncs }, worker));
}

async function syncPath(path: string, flags: string): Promise<void> {
  const fd = openSync(path, flags);
  try {
    await fsyncFile(fd);
  } finally {
    closeSync(fd);
  }
}
