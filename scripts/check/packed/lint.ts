/** The judgement of two public tools on the packed packages. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { root } from '../../dev/toolchain.mjs';
import type { Step } from '../step.ts';
import { executeNode, failIfAny, inParallel } from '../step.ts';
import type { Tarball } from './tarballs.ts';
import { tarballs } from './tarballs.ts';

/** publint in its strict mode, and attw for libraries that are ESM only. */
export const lintPackages: Step = {
  name: 'publint',
  about: 'publint --strict and attw --profile esm-only on the packed packages',
  async run(workshop) {
    const all = await tarballs(workshop);
    failIfAny((await inParallel(all, publintProblems)).flat());
    const attw = path.join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const options = ['--profile', 'esm-only', '--no-color', '--no-emoji'];
    await inParallel(all, ({ file }) => executeNode([attw, file, ...options]));
  },
};

async function publintProblems({ file, manifest }: Tarball): Promise<string[]> {
  const { buffer } = new Uint8Array(readFileSync(file));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  return messages.map(
    (message) => `${manifest.name}: ${formatMessage(message, pkg, { color: false })}`,
  );
}
