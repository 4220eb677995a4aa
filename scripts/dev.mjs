/**
 * The one door behind every root command: `npm test`, `npm run demo` and the others come here.
 *
 * It needs nothing but the Node and npm that started it (any Node since 20): it brings a supported
 * Node and pnpm into `tools/` when they are missing, installs the locked dependencies when they
 * have changed, and runs the task with whatever arguments follow.
 */
import process from 'node:process';
import { installDependencies } from './dev/install.mjs';
import { exitLike } from './dev/process.mjs';
import { SetupError } from './dev/setup-error.mjs';
import { tasks } from './dev/tasks.mjs';
import { provideToolchain } from './dev/toolchain.mjs';

/** @param {readonly string[]} argv */
async function main([name = '', ...args]) {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined) {
    throw new SetupError(`Unknown task "${name}". Tasks: ${Object.keys(tasks).join(', ')}.`);
  }
  const toolchain = await provideToolchain();
  if (task.needs !== 'nothing') {
    await installDependencies(toolchain, { withRelease: task.needs === 'release' });
  }
  return task.run(toolchain, args);
}

try {
  exitLike(await main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
