/** Running child processes so that signals and exit codes reach where they belong. */
import { spawn } from 'node:child_process';
import process from 'node:process';

/**
 * How a child ended: a number is its exit code, a string the signal that ended it.
 *
 * @typedef {number | NodeJS.Signals} Ending
 */

/**
 * Runs a command in the clone with this process's own input and output.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, shell?: boolean }} options
 * @returns {Promise<Ending>}
 */
export function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const release = passSignals(child);
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      release();
      resolve(signal ?? code ?? 1);
    });
  });
}

/**
 * Passes signals to the child instead of dying before it. A terminal sends Ctrl-C to the child as
 * well, so SIGINT is passed on only where there is no terminal: a second one would cut its
 * clean-up short.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function passSignals(child) {
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  return () => {
    for (const signal of signals) process.off(signal, pass);
  };
}

/**
 * Ends this process the way its child ended, so that a shell or CI sees the same.
 *
 * @param {Ending} ending
 */
export function exitLike(ending) {
  if (typeof ending === 'number') process.exitCode = ending;
  else process.kill(process.pid, ending);
}
