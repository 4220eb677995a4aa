/** rsync to a daemon of its own on loopback: no ssh in between, the strictest form of this peer. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../harness/counting-proxy.ts';
import { acceptsConnections, outputOf, startServer, timeCommand } from '../harness/processes.ts';
import type { Contender } from './contender.ts';

/** rsync with these options. */
export function rsync(...options: readonly string[]): Contender {
  return {
    name: `rsync ${options.join(' ')}`,
    role: 'peer',
    waitsForDisk: options.includes('--fsync'),
    updates: true,
    missing: () => missingOption(options),
    async start(folder) {
      const received = path.join(folder, 'received');
      mkdirSync(received);
      const port = await freePort();
      const config = path.join(folder, 'rsyncd.conf');
      writeFileSync(config, configuration(received));
      const daemon = ['--daemon', '--no-detach', `--config=${config}`, '--log-file=/dev/null'];
      const where = ['--address=127.0.0.1', `--port=${port}`];
      const server = await startServer(['rsync', ...daemon, ...where], (_child, signal) =>
        acceptsConnections(port, signal),
      );
      return {
        port,
        path: (name) => path.join(received, name),
        async push(tree, name, dial) {
          const url = `rsync://127.0.0.1:${dial}/bench/${name}/`;
          return { elapsedMs: await timeCommand(['rsync', ...options, `${tree}/`, url]) };
        },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  };
}

function missingOption(options: readonly string[]): string | undefined {
  const help = outputOf(['rsync', '--help']);
  if (help === undefined) return 'install rsync (apt-get install rsync)';
  const unknown = options.filter((option) => !help.includes(option));
  return unknown.length === 0
    ? undefined
    : `this rsync has no ${unknown.join(', ')}; install 3.2.4 or later`;
}

/** One writable module. A daemon of root would write as nobody. */
function configuration(received: string): string {
  const isRoot = process.getuid?.() === 0;
  return [
    'use chroot = no',
    ...(isRoot ? ['uid = 0', 'gid = 0'] : []),
    '[bench]',
    `path = ${received}`,
    'read only = no',
    '',
  ].join('\n');
}
