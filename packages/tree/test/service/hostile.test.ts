/** A peer that speaks sessions correctly and trees wrongly, over real sockets. */
import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { BinaryWriter, encodeControl, type IncomingTransfer, isDwcpError } from '@dwcp/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { defaultLimits } from '../../src/limits.ts';
import { contentOperations } from '../../src/machine/content.ts';
import { ManifestWriter, type TreeEntry } from '../../src/machine/manifest.ts';
import { contents, fill, scratch } from '../disk/scratch.ts';
import { connect, failure, type Pair } from './pair.ts';

const encode = (value: unknown): Uint8Array => encodeControl(value, { maxBytes: 60 * 1024 });
const none = { count: 0, first: [] };
const manifestMeta = (id: string, destination: string): Uint8Array =>
  encode({ type: 'manifest', id, destination, skipped: none, problems: none });
const file = (name: string, sizeBytes: number): TreeEntry => ({
  kind: 'file',
  name,
  up: 0,
  mode: 0o644,
  sizeBytes,
  modifiedMs: 1,
});

function list(...entries: TreeEntry[]): Uint8Array {
  const writer = new ManifestWriter(defaultLimits);
  for (const entry of entries) writer.add(entry);
  return Buffer.concat(writer.finish());
}

/** Offers a list and answers the wanted list with `content`. */
async function pushRaw(
  pair: Pair,
  manifest: Uint8Array,
  content?: Uint8Array,
  destination = '',
): Promise<unknown> {
  const { session } = pair;
  const id = randomBytes(16).toString('hex');
  const wanted = Promise.withResolvers<IncomingTransfer>();
  const remove = session.onBulk((transfer) => wanted.resolve(transfer));
  const refused = session.sendBulk(manifest, { meta: manifestMeta(id, destination) }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (content) {
    for await (const chunk of (await wanted.promise).chunks())
      expect(chunk.byteLength).toBeGreaterThan(0);
    await session.sendBulk(content, { meta: encode({ type: 'content', id }) }).catch(() => {});
  }
  const first = await refused;
  remove();
  return first;
}

describe('a hostile sender', () => {
  it.each<[string, Uint8Array, string]>([
    [
      'garbage as a list',
      randomBytes(500),
      'ERR_DWCP_(MALFORMED|VERSION_MISMATCH|LIMIT_EXCEEDED|UNSAFE_PATH)',
    ],
    ['an empty list', new Uint8Array(), 'ERR_DWCP_MALFORMED'],
    ['a way out', list(file('..', 1)), 'ERR_DWCP_UNSAFE_PATH'],
    ['the staging folder', list(file('.dwcp', 1)), 'ERR_DWCP_UNSAFE_PATH'],
    [
      'a count without entries',
      new BinaryWriter().varint(1).varint(1_000_000).varint(0).finish(),
      'ERR_DWCP_MALFORMED',
    ],
    [
      'a count above the limit',
      new BinaryWriter()
        .varint(1)
        .varint(2 ** 50)
        .varint(0)
        .finish(),
      'ERR_DWCP_LIMIT_EXCEEDED',
    ],
  ])('gets a typed refusal for %s', async (_what, manifest, code) => {
    const root = fill(scratch(), { 'good.txt': 'good' });
    const pair = await connect(root);
    await pushRaw(pair, manifest);
    expect((await pair.served()).error?.code).toMatch(new RegExp(`^${code}$`));
    expect(contents(root)).toEqual({ 'good.txt': 'good' });
  });

  it.each<[string, Uint8Array]>([
    ['garbage', randomBytes(4096)],
    ['more than listed', Buffer.concat([contentOperations.begin(0), contentOperations.data(900)])],
    [
      'a copy of nothing',
      Buffer.concat([contentOperations.begin(0), contentOperations.copy(0, 1)]),
    ],
    ['an end too soon', contentOperations.finish()],
    ['nothing at all', new Uint8Array()],
  ])('gets a typed refusal for content that is %s', async (_what, content) => {
    const root = fill(scratch(), { 'a.txt': 'good' });
    const pair = await connect(root);
    await pushRaw(pair, list(file('a.txt', 500)), content);
    expect((await pair.served()).error?.code).toBe('ERR_DWCP_MALFORMED');
    expect(contents(root)).toEqual({ 'a.txt': 'good' });
  });

  it('leaves no half file when it goes away', async () => {
    const root = fill(scratch(), { 'b.txt': 'old' });
    const pair = await connect(root);
    const { session } = pair;
    const id = randomBytes(16).toString('hex');
    const wanted = Promise.withResolvers<IncomingTransfer>();
    session.onBulk((transfer) => wanted.resolve(transfer));
    void session.sendBulk(list(file('a.txt', 100_000), file('b.txt', 100_000)), {
      meta: manifestMeta(id, ''),
    });
    for await (const chunk of (await wanted.promise).chunks())
      expect(chunk.byteLength).toBeGreaterThan(0);
    async function* half(): AsyncGenerator<Uint8Array> {
      yield Buffer.concat([
        contentOperations.whole(0, 100_000),
        Buffer.alloc(100_000, 'a'),
        contentOperations.whole(1, 100_000),
        Buffer.alloc(40_000),
      ]);
      // Never ends by itself.
      await session.closed;
    }
    const sent = session.sendBulk(half(), {
      meta: encode({ type: 'content', id }),
      onProgress: () => void session.close(),
    });
    await failure(sent);
    const { error } = await pair.served();
    expect(isDwcpError(error)).toBe(true);
    const complete = contents(fill(scratch(), { 'a.txt': Buffer.alloc(100_000, 'a') }));
    // Whether the first file arrived depends on when the end was noticed; it is whole or not there.
    expect([{ 'b.txt': 'old' }, { ...complete, 'b.txt': 'old' }]).toContainEqual(contents(root));
  });

  it('cannot make a served directory lead elsewhere', async () => {
    const outside = scratch();
    const root = scratch();
    symlinkSync(outside, join(root, 'link'));
    const pair = await connect(root);
    await pushRaw(pair, list(file('a.txt', 1)), undefined, 'link');
    expect((await pair.served()).error?.code).toBe('ERR_DWCP_UNSAFE_PATH');
    expect(readdirSync(outside)).toEqual([]);
  });

  it('holds no directory by using an id twice', async () => {
    const root = scratch();
    const pair = await connect(root);
    const { session } = pair;
    const id = randomBytes(16).toString('hex');
    let wanted = Promise.withResolvers<IncomingTransfer>();
    session.onBulk((transfer) => {
      // Read to its end, so that the other side waits for the content.
      void (async () => {
        for await (const chunk of transfer.chunks()) expect(chunk.byteLength).toBeGreaterThan(0);
        wanted.resolve(transfer);
      })();
    });
    for (const destination of ['a', 'b']) {
      const meta = manifestMeta(id, destination);
      void session.sendBulk(list(file('x', 10)), { meta }).catch(() => {});
      if (destination === 'b') break;
      await wanted.promise;
      wanted = Promise.withResolvers();
    }
    await Promise.race([wanted.promise, pair.served()]);
    await session.close();
    const other = await connect(root);
    for (const destination of ['a', 'b']) {
      const path = fill(scratch(), { x: 'x' });
      const pushed = () => other.client.push(other.session, { path, destination });
      await expect(pushed()).resolves.toMatchObject({ writtenFiles: 1 });
    }
  });

  it('learns no path of this machine from a failure', async () => {
    const root = scratch();
    const { client, session } = await connect(root);
    const destination = Array.from({ length: 15 }, () => 'd'.repeat(255)).join('/');
    const path = fill(scratch(), { ['f'.repeat(255)]: 'x' });
    const error = await failure(
      client.push(session, { path, destination: `${destination}/${'e'.repeat(240)}` }),
    );
    expect(error).toMatchObject({ code: 'ERR_DWCP_IO', message: /ENAMETOOLONG/ });
    expect(error.message).not.toContain(root);
  });

  it('is told as many problems as fit, however long their paths are', async () => {
    const deep = Array.from({ length: 8 }, () => 'd'.repeat(240)).join('/');
    const names = Array.from({ length: 60 }, (_, n) => `${deep}/f${n}`);
    const root = fill(scratch(), Object.fromEntries(names.map((name) => [`${name}/`, ''])));
    const path = fill(scratch(), Object.fromEntries(names.map((name) => [name, 'x'])));
    const { client, session } = await connect(root);
    const report = await client.push(session, { path, destination: '' });
    expect(report.problemCount).toBe(60);
    expect(report.problems.length).toBeGreaterThan(20);
  });

  // The gate stands in the way of `sync -f`, which only Linux has.
  it.runIf(process.platform === 'linux')(
    'keeps its directory until what it sent is in place or gone',
    async () => {
      const bin = scratch();
      const gate = join(bin, 'gate');
      execFileSync('mkfifo', [gate]);
      const script = `#!/bin/sh\n[ -p '${gate}' ] && cat '${gate}'\nexit 0\n`;
      writeFileSync(join(bin, 'sync'), script, { mode: 0o755 });
      vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
      onTestFinished(() => void vi.unstubAllEnvs());
      const root = scratch();
      const pair = await connect(root, { durable: true });
      const names = Array.from({ length: 40 }, (_, n) => `f${n + 10}`);
      const old = names.flatMap((_, n) => [contentOperations.whole(n, 3), Buffer.from('old')]);
      const manifest = list(...names.map((name) => file(name, 3)));
      const broken = pushRaw(pair, manifest, Buffer.concat([...old, Buffer.from([255])]));
      // Opens when `sync` runs: the broken operation puts its complete files in place.
      const held = await open(gate, 'w');
      const path = fill(scratch(), { f10: 'newer' });
      const newer = () => pair.client.push(pair.session, { path, destination: '' });
      const early = await failure(newer());
      unlinkSync(gate);
      await held.close();
      await broken;
      await pair.served();
      await pair.served();
      expect(early.code).toBe('ERR_DWCP_BUSY');
      await newer();
      expect(readFileSync(join(root, 'f10'), 'utf8')).toBe('newer');
    },
  );

  it('ends only its own session with an unreadable notice', async () => {
    const root = scratch();
    const pair = await connect(root);
    const other = await connect(root);
    await pair.session.send('dwcp.tree', randomBytes(64));
    expect((await pair.serverSession.closed)?.code).toBe('ERR_DWCP_MALFORMED');
    expect((await pair.session.closed)?.code).toBe('ERR_DWCP_MALFORMED');
    const report = await other.client.push(other.session, {
      path: fill(scratch(), { a: 'a' }),
      destination: '',
    });
    expect(report.writtenFiles).toBe(1);
  });
});

describe('a hostile receiver', () => {
  it.each<[string, Uint8Array]>([
    ['files that are not in the tree', new BinaryWriter().varint(1).varint(40).finish()],
    ['more files than there are', new BinaryWriter().varint(2 ** 40).finish()],
    [
      'chunks without bytes',
      new BinaryWriter()
        .varint(1)
        .varint(1)
        .varint(8192)
        .varint(2 ** 30)
        .finish(),
    ],
  ])('gets nothing for a wish for %s', async (_what, needs) => {
    const { server, serverSession, session } = await connect(scratch());
    session.onBulk((transfer) => {
      const id = /[0-9a-f]{32}/.exec(Buffer.from(transfer.meta).toString('latin1'))?.[0];
      void (async () => {
        for await (const chunk of transfer.chunks()) expect(chunk.byteLength).toBeGreaterThan(0);
        await session.sendBulk(needs, { meta: encode({ type: 'needs', id }) });
      })();
    });
    const error = await failure(
      server.push(serverSession, { path: fill(scratch(), { a: 'a' }), destination: '' }),
    );
    expect(error.code).toBe('ERR_DWCP_MALFORMED');
  });
});
