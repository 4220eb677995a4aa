/**
 * What a tree holds, by hash. Written with nothing but Node's own file and hash functions, so that
 * it can judge what DWCP made.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A file of a tree. */
export interface ListedFile {
  /** Path below the root, separated by `/`. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** SHA-256 in hexadecimal of every file, by path. */
export type Fingerprint = ReadonlyMap<string, string>;

/** Every file below `root`, sorted by path. Throws at anything that is neither file nor directory. */
export function listFiles(root: string): ListedFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .flatMap((name) => {
      const stats = lstatSync(path.join(root, name));
      if (stats.isDirectory()) return [];
      if (!stats.isFile()) throw new Error(`${name} is neither a file nor a directory`);
      return [{ path: name.replaceAll(path.sep, '/'), sizeBytes: stats.size }];
    });
}

/** Reads and hashes every file below `root`. */
export function fingerprint(root: string): Fingerprint {
  return new Map(
    listFiles(root).map((file) => [file.path, hashFile(path.join(root, file.path))] as const),
  );
}

/** SHA-256 of one file, in hexadecimal. */
function hashFile(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Paths whose content differs, or that only one of the two has. */
export function differences(a: Fingerprint, b: Fingerprint): string[] {
  const paths = new Set([...a.keys(), ...b.keys()]);
  return [...paths].filter((file) => a.get(file) !== b.get(file)).toSorted();
}
