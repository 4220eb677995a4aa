/** The rules that oxlint holds: its configuration reports what it is there for. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../dev/toolchain.mjs';

test.each([
  ['export const value: any = 1;', 'no-explicit-any'],
  ['export const first = (list: number[]) => list[0]!;', 'no-non-null-assertion'],
  ["console.log('x');", 'no-console'],
  ["import { readFileSync } from 'fs';\nreadFileSync('x');", 'prefer-node-protocol'],
  ["import { test } from 'vitest';\ntest('x', () => {});", 'no-restricted-imports'],
  ['export default 1;', 'no-default-export'],
  ['// TODO: later\nexport const a = 1;', 'no-warning-comments'],
])('%s', (code, rule) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dwcp-oxlint-'));
  try {
    const file = path.join(folder, 'packages/core/src/a.ts');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, code);
    copyFileSync(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
    const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint');
    const args = [oxlint, '--format', 'unix', '.'];
    const { stdout, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(stdout).toContain(rule);
    expect(status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
