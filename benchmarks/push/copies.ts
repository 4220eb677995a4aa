/** Programs that copy everything, whatever stands there already. */
import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ended, outputOf, startServer, timeCommand } from '../harness/processes.ts';
import type { Contender } from './contender.ts';

const nothingToStop = async (): Promise<void> => {};

/** `tar` through netcat: a network copy without any check or confirmation. */
export const tarOverNetcat: Contender = {
  name: 'tar | nc',
  role: 'reference',
  waitsForDisk: false,
  updates: false,
  missing: () =>
    outputOf(['nc', '-h'])?.includes('OpenBSD') && outputOf(['tar', '--version']) !== undefined
      ? undefined
      : 'install tar and the netcat of OpenBSD (apt-get install tar netcat-openbsd)',
  start: async (folder) => ({
    port: undefined,
    path: (name) => path.join(folder, name),
    async push(tree, name) {
      const target = path.join(folder, name);
      mkdirSync(target);
      let port = '';
      const receive = 'nc -v -l -N 127.0.0.1 0 | tar -x -C "$1"';
      await using receiver = await startServer(
        ['sh', '-c', receive, 'sh', target],
        async (child, signal) => {
          port = await announcedPort(child, signal);
        },
      );
      const received = once(receiver.child, 'close');
      const startMs = performance.now();
      const sender = spawn(
        'sh',
        ['-c', 'tar -c -C "$1" . | nc -N 127.0.0.1 "$2"', 'sh', tree, port],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      );
      await ended(sender, () => 'tar | nc');
      await received;
      return { elapsedMs: performance.now() - startMs };
    },
    [Symbol.asyncDispose]: nothingToStop,
  }),
};

/** A copy without any network: the limit of what this disk can take. */
export const localCopy: Contender = {
  name: 'cp -r',
  role: 'limit',
  waitsForDisk: false,
  updates: false,
  missing: () => (outputOf(['cp', '--version']) === undefined ? 'install coreutils' : undefined),
  start: async (folder) => ({
    port: undefined,
    path: (name) => path.join(folder, name),
    push: async (tree, name) => ({
      elapsedMs: await timeCommand(['cp', '-r', tree, path.join(folder, name)]),
    }),
    [Symbol.asyncDispose]: nothingToStop,
  }),
};

/** The port that netcat chose: it says so on its error output. */
async function announcedPort({ stderr }: ChildProcess, signal: AbortSignal): Promise<string> {
  if (!stderr) throw new Error('netcat has no error output');
  let said = '';
  for await (const [text] of on(stderr, 'data', { signal })) {
    said += String(text);
    const port = /^Listening on \S+ (?<port>\d+)\n/m.exec(said)?.groups?.['port'];
    if (port !== undefined) return port;
  }
  throw new Error('netcat does not listen');
}
