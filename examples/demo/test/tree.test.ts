import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom } from '@dwcp/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { editSomeFiles, rewriteLargeFiles } from '../tree/edits.ts';
import { differences, fingerprint, listFiles } from '../tree/fingerprint.ts';

let folder = '';
let root = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dwcp-tree-'));
  root = path.join(folder, 'tree');
  mkdirSync(path.join(root, 'large'), { recursive: true });
  const random = seededRandom(1);
  for (let index = 0; index < 1000; index += 1) {
    writeFileSync(path.join(root, `${index}.bin`), random.bytes(new Uint8Array(1500)));
  }
  for (let index = 0; index < 6; index += 1) {
    writeFileSync(path.join(root, `large/${index}.bin`), random.bytes(new Uint8Array(300_000)));
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a copy has the same fingerprint; every change is seen', () => {
  const copy = path.join(folder, 'copy');
  cpSync(root, copy, { recursive: true });
  const before = fingerprint(root);
  expect(differences(before, fingerprint(copy))).toEqual([]);

  writeFileSync(path.join(copy, '7.bin'), 'changed');
  writeFileSync(path.join(copy, 'new.bin'), 'new');
  rmSync(path.join(copy, 'large/3.bin'));
  expect(differences(before, fingerprint(copy))).toEqual(['7.bin', 'large/3.bin', 'new.bin']);
});

test('a link is no file of a tree', () => {
  symlinkSync('7.bin', path.join(root, 'link'));
  expect(() => listFiles(root)).toThrow('link is neither a file nor a directory');
});

test('an edit changes exactly the files that it names, about 1 % of all', () => {
  const before = fingerprint(root);
  const change = editSomeFiles(root, seededRandom(2));
  expect(change.paths).toHaveLength(10);
  expect(change.paths.filter((file) => file.startsWith('large/'))).toHaveLength(5);
  expect(differences(before, fingerprint(root))).toEqual(change.paths.toSorted());
});

test('the same random numbers make the same edit', () => {
  const copy = path.join(folder, 'copy');
  cpSync(root, copy, { recursive: true });
  editSomeFiles(root, seededRandom(3));
  editSomeFiles(copy, seededRandom(3));
  expect(differences(fingerprint(root), fingerprint(copy))).toEqual([]);
});

test('large files are written anew with the size asked for', () => {
  const before = fingerprint(root);
  const change = rewriteLargeFiles(root, seededRandom(4), { count: 2, fileBytes: 400_000 });
  expect(change.sizeBytes).toBe(800_000);
  expect(differences(before, fingerprint(root))).toEqual(change.paths.toSorted());
});
