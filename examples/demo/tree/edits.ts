/** Changes of a tree, as people and programs make them; the same ones for the same random numbers. */
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Random } from '@dwcp/core';
import { type ListedFile, listFiles } from './fingerprint.ts';
import { textLines } from './text.ts';

/** One file in this many is edited. */
const editedShare = 100;
/** Of these, so many are large ones that get lines in their middle. */
const largeEdits = 5;
/** Files from this size on are large. */
const largeBytes = 256 * 1024;

/** A change of a tree. */
export interface TreeChange {
  /** Files that were changed or added. */
  readonly paths: readonly string[];
  /** Size of these after the change. */
  readonly sizeBytes: number;
  /** What was done to them. */
  readonly description: string;
}

/**
 * Edits about one file in a hundred: lines in the middle of large files, a byte in small ones; one
 * file grows at its end, one is cut in half, one is new.
 */
export function editSomeFiles(root: string, random: Random): TreeChange {
  const rest = shuffled(listFiles(root), random);
  const smallEdits = Math.round(rest.length / editedShare) - largeEdits - 3;
  const large = take(rest, largeEdits, ({ sizeBytes }) => sizeBytes >= largeBytes);
  const small = take(rest, smallEdits, ({ sizeBytes }) => sizeBytes > 0);
  const [longer, shorter] = take(rest, 2, ({ sizeBytes }) => sizeBytes > 1024);
  if (!longer || !shorter) throw new Error('the tree has too few files to edit');
  const added = 'new-file.log';

  for (const file of large) insertLines(path.join(root, file.path), random);
  for (const file of small) changeByte(path.join(root, file.path), random);
  appendFileSync(path.join(root, longer.path), textLines(random, 50));
  truncateSync(path.join(root, shorter.path), Math.floor(shorter.sizeBytes / 2));
  writeFileSync(path.join(root, added), textLines(random, 500));
  const paths = [...[...large, ...small, longer, shorter].map((file) => file.path), added];
  return {
    paths,
    sizeBytes: sizeOf(root, paths),
    description: `${large.length} large files in the middle, ${small.length} by one byte, 1 longer, 1 shorter, 1 new`,
  };
}

/** Writes the `count` largest files anew, each with `fileBytes` that cannot be compressed, like pictures. */
export function rewriteLargeFiles(
  root: string,
  random: Random,
  { count, fileBytes }: { readonly count: number; readonly fileBytes: number },
): TreeChange {
  const bySize = listFiles(root).toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  const paths = bySize.slice(0, count).map((file) => file.path);
  for (const file of paths) {
    writeFileSync(path.join(root, file), random.bytes(new Uint8Array(fileBytes)));
  }
  return {
    paths,
    sizeBytes: sizeOf(root, paths),
    description: `the ${count} largest files written anew`,
  };
}

function insertLines(file: string, random: Random): void {
  const bytes = readFileSync(file);
  const quarter = Math.floor(bytes.byteLength / 4);
  const middle = quarter + random.integer(2 * quarter);
  const inserted = Buffer.from(textLines(random, 3));
  writeFileSync(file, Buffer.concat([bytes.subarray(0, middle), inserted, bytes.subarray(middle)]));
}

function changeByte(file: string, random: Random): void {
  const bytes = readFileSync(file);
  const position = random.integer(bytes.byteLength);
  bytes[position] = (bytes[position] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** Removes the first `count` files that fit from `files` and returns them. */
function take(
  files: ListedFile[],
  count: number,
  fits: (file: ListedFile) => boolean,
): ListedFile[] {
  const taken = files.filter(fits).slice(0, count);
  for (const file of taken) files.splice(files.indexOf(file), 1);
  return taken;
}

function shuffled(files: readonly ListedFile[], random: Random): ListedFile[] {
  const result = [...files];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1);
    const [a, b] = [result[last], result[other]];
    if (a && b) [result[last], result[other]] = [b, a];
  }
  return result;
}

function sizeOf(root: string, paths: readonly string[]): number {
  const changed = new Set(paths);
  return listFiles(root)
    .filter((file) => changed.has(file.path))
    .reduce((sum, file) => sum + file.sizeBytes, 0);
}
