/**
 * Every TypeScript fence of the README files, of `docs/` and of the doc comments is type-checked
 * and executed, from sources. The modules stand in `examples/`, where all packages are linked.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../dev/toolchain.mjs';
import { writeFenceModules } from './documents.ts';
import { checkTypes } from './types.ts';

const modules = writeFenceModules(path.join(root, 'examples/.doctest'));
const typeErrors = checkTypes(modules, path.join(root, 'tsconfig.base.json'));

let workingFolder: string;

beforeEach(() => {
  workingFolder = mkdtempSync(path.join(tmpdir(), 'dwcp-doctest-'));
  process.chdir(workingFolder);
});

afterEach(() => {
  process.chdir(root);
  rmSync(workingFolder, { recursive: true });
});

describe('the code shown to readers', () => {
  for (const [module, { file, line, runs }] of modules) {
    test(`${file}:${line} ${runs ? 'works' : 'has the right types'}`, async () => {
      expect(typeErrors.get(module) ?? []).toEqual([]);
      if (runs) await import(/* @vite-ignore */ pathToFileURL(module).href);
    });
  }
});
