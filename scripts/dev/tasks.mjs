/** What each root command runs once the set-up is done. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { run } from './process.mjs';
import { SetupError } from './setup-error.mjs';
import { root } from './toolchain.mjs';

/**
 * @typedef {import('./toolchain.mjs').Toolchain} Toolchain
 * @typedef {import('./process.mjs').Ending} Ending
 *
 * @typedef {object} Task
 * @property {'nothing' | 'development' | 'release'} needs - what has to be installed first
 * @property {(toolchain: Toolchain, args: readonly string[]) => Promise<Ending>} run
 */

const fromSources = '--conditions=@dwcp/source';

/** @type {Record<string, Task>} */
export const tasks = {
  demo: script(fromSources, 'examples/demo/main.ts'),
  bench: script(fromSources, 'benchmarks/main.ts'),
  test: {
    needs: 'development',
    async run(toolchain, args) {
      const built = await buildNative(toolchain);
      if (built !== 0) return built;
      // Vitest keeps a token in the user's data folder; the clone is the place for it.
      const env = { ...toolchain.env, XDG_DATA_HOME: path.join(root, 'node_modules/.cache') };
      return node({ ...toolchain, env }, ['node_modules/vitest/vitest.mjs', 'run', ...args]);
    },
  },
  build: script('scripts/check/main.ts', 'build'),
  'build:native': { needs: 'nothing', run: buildNative },
  check: script('scripts/check/main.ts'),
  lint: script('scripts/check/main.ts', 'oxlint', 'format', 'house'),
  types: script('scripts/check/main.ts', 'types'),
  format: script('node_modules/oxfmt/bin/oxfmt', '--write'),
  'replay:raft': script(fromSources, 'packages/acp/test/replay/main.ts'),
  docs: script('node_modules/typedoc/bin/typedoc'),
  release: { needs: 'release', run: runReleaseTool },
};

/**
 * A task that is one Node script; the user's arguments follow its own.
 *
 * @param {...string} command
 * @returns {Task}
 */
function script(...command) {
  return {
    needs: 'development',
    run: (toolchain, args) => node(toolchain, [...command, ...args]),
  };
}

/**
 * @param {Toolchain} toolchain
 * @param {readonly string[]} args
 */
function node(toolchain, args) {
  return run(toolchain.node, args, { cwd: root, env: toolchain.env });
}

/**
 * Runs `lerna` or `changeset` over the workspace: `npm run release -- changeset status`.
 *
 * @param {Toolchain} toolchain
 * @param {readonly string[]} args
 */
function runReleaseTool(toolchain, [tool = '', ...args]) {
  /** @type {Record<string, string>} */
  const scripts = { lerna: 'lerna/dist/cli.js', changeset: '@changesets/cli/bin.js' };
  if (!Object.hasOwn(scripts, tool)) {
    throw new SetupError(`Say which release tool: ${Object.keys(scripts).join(' or ')}.`);
  }
  return node(toolchain, [`tools/release/node_modules/${scripts[tool]}`, ...args]);
}

/**
 * Builds the Rust crates where there are any and Rust is installed; everything works without them.
 *
 * @param {Toolchain} toolchain
 * @returns {Promise<Ending>}
 */
async function buildNative(toolchain) {
  const crates = nativeCrates(toolchain.env);
  if (crates === undefined) {
    console.error('native parts: no usable cargo is installed; the portable path is used');
    return 0;
  }
  if (crates.length === 0) {
    console.error('native parts: this repository has no native crates yet');
    return 0;
  }
  console.error(`native parts: building ${crates.join(', ')}`);
  return run('cargo', ['build', '--release'], { cwd: root, env: toolchain.env });
}

/**
 * Names of the crates in the Cargo workspace; undefined where cargo is not installed or cannot run,
 * as rustup's without a toolchain.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {readonly string[] | undefined}
 */
function nativeCrates(env) {
  try {
    execFileSync('cargo', ['--version'], { cwd: root, env, stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const args = ['metadata', '--no-deps', '--format-version', '1', '--offline'];
  const output = execFileSync('cargo', args, { cwd: root, env, encoding: 'utf8' });
  /** @type {{ packages: readonly { name: string }[] }} */
  const metadata = JSON.parse(output);
  return metadata.packages.map(({ name }) => name);
}
