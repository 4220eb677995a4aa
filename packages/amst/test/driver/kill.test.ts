/** kill -9 of a real process in the middle of a transfer, seen from another real process. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('./kill-process.ts', import.meta.url));

function start(...args: string[]): ChildProcessByStdio<null, Readable, null> {
  const node = ['--conditions=@dwcp/source', script, ...args];
  return spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'inherit'] });
}

test.each(['send', 'receive'])(
  'a process whose peer is killed while it has to %s: a typed error, and it ends by itself',
  async (task) => {
    const survivor = start('listen', task);
    const lines = createInterface({ input: survivor.stdout })[Symbol.asyncIterator]();
    const address = String((await lines.next()).value);
    const victim = start('dial', task === 'send' ? 'receive' : 'send', address);
    expect(await lines.next()).toMatchObject({ value: 'under way' });
    victim.kill('SIGKILL');
    expect(await lines.next()).toMatchObject({ value: 'transfer: ERR_DWCP_CONNECTION_LOST' });
    expect(await lines.next()).toMatchObject({ value: 'session: ERR_DWCP_CONNECTION_LOST' });
    // Nothing may be left that keeps the process alive: it calls no exit.
    const [code] = await once(survivor, 'exit');
    expect(code).toBe(0);
  },
);
