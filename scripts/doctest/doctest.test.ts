/**
 * Every TypeScript fence of the README files, of `docs/` and of the doc comments is type-checked
 * and executed, from sources. The modules stand in `examples/`, where all packages are linked.
 */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../dev/toolchain.mjs';
import { findFences } from './fences.ts';
import type { Fence } from './fences.ts';
import { fenceModule, strictEqualModule } from './module.ts';
import { checkTypes } from './types.ts';

const documents = ['README.md', 'docs/**/*.md', 'packages/*/README.md', 'packages/*/src/**/*.ts'];
const folder = path.join(root, 'examples/.doctest');
const fences = writeModules();
const typeErrors = checkTypes(fences, path.join(root, 'tsconfig.base.json'));

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
  for (const [module, { file, line, runs }] of fences) {
    test(`${file}:${line} ${runs ? 'works' : 'has the right types'}`, async () => {
      expect(typeErrors.get(module) ?? []).toEqual([]);
      if (runs) await import(/* @vite-ignore */ pathToFileURL(module).href);
    });
  }
});

/** Writes one module per fence and returns the fences by module path. */
function writeModules(): Map<string, Fence> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'strict-equal.ts'), strictEqualModule);
  const found = new Map<string, Fence>();
  for (const file of globSync(documents, { cwd: root, exclude: ['docs/api/**'] }).toSorted()) {
    for (const fence of findFences(file, readFileSync(path.join(root, file), 'utf8'))) {
      const name = `${file.replaceAll(/[^\w.-]/g, '__')}-${fence.line}.ts`;
      const module = path.join(folder, name);
      writeFileSync(module, fenceModule(fence));
      found.set(module, fence);
    }
  }
  return found;
}
