/** The packages as they would be published. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { buildPackages } from '../build.ts';
import type { Manifest } from '../packages.ts';
import { workspacePackages } from '../packages.ts';
import type { Workshop } from '../step.ts';
import { execute, inParallel } from '../step.ts';

/** A packed package. */
export interface Tarball {
  /** Path of the `.tgz`. */
  readonly file: string;
  /** Paths inside, without the leading `package/`. */
  readonly contents: readonly string[];
  /** The manifest inside, as users get it. */
  readonly manifest: Manifest;
  /** The text of that manifest. */
  readonly manifestText: string;
  /** The folder that it was packed from. */
  readonly folder: string;
}

let packed: Promise<readonly Tarball[]> | undefined;

/** Builds and packs all packages, once per run. */
export function tarballs(workshop: Workshop): Promise<readonly Tarball[]> {
  packed ??= packAll(path.join(workshop.folder, 'tarballs'));
  return packed;
}

async function packAll(destination: string): Promise<readonly Tarball[]> {
  await buildPackages();
  mkdirSync(destination);
  return inParallel(workspacePackages(), async ({ folder, manifest }) => {
    await execute('pnpm', ['pack', '--pack-destination', destination], folder);
    const name = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    const file = path.join(destination, name);
    const list = await execute('tar', ['-tzf', file]);
    const contents = list
      .trim()
      .split('\n')
      .map((entry) => entry.replace(/^package\//, ''));
    const manifestText = await execute('tar', ['-xzOf', file, 'package/package.json']);
    return { file, contents, manifest: JSON.parse(manifestText), manifestText, folder };
  });
}
