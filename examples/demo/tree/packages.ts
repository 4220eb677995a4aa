/**
 * A real tree that is on every machine after the install: development dependencies of this
 * repository, copied out of `node_modules`. Thousands of files, from a few bytes to megabytes.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { listFiles } from './fingerprint.ts';

/** Packages of the tree, each as the way to it: `knip > zod` is the zod that knip depends on. */
const ways: readonly (readonly string[])[] = [
  ['typescript'],
  ['@types/node'],
  ['knip'],
  ['knip', 'zod'],
  ['@microsoft/api-extractor'],
  ['typedoc'],
  ['vitest'],
  ['fast-check'],
];

/** A copied package. */
export interface CopiedPackage {
  readonly name: string;
  readonly version: string;
  readonly files: number;
  readonly sizeBytes: number;
}

/** Copies the packages into `target`, one folder each, with their times of change. */
export function copyPackages(clone: string, target: string): CopiedPackage[] {
  return ways.map((way) => {
    const name = way.at(-1) ?? '';
    const copy = path.join(target, name.replace('/', '+'));
    copyPackage(findPackage(clone, way), copy);
    const files = listFiles(copy);
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    return { name, version: versionOf(copy), files: files.length, sizeBytes };
  });
}

/** Follows the rule by which Node finds a package, through the links that pnpm makes. */
function findPackage(clone: string, way: readonly string[]): string {
  return way.reduce((from, name) => {
    for (let directory = from; ; directory = path.dirname(directory)) {
      const candidate = path.join(directory, 'node_modules', name);
      if (existsSync(candidate)) return realpathSync(candidate);
      if (directory === path.dirname(directory)) {
        throw new Error(`${way.join(' > ')} is not installed; run "npm test" or "pnpm install"`);
      }
    }
  }, clone);
}

/** Copies contents, never links: the installed files are shared with other projects. */
function copyPackage(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === 'node_modules') continue;
    cpSync(path.join(from, name), path.join(to, name), {
      recursive: true,
      preserveTimestamps: true,
      dereference: true,
    });
  }
}

function versionOf(directory: string): string {
  const text = readFileSync(path.join(directory, 'package.json'), 'utf8');
  const { version }: { version: string } = JSON.parse(text);
  return version;
}
