/** Every package is imported, required and (its commands) started on each Node we support. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { provideTool } from '../../dev/toolchain.mjs';
import type { Step } from '../step.ts';
import { CheckFailure, CheckSkipped, execute } from '../step.ts';
import type { Host } from './host.ts';
import { host } from './host.ts';

/** Imports all packages and prints their exports; nothing outside them may change by that. */
const importAll = `
const before = Object.keys(globalThis).length + process.eventNames().length;
const exported = {};
for (const name of NAMES) exported[name] = Object.keys(await import(name)).sort();
const after = Object.keys(globalThis).length + process.eventNames().length;
if (after !== before) throw new Error('an import changed globalThis or the listeners of process');
console.log(JSON.stringify(exported));
`;

const requireAll = `
const exported = {};
for (const name of NAMES) exported[name] = Object.keys(require(name)).sort();
console.log(JSON.stringify(exported));
`;

/** The check on Node 22 (the oldest we support), 24 and 26. */
export const imports: Step = {
  name: 'imports',
  about: 'npm install, npm ci, import and require of the packed packages on Node 22, 24 and 26',
  async run(workshop) {
    const application = await host(workshop);
    const nodes = await hostNodes(application.tools);
    const names = JSON.stringify(application.tarballs.map(({ manifest }) => manifest.name));
    writeFileSync(path.join(application.folder, 'import.mjs'), importAll.replace('NAMES', names));
    writeFileSync(path.join(application.folder, 'require.cjs'), requireAll.replace('NAMES', names));
    const versions = [];
    for (const node of nodes) versions.push(await tryNode(node, application));
    return `Node ${versions.join(', ')}`;
  },
};

async function tryNode(node: string, application: Host): Promise<string> {
  const { folder } = application;
  const version = (await execute(node, ['-p', 'process.versions.node'])).trim();
  const imported = await execute(node, ['import.mjs'], folder);
  const required = await execute(node, ['require.cjs'], folder);
  if (imported !== required) {
    throw new CheckFailure(`Node ${version}: import gives\n${imported}require gives\n${required}`);
  }
  for (const { manifest } of application.tarballs) {
    for (const file of Object.values(manifest.bin ?? {})) {
      await execute(node, [path.join('node_modules', manifest.name, file), '--help'], folder);
    }
  }
  return version;
}

/** Paths of Node 22, 24 and 26. */
async function hostNodes(tools: string): Promise<string[]> {
  const platform = `${process.platform}-${process.arch}`;
  const folders = [
    path.join(tools, `node22-${platform}`),
    path.join(await provideTool('node'), `node-${platform}`),
    path.join(tools, `node26-${platform}`),
  ];
  const nodes = folders.map((folder) => path.join(folder, 'bin/node'));
  const missing = nodes.find((node) => !existsSync(node));
  if (missing !== undefined) {
    throw new CheckSkipped(`no registry package brings the other Nodes for ${platform}`);
  }
  return nodes;
}
