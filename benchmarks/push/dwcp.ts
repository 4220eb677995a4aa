/** Our side: the built `dwcp` command against a `dwcp serve` that keeps running. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DwcpProcess } from '../../examples/demo/dwcp.ts';
import type { Contender } from './contender.ts';

/** `dwcp push` with the server options given. */
export function dwcp(clone: string, ...serverOptions: readonly string[]): Contender {
  const entry = [path.join(clone, 'packages/cli/dist/main.js')];
  return {
    name: ['dwcp push', ...serverOptions].join(' '),
    role: 'ours',
    waitsForDisk: !serverOptions.includes('--no-sync'),
    updates: true,
    missing: () => undefined,
    async start(folder) {
      const served = path.join(folder, 'served');
      mkdirSync(served);
      const listen = ['serve', served, '--listen', '127.0.0.1:0'];
      const server = new DwcpProcess(entry, [...listen, ...serverOptions]);
      const { address } = await server.until('listening');
      return {
        port: Number(address.split(':').at(-1)),
        path: (name) => path.join(served, name),
        async push(tree, name, port) {
          const startMs = performance.now();
          const client = new DwcpProcess(entry, ['push', tree, `127.0.0.1:${port}/${name}`]);
          const { problemCount, wireBytes } = await client.until('done');
          const code = await client.ended;
          const elapsedMs = performance.now() - startMs;
          if (code !== 0 || problemCount > 0) {
            throw new Error(`dwcp push: exit code ${code}, ${problemCount} files with problems`);
          }
          return { elapsedMs, reportedBytes: wireBytes };
        },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  };
}
