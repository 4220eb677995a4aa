/** Where figures come from: without it they mean nothing. */
import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import os from 'node:os';

/** The machine and its state during a run. */
export interface Environment {
  readonly date: string;
  /** Commit of the clone, with `+` when files differ from it; empty outside of a git clone. */
  readonly commit: string;
  readonly node: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  /** File system of the folder that is written to. */
  readonly fileSystem: string;
  /** One-minute load average before the run, where other programs show. */
  readonly loadStart: number;
  /** One-minute load average after the run. */
  readonly loadEnd: number;
}

/** Begins to observe; the returned function ends it. */
export function observeEnvironment(clone: string, folder: string): () => Environment {
  const date = new Date().toISOString();
  const loadStart = currentLoad();
  return () => ({
    date,
    commit: commitOf(clone),
    node: process.version,
    kernel: `${os.type()} ${os.release()}`,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    fileSystem: fileSystemOf(folder),
    loadStart,
    loadEnd: currentLoad(),
  });
}

/** Describes the environment in two lines. */
export function describeEnvironment(env: Environment): string {
  return [
    `${env.date}  commit ${env.commit || 'unknown'}  Node ${env.node}  ${env.kernel}  ${env.fileSystem}`,
    `${env.cores} cores of ${env.cpu}, load ${env.loadStart} at the start, ${env.loadEnd} at the end`,
  ].join('\n');
}

function currentLoad(): number {
  return Math.round((os.loadavg()[0] ?? 0) * 100) / 100;
}

function commitOf(clone: string): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: clone, encoding: 'utf8', stdio: 'pipe' }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return '';
  }
}

// Magic numbers of statfs(2).
const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x01021994: 'tmpfs',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x794c7630: 'overlayfs',
};

function fileSystemOf(folder: string): string {
  const { type } = statfsSync(folder);
  return fileSystems[type] ?? `file system 0x${type.toString(16)}`;
}
