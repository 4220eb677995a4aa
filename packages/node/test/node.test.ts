import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DwcpError } from '@dwcp/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createNode, type DwcpNode, type NodeOptions, type ServeEvents } from '../src/index.ts';

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dwcp-node-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function node(options: NodeOptions = {}): DwcpNode {
  const made = createNode({ durable: false, diskThreads: false, ...options });
  onTestFinished(() => made.stop());
  return made;
}

const digest = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

describe('a node', () => {
  it('pushes a directory under its own name, a file into the root, and pulls both', async () => {
    const source = join(scratch(), 'photos');
    const root = scratch();
    const target = join(scratch(), 'new', 'deeper');
    mkdirSync(source);
    writeFileSync(join(source, 'a.bin'), randomBytes(300_000));
    const operations: string[] = [];
    const on: ServeEvents = { operation: ({ kind, path }) => operations.push(`${kind} ${path}`) };
    const own = node();
    const { address } = await own.serve({ root, address: '127.0.0.1:0', on });
    const report = await own.push({ path: source, address });
    expect(report).toMatchObject({ writtenFiles: 1, attempts: 1, problemCount: 0 });
    await own.push({ path: join(source, 'a.bin'), address });
    await own.pull({ path: '', address, target });
    for (const path of [join(target, 'photos/a.bin'), join(target, 'a.bin')]) {
      expect(digest(path)).toBe(digest(join(source, 'a.bin')));
    }
    await own.stop();
    expect(operations).toEqual(['push photos', 'push ', 'pull ']);
  });

  it('dials again after a lost connection and goes on where it stood', async () => {
    const source = scratch();
    const root = scratch();
    writeFileSync(join(source, 'big.bin'), randomBytes(12_000_000));
    const own = node();
    const server = node();
    const first = await server.serve({ root, address: '127.0.0.1:0' });
    const { address } = first;
    const failures: string[] = [];
    let closing: Promise<unknown> | undefined;
    const report = await own.push({
      path: source,
      destination: 'copy',
      address,
      retryDelayMs: 1,
      onProgress: ({ phase }) => {
        if (phase !== 'transfer') return;
        closing ??= first.close().then(() => server.serve({ root, address }));
      },
      onRetry: ({ error }) => failures.push(error.code),
    });
    await closing;
    expect(report.attempts).toBeGreaterThan(1);
    expect(failures.length).toBe(report.attempts - 1);
    expect(digest(join(root, 'copy/big.bin'))).toBe(digest(join(source, 'big.bin')));
  });

  it('says what it cannot read, make or listen on', async () => {
    const own = node();
    const root = scratch();
    const missing = join(root, 'missing');
    const address = '127.0.0.1:9';
    await expect(own.push({ path: missing, address })).rejects.toMatchObject({
      code: 'ERR_DWCP_IO',
    });
    await expect(own.serve({ root: missing, address })).rejects.toMatchObject({
      code: 'ERR_DWCP_IO',
    });
    writeFileSync(missing, '');
    await expect(own.serve({ root: missing, address })).rejects.toMatchObject({
      code: 'ERR_DWCP_INVALID_ARGUMENT',
    });
    await expect(own.pull({ path: '', address, target: join(missing, 'x') })).rejects.toMatchObject(
      { code: 'ERR_DWCP_IO' },
    );
    // The recursive mkdir of Node never returns here.
    await expect(own.pull({ path: '', address, target: '/proc/nope/x' })).rejects.toMatchObject({
      code: 'ERR_DWCP_IO',
    });
    await expect(own.serve({ root, address: '0.0.0.0:0' })).rejects.toMatchObject({
      code: 'ERR_DWCP_INSECURE_LISTEN',
    });
  });

  it('stops everything under way', async () => {
    const source = scratch();
    writeFileSync(join(source, 'big.bin'), randomBytes(8_000_000));
    const own = node();
    const root = scratch();
    const { address } = await own.serve({ root, address: '127.0.0.1:0' });
    let stopped: Promise<void> | undefined;
    const push = own.push({
      path: source,
      address,
      onProgress: () => {
        stopped ??= own.stop();
      },
    });
    await expect(push).rejects.toBeInstanceOf(DwcpError);
    await stopped;
    expect(readdirSync(root)).not.toContain('big.bin');
    await expect(own.push({ path: source, address })).rejects.toMatchObject({
      code: 'ERR_DWCP_ABORTED',
    });
  });
});
