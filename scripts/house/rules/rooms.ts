/** Components never import each other: which package may see which. */
import type { Finding, House } from '../house.ts';
import { at, libraryFiles, placeOf } from '../house.ts';
import { importsOf, resolveRelative } from '../imports.ts';

const components = ['acp', 'amst', 'ass', 'hde', 'itp', 'mode', 'pba', 'tree'];
const transports = ['transport-rdma', 'transport-tcp'];

/** The packages whose `src` may be imported by the `src` of each package (docs/architecture.md). */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ...Object.fromEntries([...components, ...transports].map((name) => [name, ['core']])),
  conformance: ['core'],
  simulator: ['core'],
  node: ['core', ...transports, ...components],
  cli: ['core', 'node'],
};

/** Reports imports that cross a wall of the house. */
export function rooms(house: House): Finding[] {
  return libraryFiles(house).flatMap((source) => {
    const { name = '' } = placeOf(source.fileName) ?? {};
    const allowed = mayImport[name];
    if (allowed === undefined) {
      return [
        at(source, `packages/${name} has no room yet; add it to scripts/house/rules/rooms.ts`),
      ];
    }
    return importsOf(source).flatMap(({ node, specifier }) => {
      const wall = wallBetween(source.fileName, name, allowed, specifier);
      return wall === undefined ? [] : [at(node, wall)];
    });
  });
}

function wallBetween(
  file: string,
  name: string,
  allowed: readonly string[],
  specifier: string,
): string | undefined {
  if (specifier.startsWith('.')) {
    const inside = resolveRelative(file, specifier).startsWith(`packages/${name}/src/`);
    return inside ? undefined : `"${specifier}" leaves the src folder of ${name}`;
  }
  const other = /^@dwcp\/([^/]+)/.exec(specifier)?.[1];
  if (other === undefined || allowed.includes(other)) return undefined;
  const open = allowed.map((room) => `@dwcp/${room}`).join(', ') || 'none of our packages';
  return `@dwcp/${name} may not import @dwcp/${other}, only ${open}`;
}
