/** The locked dependencies of the workspace, installed only when something has changed. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { run } from './process.mjs';
import { SetupError } from './setup-error.mjs';
import { fingerprint, readIfPresent, root } from './toolchain.mjs';

const stamp = path.join(root, 'node_modules/.dwcp-stamp');

/**
 * @param {import('./toolchain.mjs').Toolchain} toolchain
 * @param {{ withRelease: boolean }} options - the release tools are most of the download, and only
 *   a release needs them
 */
export async function installDependencies(toolchain, { withRelease }) {
  const sources = ['pnpm-lock.yaml', 'pnpm-workspace.yaml'].map((name) => path.join(root, name));
  const major = toolchain.nodeVersion.split('.')[0] ?? '';
  const wanted = fingerprint(sources, process.platform, process.arch, major);
  const [installed, extent] = (readIfPresent(stamp) ?? '').split(' ');
  if (installed === wanted && (extent === 'all' || !withRelease)) return;

  console.error('installing dependencies');
  const ending = await run(toolchain.node, [toolchain.pnpm, ...installArguments(withRelease)], {
    cwd: root,
    env: toolchain.env,
  });
  if (ending !== 0) throw new SetupError(`pnpm install failed (${ending}).`);
  writeFileSync(stamp, `${wanted} ${withRelease ? 'all' : 'development'}`);
}

/** @param {boolean} withRelease */
function installArguments(withRelease) {
  return [
    'install',
    '--frozen-lockfile',
    // The age of a locked version was judged when it was locked; asking again costs 13 s.
    '--config.minimum-release-age=0',
    // Nobody can answer a question here, and node_modules is ours to replace.
    '--config.confirm-modules-purge=false',
    '--config.update-notifier=false',
    ...(withRelease ? [] : ['--filter', '!@dwcp-tools/release']),
  ];
}
