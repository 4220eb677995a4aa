/** A host application outside the clone that installs the packed packages with npm. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { provideTool, root } from '../../dev/toolchain.mjs';
import { writeFenceModules } from '../../doctest/documents.ts';
import type { Fence } from '../../doctest/fences.ts';
import type { Workshop } from '../step.ts';
import { execute } from '../step.ts';
import type { Tarball } from './tarballs.ts';
import { tarballs } from './tarballs.ts';

/** The installed application. */
export interface Host {
  /** Its folder, with all packages in its `node_modules`. */
  readonly folder: string;
  readonly tarballs: readonly Tarball[];
  /** The TypeScript fences of the documentation, by the path of their module in the application. */
  readonly fences: ReadonlyMap<string, Fence>;
  /** Path of `tools/hosts/node_modules`: the Nodes and compilers of our users. */
  readonly tools: string;
}

let installed: Promise<Host> | undefined;

/** Packs, and installs the application, once per run. */
export function host(workshop: Workshop): Promise<Host> {
  installed ??= install(workshop);
  return installed;
}

async function install(workshop: Workshop): Promise<Host> {
  const packed = await tarballs(workshop);
  const folder = path.join(workshop.folder, 'host');
  mkdirSync(folder);
  const tools = await provideTool('hosts');
  const manifest = {
    name: 'host-application',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(
      packed.map(({ manifest: { name }, file }) => [name, `file:${file}`]),
    ),
    devDependencies: { '@types/node': versionOfNodeTypes() },
  };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await execute('npm', ['install', ...quiet], folder);
  rmSync(path.join(folder, 'node_modules'), { recursive: true });
  await execute('npm', ['ci', ...quiet], folder);
  const fences = writeFenceModules(path.join(folder, 'fences'));
  return { folder, tarballs: packed, fences, tools };
}

function versionOfNodeTypes(): string | undefined {
  const text = readFileSync(path.join(root, 'tools/hosts/package.json'), 'utf8');
  const manifest: { devDependencies: Record<string, string> } = JSON.parse(text);
  return manifest.devDependencies['@types/node'];
}
