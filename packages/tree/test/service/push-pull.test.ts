import { randomBytes } from 'node:crypto';
import { readdirSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TreeProgress } from '../../src/index.ts';
import { contents, fill, scratch } from '../disk/scratch.ts';
import { connect, failure } from './pair.ts';

const many = Object.fromEntries(
  Array.from({ length: 300 }, (_, n) => [`d${n % 7}/f${n}.txt`, `file ${n}`.repeat(n)]),
);

describe('push', () => {
  it('brings a tree and reports the same on both sides', async () => {
    const big = randomBytes(3_000_000);
    const source = fill(scratch(), { ...many, 'big.bin': big, 'empty.txt': '' });
    const root = scratch();
    const { client, served, session } = await connect(root);
    const progress: TreeProgress[] = [];
    const report = await client.push(session, {
      path: source,
      destination: 'in/here',
      onProgress: (step) => progress.push(step),
    });
    expect(contents(join(root, 'in/here'))).toEqual(contents(source));
    expect(report).toMatchObject({
      totalFiles: 302,
      writtenFiles: 302,
      sameFiles: 0,
      problemCount: 0,
      streams: 2,
    });
    expect(report.wireBytes).toBeGreaterThan(big.length);
    const { error, kind, outcome, path } = await served();
    expect([kind, path, error]).toEqual(['push', 'in/here', undefined]);
    expect(report).toMatchObject({ ...outcome });
    const transferred = progress.map(({ doneBytes }) => doneBytes);
    expect(transferred).toEqual(transferred.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toMatchObject({ phase: 'commit', doneBytes: report.totalBytes });
    expect(readdirSync(root)).toEqual(['in']);
  });

  it('sends a second time only what changed', async () => {
    const big = randomBytes(2_000_000);
    const source = fill(scratch(), { ...many, 'big.bin': big });
    const root = scratch();
    const { client, session } = await connect(root);
    await client.push(session, { path: source, destination: '' });
    writeFileSync(
      join(source, 'big.bin'),
      Buffer.concat([big.subarray(0, 900_000), Buffer.from('inserted'), big.subarray(900_000)]),
    );
    writeFileSync(join(source, 'd1/new.txt'), 'new');
    const report = await client.push(session, { path: source, destination: '' });
    expect(contents(root)).toEqual(contents(source));
    expect(report).toMatchObject({ totalFiles: 302, sameFiles: 300, writtenFiles: 2 });
    expect(report.copiedBytes).toBeGreaterThan(1_900_000);
    expect(report.wireBytes).toBeLessThan(70_000);
    const nothing = await client.push(session, { path: source, destination: '' });
    expect(nothing).toMatchObject({ sameFiles: 302, writtenFiles: 0, writtenBytes: 0 });
  });

  it('finds chunks that moved, shrank or repeat', async () => {
    const parts = Array.from({ length: 6 }, () => randomBytes(200_000));
    const order = (...numbers: number[]): Buffer =>
      Buffer.concat(numbers.map((n) => parts[n] ?? Buffer.alloc(0)));
    const source = fill(scratch(), { a: order(0, 1, 2, 3), b: order(0, 1, 2), c: order(4, 4, 4) });
    const root = scratch();
    const { client, session } = await connect(root);
    await client.push(session, { path: source, destination: '' });
    fill(source, { a: order(3, 1, 5, 0, 2), b: order(2), c: order(4, 4, 4, 4, 4) });
    const report = await client.push(session, { path: source, destination: '' });
    expect(contents(root)).toEqual(contents(source));
    expect(report.wireBytes).toBeLessThan(450_000);
  });

  it('travels whole where one side has no chunker', async () => {
    const source = fill(scratch(), { a: randomBytes(300_000) });
    const root = scratch();
    const { client, session } = await connect(root, { chunker: undefined } as object);
    await client.push(session, { path: source, destination: '' });
    fill(source, { a: randomBytes(300_000) });
    const report = await client.push(session, { path: source, destination: '' });
    expect(report).toMatchObject({ writtenFiles: 1, copiedBytes: 0 });
    expect(contents(root)).toEqual(contents(source));
  });

  it('says what it left out and what went wrong', async () => {
    const source = fill(scratch(), { 'a.txt': 'a', 'b.txt': 'b' });
    symlinkSync('a.txt', join(source, 'link'));
    const root = fill(scratch(), { 'b.txt/in the way': '' });
    const { client, session } = await connect(root);
    const report = await client.push(session, { path: source, destination: '' });
    expect(report).toMatchObject({
      writtenFiles: 1,
      skippedCount: 1,
      skipped: [{ path: 'link', reason: 'is a symbolic link' }],
      problemCount: 1,
      problems: [{ path: 'b.txt', reason: 'is a directory on the receiving side' }],
    });
  });

  it('fails by itself where the path is not there', async () => {
    const { client, session } = await connect(scratch());
    const error = await failure(
      client.push(session, { path: join(scratch(), 'none'), destination: '' }),
    );
    expect(error).toMatchObject({
      code: 'ERR_DWCP_IO',
      message: expect.stringContaining('ENOENT') as string,
    });
  });

  it.each(['../out', '/etc', 'a/../../b', '.dwcp', 'a//b', 'a\0b'])(
    'is refused a destination %j',
    async (destination) => {
      const root = scratch();
      const { client, served, session } = await connect(root);
      const error = await failure(
        client.push(session, { path: fill(scratch(), { a: 'a' }), destination }),
      );
      expect(error.code).toBe('ERR_DWCP_UNSAFE_PATH');
      expect((await served()).error?.code).toBe('ERR_DWCP_UNSAFE_PATH');
      expect(readdirSync(root)).toEqual([]);
    },
  );

  it('is refused above a limit of the other side', async () => {
    const { client, session } = await connect(scratch(), { limits: { maxDepth: 3 } });
    const source = fill(scratch(), { 'a/b/c/d/e.txt': 'deep' });
    expect((await failure(client.push(session, { path: source, destination: '' }))).code).toBe(
      'ERR_DWCP_LIMIT_EXCEEDED',
    );
  });

  it('stops at a signal and goes on from there', async () => {
    const source = fill(scratch(), { 'big.bin': randomBytes(24_000_000), 'small.txt': 's' });
    const root = scratch();
    const { client, served, session } = await connect(root);
    const stop = new AbortController();
    const error = await failure(
      client.push(session, {
        path: source,
        destination: '',
        signal: stop.signal,
        onProgress: ({ doneBytes }) => doneBytes > 10_000_000 && stop.abort(),
      }),
    );
    expect(error.code).toBe('ERR_DWCP_ABORTED');
    expect((await served()).outcome).toBeUndefined();
    expect(readdirSync(root)).not.toContain('big.bin');
    const report = await client.push(session, { path: source, destination: '' });
    expect(report.copiedBytes).toBeGreaterThan(1_000_000);
    expect(contents(root)).toEqual(contents(source));
  }, 20_000);

  it('is told that the other side is busy', async () => {
    const { client, session } = await connect(scratch(), { limits: { maxOperations: 0 } });
    const error = await failure(
      client.push(session, { path: fill(scratch(), { a: 'a' }), destination: '' }),
    );
    expect(error).toMatchObject({ code: 'ERR_DWCP_BUSY', retryable: true });
  });

  it('fails with the session', async () => {
    const source = fill(scratch(), { 'big.bin': randomBytes(20_000_000) });
    const { client, served, serverSession, session } = await connect(scratch());
    const error = await failure(
      client.push(session, {
        path: source,
        destination: '',
        onProgress: ({ phase }) => {
          if (phase === 'transfer') void serverSession.close();
        },
      }),
    );
    expect(error.code).toMatch(/^ERR_DWCP_(CONNECTION_LOST|REFUSED|ABORTED)$/);
    expect((await served()).error).toBeDefined();
  }, 20_000);
});

describe('pull', () => {
  it('fetches a directory, a file and all', async () => {
    const root = fill(scratch(), {
      'a/b.txt': 'b',
      'a/c/d.bin': randomBytes(500_000),
      'e.txt': 'e',
    });
    const { client, served, session } = await connect(root);
    for (const [path, expected] of [
      ['a', ['b.txt', 'c/d.bin']],
      ['e.txt', ['e.txt']],
      ['', ['a/b.txt', 'a/c/d.bin', 'e.txt']],
    ] as const) {
      const target = scratch();
      const report = await client.pull(session, { path, target });
      expect(Object.keys(contents(target)).toSorted()).toEqual(expected);
      expect(report.writtenFiles).toBe(expected.length);
      expect(await served()).toMatchObject({ kind: 'pull', path });
    }
  });

  it('fetches only what changed', async () => {
    const root = fill(scratch(), many);
    const { client, session } = await connect(root);
    const target = scratch();
    await client.pull(session, { path: '', target });
    writeFileSync(join(root, 'd1/f1.txt'), 'other');
    utimesSync(join(root, 'd1/f1.txt'), 5, 5);
    unlinkSync(join(root, 'd2/f2.txt'));
    const report = await client.pull(session, { path: '', target });
    expect(report).toMatchObject({ totalFiles: 299, sameFiles: 298, writtenFiles: 1 });
    expect(contents(target)['d1/f1.txt']).toBe('other');
  });

  it.each([
    ['..', 'ERR_DWCP_UNSAFE_PATH'],
    ['/etc/passwd', 'ERR_DWCP_UNSAFE_PATH'],
    ['link/passwd', 'ERR_DWCP_UNSAFE_PATH'],
    ['none', 'ERR_DWCP_IO'],
  ])('is refused %j', async (path, code) => {
    const root = scratch();
    symlinkSync('/etc', join(root, 'link'));
    const { client, session } = await connect(root);
    const target = scratch();
    const error = await failure(client.pull(session, { path, target }));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain(root);
    expect(readdirSync(target)).toEqual([]);
  });

  it('is refused by a side that serves nothing', async () => {
    const { server, serverSession } = await connect(scratch());
    const error = await failure(server.pull(serverSession, { path: '', target: scratch() }));
    expect(error.code).toBe('ERR_DWCP_REFUSED');
  });
});

describe('what cannot be read or named', () => {
  it.runIf(process.platform === 'linux')(
    'is a problem on both sides, in both directions',
    async () => {
      const source = fill(scratch(), { 'a.txt': 'a' });
      writeFileSync(Buffer.concat([Buffer.from(`${source}/bad-`), Buffer.of(0xff)]), 'not UTF-8');
      symlinkSync('a.txt', join(source, 'link'));
      const { client, served, session } = await connect(source);
      const target = scratch();
      const pulled = await client.pull(session, { path: '', target });
      expect(pulled).toMatchObject({ writtenFiles: 1, problemCount: 1, skippedCount: 1 });
      expect(pulled.problems[0]?.reason).toBe('has a name that is not UTF-8');
      expect((await served()).outcome?.problemCount).toBe(1);
      const pushed = await client.push(session, { path: source, destination: 'copy' });
      expect(pushed).toMatchObject({ writtenFiles: 1, problemCount: 1, skippedCount: 1 });
    },
  );
});
