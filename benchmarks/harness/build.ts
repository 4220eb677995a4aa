/** Benchmarks measure what users install: the built packages. */
import { execFileSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import path from 'node:path';

/** Builds the packages of the clone unless what is there is newer than every source. */
export function ensureBuilt(clone: string): 'built now' | 'built before' {
  const sources = globSync('packages/*/src/**/*.ts', { cwd: clone });
  const built = globSync('packages/*/dist/*.js', { cwd: clone });
  const newest = Math.max(...timesOf(clone, sources));
  if (built.length > 0 && Math.min(...timesOf(clone, built)) >= newest) return 'built before';
  execFileSync(process.execPath, ['scripts/dev.mjs', 'build'], { cwd: clone, stdio: 'pipe' });
  return 'built now';
}

function timesOf(clone: string, files: readonly string[]): number[] {
  return files.map((file) => statSync(path.join(clone, file)).mtimeMs);
}
