/**
 * The pinned Node and pnpm of this repository. Both are ordinary npm packages with committed
 * locks under `tools/`; npm picks the platform and no install script runs.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from './process.mjs';
import { SetupError } from './setup-error.mjs';

/** The folder of the clone. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * What a task needs to run.
 *
 * @typedef {object} Toolchain
 * @property {string} node - path of a supported Node
 * @property {string} nodeVersion - its version, without the leading v
 * @property {string} pnpm - path of pnpm's script, to be run by that Node
 * @property {NodeJS.ProcessEnv} env - environment of all programs: both tools first on the PATH
 */

/** @returns {Promise<Toolchain>} */
export async function provideToolchain() {
  const node = isSupported(process.versions.node) ? process.execPath : await provideNode();
  const nodeVersion = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  const pnpmFolder = await provideTool('pnpm');
  const searchPath = [path.dirname(node), path.join(pnpmFolder, '.bin')];
  return {
    node,
    nodeVersion: nodeVersion.trim(),
    pnpm: path.join(pnpmFolder, 'pnpm/bin/pnpm.mjs'),
    env: environment(searchPath),
  };
}

/**
 * True inside `^22.22.2 || ^24.15.0 || >=26`: where all development tools run (the strictest are
 * lerna 10 and tsup 9). The published libraries support more, see `engines` in their manifests.
 *
 * @param {string} version
 */
export function isSupported(version) {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 2);
  return (major === 24 && minor >= 15) || major >= 26;
}

/** The path of the Node in `tools/node`, installed when it is missing. */
async function provideNode() {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const found = `Node ${process.versions.node} is outside ^22.22.2 || ^24.15.0 || >=26`;
  const advice = 'Install Node 24 and run the command again.';
  const folder = await provideTool('node');
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = path.join(folder, `node-${platform}`, 'bin', name);
  if (!existsSync(node)) {
    throw new SetupError(`${found}, and no registry package brings one for ${platform}. ${advice}`);
  }
  try {
    execFileSync(node, ['--version']);
  } catch {
    throw new SetupError(`${found}, and the one from the registry does not run here. ${advice}`);
  }
  return node;
}

/**
 * Installs `tools/<name>` from its lock unless that was done before, and returns its
 * `node_modules` folder.
 *
 * @param {string} name
 */
export async function provideTool(name) {
  const cwd = path.join(root, 'tools', name);
  const folder = path.join(cwd, 'node_modules');
  const stamp = path.join(folder, '.dwcp-stamp');
  const wanted = fingerprint([path.join(cwd, 'package-lock.json')], process.platform, process.arch);
  if (readIfPresent(stamp) === wanted) return folder;
  console.error(`setting up tools/${name}`);
  const ending = await npm(
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    cwd,
  );
  if (ending !== 0) throw new SetupError(`npm ci failed in tools/${name} (${ending}).`);
  writeFileSync(stamp, wanted);
  return folder;
}

/**
 * Runs the npm that started us, else the one on the PATH.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  const env = environment([]);
  const script = process.env['npm_execpath'];
  if (script !== undefined && path.basename(script) === 'npm-cli.js') {
    return run(process.execPath, [script, ...args], { cwd, env });
  }
  // npm is a .cmd file on Windows, which only a shell can start.
  return run('npm', args, { cwd, env, shell: process.platform === 'win32' });
}

/** What a machine behind a mirror or a proxy sets; it stays. */
const networkSettings = [
  'cache',
  'cafile',
  'globalconfig',
  'https_proxy',
  'noproxy',
  'proxy',
  'registry',
  'userconfig',
];

/**
 * This process's environment with the given folders first on the PATH. The other `npm_*` variables
 * describe the npm run that started us and would mislead the package managers below.
 *
 * @param {readonly string[]} folders
 */
function environment(folders) {
  /** @type {NodeJS.ProcessEnv} */
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    const setting = /^npm_(?:config_)?(.*)$/i.exec(name)?.[1];
    if (setting === undefined || networkSettings.includes(setting.toLowerCase())) env[name] = value;
  }
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  env[key] = [...folders, env[key]].join(path.delimiter);
  return env;
}

/**
 * A hash over files and words: the same when nothing has changed.
 *
 * @param {readonly string[]} files
 * @param {...string} words
 */
export function fingerprint(files, ...words) {
  const hash = createHash('sha256').update(words.join('\n'));
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

/** @param {string} file */
export function readIfPresent(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
