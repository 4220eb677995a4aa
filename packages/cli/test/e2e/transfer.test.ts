/** Trees between real processes. */
import { symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashes, sampleTree, scratch } from '../scratch.ts';
import { eventsOf, finished, serve, start } from './dwcp.ts';

describe('push and pull', () => {
  it('carry a tree there and back, unchanged', async () => {
    const [source, root, target] = [sampleTree(2_000_000), scratch(), scratch()];
    const { address, event } = await serve(root);
    const pushed = await finished('push', source, address, '--json');
    expect(pushed).toMatchObject({ code: 0, stderr: '' });
    expect(eventsOf(pushed).at(-1)).toMatchObject({ event: 'done', writtenFiles: 106 });
    expect(await event('session')).toMatchObject({ peer: { address: expect.any(String) } });
    expect(await event('operation')).toMatchObject({
      operation: 'push',
      path: basename(source),
      outcome: { writtenFiles: 106, problemCount: 0 },
    });

    const pulled = await finished('pull', `${address}/${basename(source)}`, target);
    expect(pulled).toMatchObject({ code: 0, stderr: '' });
    expect(pulled.stdout).toMatch(/^pulled into .*: 106 files .*, 106 written/);
    expect(hashes(target)).toEqual(hashes(source));
  });

  it('send only what differs, straight into the served directory, with any codec', async () => {
    const [source, root] = [sampleTree(500_000), scratch()];
    const { address } = await serve(root, '--no-sync');
    for (const codec of ['none', 'lz4', 'zstd']) {
      writeFileSync(join(source, 'text.txt'), `${codec}\n`.repeat(100_000));
      const pushed = await finished('push', source, `${address}/`, '--codec', codec, '--json');
      expect(pushed.code).toBe(0);
      const written = codec === 'none' ? 106 : 1;
      expect(eventsOf(pushed).at(-1)).toMatchObject({ writtenFiles: written });
    }
    expect(hashes(root)).toEqual(hashes(source));
  });

  it('tell which symbolic links they left out', async () => {
    const source = scratch();
    writeFileSync(join(source, 'file'), 'x');
    symlinkSync('/etc/passwd', join(source, 'link'));
    const { address } = await serve(scratch());
    const { code, stderr, stdout } = await finished('push', source, address, '--streams', '1');
    expect(code).toBe(0);
    expect(stdout).toContain('1 file (1B), 1 written (1B)');
    expect(stderr.split('\n')).toEqual(['1 skipped:', expect.stringMatching(/ {2}link: /), '']);
  });

  it('never leave the served directory', async () => {
    const { address } = await serve(scratch());
    for (const path of ['../..', '/etc']) {
      const { code, stderr } = await finished('pull', `${address}/${path}`, scratch());
      expect(stderr).toContain('(ERR_DWCP_UNSAFE_PATH)');
      expect(code).toBe(1);
    }
  });
});

describe('failures', () => {
  it('nobody listens: retries, then ends with 1', async () => {
    const failed = await finished('push', scratch(), '127.0.0.1:1', '--retries', '1', '--json');
    expect(failed.code).toBe(1);
    expect(eventsOf(failed)).toMatchObject([
      { event: 'retry', attempt: 1, error: { code: 'ERR_DWCP_CONNECT_FAILED' } },
      { event: 'error', fatal: true, code: 'ERR_DWCP_CONNECT_FAILED' },
    ]);
  });

  it('a listener beyond loopback is refused before it listens', async () => {
    const served = start('serve', scratch(), '--listen', '0.0.0.0:0', '--json');
    const ended = await served.ended;
    expect(ended.code).toBe(1);
    expect(eventsOf(ended)).toMatchObject([
      {
        event: 'error',
        code: 'ERR_DWCP_INSECURE_LISTEN',
        remedy: expect.stringContaining('--tls'),
      },
    ]);
  });

  it('a wrong option ends with 2', async () => {
    const { code, stderr, stdout } = await finished('push', 'a', 'h:1', '--force');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^dwcp: unknown option '--force'\n/);
    expect(stdout).toBe('');
  });
});
