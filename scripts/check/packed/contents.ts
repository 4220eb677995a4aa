/** What is in a tarball, and what its manifest promises. */
import type { Step } from '../step.ts';
import { failIfAny } from '../step.ts';
import type { Tarball } from './tarballs.ts';
import { tarballs } from './tarballs.ts';

/** Everything that a package may contain. */
const allowed = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/.+\.(js|js\.map|d\.ts|d\.ts\.map)$/,
  /^src\/.+\.ts$/,
];

/** These put the components together, so they need as many as there are. */
const compositions = ['@dwcp/node', '@dwcp/cli'];

/** The most run-time dependencies of a component library. */
const maxDependencies = 5;

/** The check of all tarballs. */
export const contents: Step = {
  name: 'contents',
  about: 'files and manifests of the packed packages',
  async run(workshop) {
    failIfAny((await tarballs(workshop)).flatMap(problemsOf));
  },
};

/** What is wrong with a tarball, one line each. */
export function problemsOf(tarball: Omit<Tarball, 'file' | 'folder'>): string[] {
  const { name, license, description, engines, dependencies = {} } = tarball.manifest;
  const problems = tarball.contents
    .filter((file) => !allowed.some((pattern) => pattern.test(file)))
    .map((file) => `contains ${file}`);
  for (const file of ['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']) {
    if (!tarball.contents.includes(file)) problems.push(`lacks ${file}`);
  }
  if (tarball.manifestText.includes('workspace:')) problems.push('still says workspace:');
  if (license !== 'MIT') problems.push('lacks its license');
  if (description === undefined) problems.push('lacks a description');
  if (engines?.node === undefined) problems.push('does not say which Node it needs');
  const count = Object.keys(dependencies).length;
  if (count > maxDependencies && !compositions.includes(name)) {
    problems.push(`has ${count} run-time dependencies; ${maxDependencies} is the limit`);
  }
  return problems.map((problem) => `${name} ${problem}`);
}
