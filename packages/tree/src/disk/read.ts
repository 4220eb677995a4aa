/** Reads the wanted files of a listed tree: small ones into large buffers, changed large ones in pieces. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { contentOperations, maxOperationBytes, type SkipReason } from '../machine/content.ts';
import { systemCode } from './problem.ts';
import type { ScannedFile, ScannedTree } from './scan.ts';

/** Size of the buffers that operations are gathered in, and of a piece. */
export const bufferBytes: number = 1024 * 1024;
/** Files up to this size are sent whole in one operation. */
export const wholeFileBytes: number = 256 * 1024;

/** A wanted file. */
export interface WantedFile {
  /** Number of the entry in the tree list. */
  readonly index: number;
  /** True when the receiver has something similar and the caller looks for it in the pieces. */
  readonly hasBasis: boolean;
}

/** What the reader yields, in the order of the wanted list. */
export type SourceItem =
  | { readonly kind: 'operations'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'piece';
      readonly index: number;
      readonly bytes: Uint8Array;
      readonly end: PieceEnd | undefined;
    };

/** How a file read in pieces ended: complete, with its SHA-256 where chunks may be copied, or given up. */
export type PieceEnd =
  | { readonly digest: Uint8Array | undefined }
  | { readonly reason: SkipReason };

// A file may have been replaced since it was listed: never follow a link, never wait on a pipe.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Yields the wanted files one after the other. Synchronous: made for a worker thread. */
export function* readWanted(
  tree: ScannedTree,
  wanted: Iterable<WantedFile>,
): Generator<SourceItem> {
  const buffer = new OperationBuffer();
  for (const { index, hasBasis } of wanted) {
    const file = tree.files[index];
    if (!file) continue;
    if (!hasBasis && file.sizeBytes <= wholeFileBytes) {
      if (!buffer.hasRoom(file.sizeBytes)) yield* buffer.flush();
      appendWhole(buffer, tree.base, index, file);
      continue;
    }
    yield* buffer.flush();
    if (hasBasis) yield* readPieces(tree.base, index, file, createHash('sha256'));
    else yield* streamFile(tree.base, index, file);
  }
  buffer.append(contentOperations.finish());
  yield* buffer.flush();
}

function appendWhole(
  buffer: OperationBuffer,
  base: string,
  index: number,
  file: ScannedFile,
): void {
  const mark = buffer.mark();
  try {
    buffer.append(contentOperations.whole(index, file.sizeBytes));
    buffer.read(`${base}/${file.path}`, file.sizeBytes);
  } catch (error) {
    buffer.reset(mark);
    buffer.append(contentOperations.skip(index, reasonOf(error)));
  }
}

/** A large file of which the receiver has nothing: data operations, then its digest. */
function* streamFile(base: string, index: number, file: ScannedFile): Generator<SourceItem> {
  yield operations(contentOperations.begin(index));
  for (const piece of readPieces(base, index, file, undefined)) {
    if (piece.kind !== 'piece') continue;
    if (piece.bytes.byteLength > 0) {
      yield operations(contentOperations.data(piece.bytes.byteLength));
      yield operations(piece.bytes);
    }
    if (piece.end) yield operations(endOperation(piece.end));
  }
}

/** The operation that ends a file read in pieces. */
export function endOperation(end: PieceEnd): Uint8Array {
  if ('reason' in end) return contentOperations.abandon(end.reason);
  return end.digest ? contentOperations.end(end.digest) : contentOperations.close();
}

function* readPieces(
  base: string,
  index: number,
  file: ScannedFile,
  hash: Hash | undefined,
): Generator<SourceItem> {
  let fd: number | undefined;
  try {
    fd = openSync(`${base}/${file.path}`, openFlags);
    let position = 0;
    while (position < file.sizeBytes) {
      const bytes = readPiece(fd, Math.min(bufferBytes, file.sizeBytes - position), hash);
      position += bytes.byteLength;
      const end = position === file.sizeBytes ? fileEnd(fd, file, hash) : undefined;
      yield { kind: 'piece', index, bytes, end };
    }
    if (file.sizeBytes === 0)
      yield { kind: 'piece', index, bytes: new Uint8Array(), end: fileEnd(fd, file, hash) };
  } catch (error) {
    yield { kind: 'piece', index, bytes: new Uint8Array(), end: { reason: reasonOf(error) } };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function readPiece(fd: number, sizeBytes: number, hash: Hash | undefined): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  const readBytes = readSync(fd, bytes);
  if (readBytes === 0) throw new FileChanged();
  hash?.update(bytes.subarray(0, readBytes));
  return bytes.subarray(0, readBytes);
}

function fileEnd(fd: number, file: ScannedFile, hash: Hash | undefined): PieceEnd {
  const stats = fstatSync(fd);
  const same = stats.size === file.sizeBytes && Math.round(stats.mtimeMs) === file.modifiedMs;
  return same ? { digest: hash?.digest() } : { reason: 'changed while it was read' };
}

class FileChanged extends Error {}

function reasonOf(error: unknown): SkipReason {
  if (error instanceof FileChanged) return 'changed while it was read';
  return systemCode(error) === 'ENOENT' ? 'is gone' : 'could not be read';
}

function operations(bytes: Uint8Array): SourceItem {
  return { kind: 'operations', bytes };
}

/** One growing run of operations with the content of small files in between. */
class OperationBuffer {
  #bytes = new Uint8Array(bufferBytes);
  #length = 0;

  hasRoom(contentBytes: number): boolean {
    // One byte more is read to see that the file has not grown, and `finish` must fit.
    return this.#length + maxOperationBytes * 2 + contentBytes + 1 <= bufferBytes;
  }

  mark(): number {
    return this.#length;
  }

  reset(mark: number): void {
    this.#length = mark;
  }

  append(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.byteLength;
  }

  /** Appends a file's content; throws when it has not exactly this size. */
  read(path: string, sizeBytes: number): void {
    const fd = openSync(path, openFlags);
    try {
      const start = this.#length;
      const limit = start + sizeBytes + 1;
      while (this.#length < limit) {
        const readBytes = readSync(fd, this.#bytes, this.#length, limit - this.#length, null);
        if (readBytes === 0) break;
        this.#length += readBytes;
        // A full read of a regular file is followed by its end: spare the call that says so.
        if (this.#length === start + sizeBytes) break;
      }
      if (this.#length !== start + sizeBytes) throw new FileChanged();
    } finally {
      closeSync(fd);
    }
  }

  *flush(): Generator<SourceItem> {
    if (this.#length === 0) return;
    yield operations(this.#bytes.subarray(0, this.#length));
    this.#bytes = new Uint8Array(bufferBytes);
    this.#length = 0;
  }
}
