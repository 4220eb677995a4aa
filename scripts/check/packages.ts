/** The published packages of the workspace. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../dev/toolchain.mjs';

/** The parts of a manifest that the checks look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly description?: string;
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package under `packages/`. */
export interface WorkspacePackage {
  /** Name of its folder: `core` for `@dwcp/core`. */
  readonly shortName: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

/** All packages, in the order of their names. */
export function workspacePackages(): WorkspacePackage[] {
  const manifests = globSync('packages/*/package.json', { cwd: root }).toSorted();
  return manifests.map((file) => {
    const folder = path.join(root, path.dirname(file));
    const manifest: Manifest = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
    return { shortName: path.basename(folder), folder, manifest };
  });
}
