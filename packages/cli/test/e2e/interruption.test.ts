/** Processes that are stopped, killed and started again. */
import { once } from 'node:events';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashes, sampleTree, scratch } from '../scratch.ts';
import { eventsOf, finished, type Running, serve, start } from './dwcp.ts';
import { gate } from './gate.ts';

/** Far below what the tree needs, far above what comes before its content. */
const treeBytes = 12_000_000;
const gateBytes = 3_000_000;

describe('push', () => {
  it('goes on when the serving process was killed and is back', async () => {
    const [source, root] = [sampleTree(treeBytes), scratch()];
    const server = await serve(root);
    const relay = await gate(server.address, gateBytes);
    const push = start('push', source, relay.address, '--codec', 'none', '--json');
    await relay.closed;
    server.process.kill('SIGKILL');
    await server.ended;
    expect(await push.event('retry')).toMatchObject({ attempt: 1, error: { retryable: true } });
    relay.open();
    const again = start('serve', root, '--listen', server.address, '--json');
    await again.event('listening');
    const ended = await push.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const done = eventsOf(ended).at(-1);
    expect(done).toMatchObject({ event: 'done', totalFiles: 106, problemCount: 0 });
    expect(done?.event === 'done' && done.attempts).toBeGreaterThan(1);
    expect(hashes(`${root}/${basename(source)}`)).toEqual(hashes(source));
  });

  it('ends with 130 when it is interrupted, and the next one completes it', async () => {
    const [source, root] = [sampleTree(treeBytes), scratch()];
    const { address, event } = await serve(root);
    const relay = await gate(address, gateBytes);
    const push = start('push', source, relay.address, '--codec', 'none');
    await relay.closed;
    push.process.kill('SIGINT');
    await hint(push);
    relay.open();
    const { code, stderr } = await push.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/\(ERR_DWCP_ABORTED\)\n {2}Run the same command again/);
    expect(await event('operation')).toMatchObject({ error: { message: expect.any(String) } });
    expect((await finished('push', source, address)).code).toBe(0);
    expect(hashes(`${root}/${basename(source)}`)).toEqual(hashes(source));
  });

  it('leaves at once when it is interrupted twice', async () => {
    const relay = await gate((await serve(scratch())).address, gateBytes);
    const push = start('push', sampleTree(treeBytes), relay.address, '--codec', 'none');
    await relay.closed;
    push.process.kill('SIGINT');
    await hint(push);
    push.process.kill('SIGINT');
    const { code, stderr } = await push.ended;
    expect(code).toBe(130);
    expect(stderr).not.toContain('ERR_DWCP_ABORTED');
  });
});

/** Waits until an interrupted command says that its clean end takes long. */
async function hint({ process }: Running): Promise<void> {
  if (process.stderr) await once(process.stderr, 'data');
}

describe('serve', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 0],
  ] as const)('ends on %s with %i', async (signal, code) => {
    const { ended, process } = await serve(scratch());
    process.kill(signal);
    expect(await ended).toMatchObject({ code });
  });

  it('ends when the reader of its output goes away', async () => {
    const { address, ended, process } = await serve(scratch());
    process.stdout?.destroy();
    // What it tells about this push cannot be written any more.
    await finished('push', scratch(), address, '--retries', '0');
    expect((await ended).code).toBe(141);
  });
});
