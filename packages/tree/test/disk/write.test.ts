import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fullDurability } from '../../src/disk/durability.ts';
import { planTree } from '../../src/disk/plan.ts';
import { scanTree } from '../../src/disk/scan.ts';
import { defaultLimits } from '../../src/limits.ts';
import { contents, copy, fill, prepare, scratch } from './scratch.ts';

const large = Buffer.alloc(700_000, 'large file ').toString('latin1');

describe('a tree from disk to disk', () => {
  it('arrives with content, permissions, times and empty directories', async () => {
    const source = fill(scratch(), {
      'a.txt': 'alpha',
      'b/c/d.bin': large,
      'b/empty': '',
      'hollow/': '',
    });
    chmodSync(join(source, 'a.txt'), 0o751);
    chmodSync(join(source, 'b/c'), 0o700);
    utimesSync(join(source, 'a.txt'), 1_700_000_000.123, 1_700_000_000.123);
    const root = scratch();
    const { result } = await copy(source, root);
    expect(contents(root)).toEqual(contents(source));
    expect(result).toEqual({ writtenFiles: 3, writtenBytes: large.length + 5, copiedBytes: 0 });
    const { mode, mtimeMs } = statSync(join(root, 'a.txt'));
    expect([mode & 0o777, Math.round(mtimeMs)]).toEqual([0o751, 1_700_000_000_123]);
    expect(statSync(join(root, 'b/c')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(root, 'hollow'))).toEqual([]);
    expect(readdirSync(root)).not.toContain('.dwcp');
  });

  it('is not wanted a second time', async () => {
    const source = fill(scratch(), { 'a.txt': 'alpha', 'b/c.txt': 'gamma' });
    const root = scratch();
    await copy(source, root);
    writeFileSync(join(source, 'b/c.txt'), 'delta');
    utimesSync(join(source, 'b/c.txt'), 1, 1);
    const { plan, result } = await copy(source, root);
    expect(plan.files.map((file) => file.path)).toEqual(['b/c.txt']);
    expect(result.writtenFiles).toBe(1);
    expect(contents(root)).toEqual({ 'a.txt': 'alpha', 'b/c.txt': 'delta' });
  });

  it('may be a single file', async () => {
    const source = fill(scratch(), { 'only.txt': 'one' });
    const root = scratch();
    await copy(join(source, 'only.txt'), root, 'deep/down');
    expect(contents(root)).toEqual({ 'deep/down/only.txt': 'one' });
  });

  it('is committed the same way with durability', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, number) => [`f${number}`, `content ${number}`]),
    );
    const source = fill(scratch(), files);
    const root = scratch();
    await copy(source, root);
    const paths = readdirSync(root).map((name) => join(root, name));
    await fullDurability().sync(root, { files: paths, directories: [root] });
    await fullDurability().sync(root, { files: paths.slice(0, 3), directories: [root] });
    await expect(
      fullDurability().sync(root, { files: [join(root, 'missing')], directories: [] }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the receiving directory', () => {
  it('is not left through a symbolic link to a directory', async () => {
    const outside = scratch();
    const root = scratch();
    symlinkSync(outside, join(root, 'link'));
    const source = fill(scratch(), { 'link/inside.txt': 'stolen', 'fine.txt': 'fine' });
    const { plan } = await copy(source, root);
    expect(readdirSync(outside)).toEqual([]);
    expect(plan.problems.problems).toEqual([
      { path: 'link', reason: 'is not a directory on the receiving side' },
    ]);
    expect(readFileSync(join(root, 'fine.txt'), 'utf8')).toBe('fine');
  });

  it('is not left through a destination that is a symbolic link', () => {
    const root = scratch();
    symlinkSync(scratch(), join(root, 'link'));
    const manifest = Buffer.concat(
      scanTree({ root: fill(scratch(), { a: 'a' }), limits: defaultLimits }).manifest,
    );
    for (const destination of ['link', 'link/deeper', '../x', '/etc', '.dwcp']) {
      expect(() => planTree(manifest, { root, destination, limits: defaultLimits })).toThrow(
        expect.objectContaining({ code: 'ERR_DWCP_UNSAFE_PATH' }),
      );
    }
  });

  it('loses a symbolic link to a file, not the file behind it', async () => {
    const outside = fill(scratch(), { 'precious.txt': 'precious' });
    const root = scratch();
    symlinkSync(join(outside, 'precious.txt'), join(root, 'a.txt'));
    await copy(fill(scratch(), { 'a.txt': 'pushed' }), root);
    expect(readFileSync(join(outside, 'precious.txt'), 'utf8')).toBe('precious');
    expect(lstatSync(join(root, 'a.txt')).isFile()).toBe(true);
  });

  it('keeps a directory that stands where a file should, and the other way round', async () => {
    const root = fill(scratch(), { 'a/keep.txt': 'keep', b: 'file' });
    const { plan } = await copy(fill(scratch(), { a: 'file', 'b/c.txt': 'c', d: 'd' }), root);
    expect(contents(root)).toEqual({ 'a/keep.txt': 'keep', b: 'file', d: 'd' });
    expect(plan.problems.problems.map(({ path }) => path)).toEqual(['a', 'b']);
  });

  it('shows no file before it is complete', async () => {
    const root = fill(scratch(), { 'big.bin': 'old' });
    const run = prepare(fill(scratch(), { 'big.bin': large }), root);
    const [content] = run.items;
    if (!content) throw new Error('nothing is wanted');
    run.writer.push(content.bytes.subarray(0, 400_000));
    expect(readFileSync(join(root, 'big.bin'), 'utf8')).toBe('old');
    await run.writer.cancel();
    expect(readFileSync(join(root, 'big.bin'), 'utf8')).toBe('old');
  });

  it('offers what an interrupted operation left to the next one', async () => {
    const root = scratch();
    const source = fill(scratch(), { 'big.bin': large });
    const interrupted = prepare(source, root);
    const items = [...interrupted.items];
    for (const item of items.slice(0, 3)) interrupted.writer.push(item.bytes.subarray(0, 300_000));
    await interrupted.writer.cancel();
    const [planned] = prepare(source, root).plan.files;
    expect(planned?.bases).toHaveLength(1);
    expect(large.startsWith(readFileSync(planned?.bases[0] ?? '', 'latin1'))).toBe(true);
    await copy(source, root);
    expect(contents(root)).toEqual(contents(source));
    expect(existsSync(join(root, '.dwcp'))).toBe(false);
  });

  it('loses nothing but the file that cannot be written', async () => {
    const root = scratch();
    const { plan, writer, items } = prepare(fill(scratch(), { 'a.txt': 'a', 'b.txt': 'b' }), root);
    mkdirSync(join(root, 'a.txt'));
    for (const item of items) writer.push(item.bytes);
    expect((await writer.finish()).writtenFiles).toBe(1);
    expect(plan.problems.problems).toEqual([
      { path: 'a.txt', reason: 'cannot be put in place: EISDIR' },
    ]);
    expect(contents(root)).toEqual({ 'b.txt': 'b' });
  });
});

describe('the sending directory', () => {
  it('keeps links, pipes and its own staging folder to itself', () => {
    const source = fill(scratch(), { 'a.txt': 'a', '.dwcp/left': 'x' });
    symlinkSync('/etc/passwd', join(source, 'passwd'));
    execFileSync('mkfifo', [join(source, 'pipe')]);
    const { files, skipped } = scanTree({ root: source, limits: defaultLimits });
    expect(files.map((file) => file?.path)).toEqual(['a.txt']);
    expect(skipped.first).toEqual([
      { path: '.dwcp', reason: 'is the staging folder' },
      { path: 'passwd', reason: 'is a symbolic link' },
      { path: 'pipe', reason: 'is neither a file nor a directory' },
    ]);
  });

  it('is not left by names of a peer', () => {
    const source = fill(scratch(), { 'a/b.txt': 'b' });
    symlinkSync('/etc', join(source, 'etc'));
    for (const below of [['etc', 'passwd'], ['etc'], ['a', 'b.txt', 'c']]) {
      expect(() => scanTree({ root: source, below, limits: defaultLimits })).toThrow(
        expect.objectContaining({ code: 'ERR_DWCP_UNSAFE_PATH' }),
      );
    }
    expect(() => scanTree({ root: source, below: ['none'], limits: defaultLimits })).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_IO' }),
    );
  });

  it('may change while it is read', async () => {
    const source = fill(scratch(), {
      'grown.txt': 'a',
      'kept.txt': 'k',
      'gone.txt': 'g',
      'cut.bin': large,
      'swapped.txt': 's',
    });
    const root = scratch();
    const run = prepare(source, root);
    writeFileSync(join(source, 'grown.txt'), 'abc');
    unlinkSync(join(source, 'gone.txt'));
    unlinkSync(join(source, 'swapped.txt'));
    symlinkSync('kept.txt', join(source, 'swapped.txt'));
    writeFileSync(join(source, 'cut.bin'), large.slice(0, 500_000));
    for (const item of run.items) run.writer.push(item.bytes);
    await run.writer.finish();
    expect(contents(root)).toEqual({ 'kept.txt': 'k' });
    expect(
      Object.fromEntries(run.plan.problems.problems.map(({ path, reason }) => [path, reason])),
    ).toEqual({
      'cut.bin': 'changed while it was read',
      'gone.txt': 'is gone',
      'grown.txt': 'changed while it was read',
      'swapped.txt': 'could not be read',
    });
  });
});
