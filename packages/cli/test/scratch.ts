/** Real directories for tests. */
import { hash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty directory that is removed after the test. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dwcp-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A directory with files of many kinds; `largeBytes` is the size of the largest. */
export function sampleTree(largeBytes: number): string {
  const root = scratch();
  const files: Record<string, string | Uint8Array> = {
    'empty.txt': '',
    'run.sh': '#!/bin/sh\n',
    'a/b/c/deep.txt': 'deep',
    'Größe – 大きさ.txt': 'names of all kinds',
    'text.txt': 'much the same line\n'.repeat(5000),
    'large.bin': randomBytes(largeBytes),
  };
  for (let index = 0; index < 100; index += 1) files[`many/${index}`] = randomBytes(index * 10);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  chmodSync(join(root, 'run.sh'), 0o755);
  return root;
}

/** Every file below a directory, with its size, mode and SHA-256. */
export function hashes(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ name, parentPath }) => {
      const path = join(parentPath, name);
      const { mode, size } = statSync(path);
      return [relative(root, path), `${size} ${mode} ${hash('sha256', readFileSync(path))}`];
    }),
  );
}
