/** Building all packages: JavaScript by tsup, declarations by the compiler. */
import path from 'node:path';
import { root } from '../dev/toolchain.mjs';
import { workspacePackages } from './packages.ts';
import type { Step } from './step.ts';
import { executeNode, inParallel } from './step.ts';

let built: Promise<void> | undefined;

/** Builds once per run; later callers get the same result. */
export function buildPackages(): Promise<void> {
  built ??= buildAll();
  return built;
}

/** The build as a check. */
export const build: Step = {
  name: 'build',
  about: 'JavaScript and declarations of all packages, into their dist folders',
  run: buildPackages,
};

async function buildAll(): Promise<void> {
  const tsup = path.join(root, 'node_modules/tsup/dist/cli-default.js');
  await inParallel(workspacePackages(), ({ folder }) => executeNode([tsup, '--silent'], folder));
  await executeNode(['node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json']);
}
