/**
 * Every example runs to a clean end: `main.ts` of a folder in `examples/`, or each of its files
 * where there is no `main.ts`. The demo has a command of its own, `npm run demo`.
 */
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { root } from '../dev/toolchain.mjs';

/** Generous: an example takes seconds, and this bound only ends one that hangs. */
const timeoutMs = 60_000;

const files = globSync('examples/*/*.ts', { cwd: root, exclude: ['examples/demo/**'] })
  .filter((file) => !file.endsWith('.test.ts'))
  .toSorted();
const mains = files.filter((file) => {
  const main = path.join(path.dirname(file), 'main.ts');
  return file === main || !files.includes(main);
});

describe.runIf(mains.length > 0)('examples', () => {
  test.each(mains)('%s ends with exit code 0', { timeout: timeoutMs }, async (main) => {
    const args = ['--conditions=@dwcp/source', main];
    const options = { cwd: root, timeout: timeoutMs };
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    expect(stdout, 'an example prints what it shows').not.toBe('');
  });
});
