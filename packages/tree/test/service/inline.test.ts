import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contents, fill, scratch } from '../disk/scratch.ts';
import { connect, failure } from './pair.ts';

describe('disk work without threads', () => {
  it('pushes, pushes what changed, and pulls', async () => {
    const big = randomBytes(3_000_000);
    const source = fill(scratch(), { 'a/b.txt': 'b', 'big.bin': big, empty: '' });
    const root = scratch();
    const { client, session } = await connect(root, { diskThreads: false });
    const first = await client.push(session, { path: source, destination: 'in' });
    expect(first).toMatchObject({ writtenFiles: 3, problemCount: 0 });
    fill(source, {
      'big.bin': Buffer.concat([
        big.subarray(0, 1_000_000),
        Buffer.from('more'),
        big.subarray(1_000_000),
      ]),
    });
    const second = await client.push(session, { path: source, destination: 'in' });
    expect(second).toMatchObject({ writtenFiles: 1, sameFiles: 2 });
    expect(second.copiedBytes).toBeGreaterThan(2_900_000);
    const target = scratch();
    await client.pull(session, { path: 'in', target });
    expect(contents(target)).toEqual(contents(source));
    expect(readdirSync(target)).not.toContain('.dwcp');
  });

  it('is given up like any other', async () => {
    const source = fill(scratch(), { 'big.bin': randomBytes(8_000_000) });
    const root = scratch();
    const { client, served, session } = await connect(root, {
      diskThreads: false,
      progressIntervalMs: 0,
    });
    const stop = new AbortController();
    const error = await failure(
      client.push(session, {
        path: source,
        destination: '',
        signal: stop.signal,
        onProgress: ({ phase }) => phase === 'transfer' && stop.abort(),
      }),
    );
    expect(error.code).toBe('ERR_DWCP_ABORTED');
    expect((await served()).outcome).toBeUndefined();
    const report = await client.push(session, { path: source, destination: '' });
    expect(report.writtenFiles).toBe(1);
    expect(contents(root)).toEqual(contents(source));
  });
});
