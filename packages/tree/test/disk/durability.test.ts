import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fullDurability } from '../../src/disk/durability.ts';
import { fill, scratch } from './scratch.ts';

const { PATH } = process.env;

afterEach(() => {
  process.env['PATH'] = PATH;
});

/** Files beyond the number that get an fsync each. */
function manyFiles(): { readonly root: string; readonly files: string[] } {
  const names = Array.from({ length: 40 }, (_, number) => `f${number}`);
  const root = fill(scratch(), Object.fromEntries(names.map((name) => [name, name])));
  return { root, files: names.map((name) => join(root, name)) };
}

/** A `sync` ahead of the system's own, which writes down how it was called. */
function fakeSync(script: string): string {
  const folder = scratch();
  const log = join(folder, 'log');
  writeFileSync(log, '');
  writeFileSync(join(folder, 'sync'), `#!/bin/sh\necho "$@" >> '${log}'\n${script}\n`);
  chmodSync(join(folder, 'sync'), 0o755);
  process.env['PATH'] = `${folder}:${PATH}`;
  return log;
}

function contentsOf(log: string): string[] {
  return readFileSync(log, 'utf8').trim().split('\n');
}

// `sync -f` is asked for on Linux only.
describe.runIf(process.platform === 'linux')('durability of many files', () => {
  it('takes one sync of the file system, and none to find out', async () => {
    const { root, files } = manyFiles();
    const log = fakeSync('[ "$1" = --help ] && echo "  -f, --file-system"; exit 0');
    const durability = fullDurability();
    await durability.sync(root, { files, directories: [] });
    await durability.sync(root, { files, directories: [] });
    expect(contentsOf(log)).toEqual(['--help', `-f ${root}`, `-f ${root}`]);
  });

  it('fails when the disk does, from the first time on, without a path of this machine', async () => {
    const { root, files } = manyFiles();
    fakeSync('[ "$1" = --help ] && echo "  -f, --file-system" && exit 0; exit 1');
    const synced = fullDurability().sync(root, { files, directories: [] });
    await expect(synced).rejects.toMatchObject({
      code: 'ERR_DWCP_IO',
      message: 'the disk did not confirm what was written',
    });
  });

  it.each([
    ['has no such option', 'echo "usage: sync"; exit 0'],
    ['knows nothing', 'exit 1'],
  ])('takes an fsync each where the command %s', async (_what, script) => {
    const { root, files } = manyFiles();
    const log = fakeSync(script);
    await fullDurability().sync(root, { files, directories: [root] });
    expect(contentsOf(log)).toEqual(['--help']);
    const missing = fullDurability().sync(root, {
      files: [...files, join(root, 'no')],
      directories: [],
    });
    await expect(missing).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
