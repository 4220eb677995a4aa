/** The documents whose fences are checked, and the modules made of them. */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../dev/toolchain.mjs';
import type { Fence } from './fences.ts';
import { findFences } from './fences.ts';
import { fenceModule, strictEqualModule } from './module.ts';

const documents = ['*.md', 'docs/**/*.md', 'packages/*/README.md', 'packages/*/src/**/*.ts'];
const generated = ['docs/api/**', 'docs/api-reports/**'];

/** Writes one module per fence into the folder and returns the fences by module path. */
export function writeFenceModules(folder: string): Map<string, Fence> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'strict-equal.ts'), strictEqualModule);
  const modules = new Map<string, Fence>();
  for (const file of globSync(documents, { cwd: root, exclude: generated }).toSorted()) {
    for (const fence of findFences(file, readFileSync(path.join(root, file), 'utf8'))) {
      const name = `${file.replaceAll(/[^\w.-]/g, '__')}-${fence.line}.ts`;
      const module = path.join(folder, name);
      writeFileSync(module, fenceModule(fence));
      modules.set(module, fence);
    }
  }
  return modules;
}
