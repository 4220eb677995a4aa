/** Reads the wanted files of a listed tree: as operations, or in pieces where chunks are compared. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readSync } from 'node:fs';
import { contentOperations, type SkipReason } from '../machine/content.ts';
import { bufferBytes, type BufferPool } from './buffer-pool.ts';
import { FileChanged, openListed, OperationBuffer } from './operation-buffer.ts';
import { systemCode } from './problem.ts';
import type { ScannedFile, ScannedTree } from './scan.ts';

/** Files up to this size are sent whole in one operation. */
const wholeFileBytes = 256 * 1024;
/** A run of data is not cut shorter than this to fill a buffer. */
const minRunBytes = 64 * 1024;

/** A wanted file. */
export interface WantedFile {
  /** Number of the entry in the tree list. */
  readonly index: number;
  /** True when the receiver has something similar and the caller looks for it in the pieces. */
  readonly hasBasis: boolean;
}

/** What the reader yields, in the order of the wanted list. */
export type SourceItem =
  /** Part of the content stream; its memory may be given back to the pool. */
  | { readonly kind: 'operations'; readonly bytes: Uint8Array }
  /** Part of a file with a basis; its memory belongs to the caller. */
  | {
      readonly kind: 'piece';
      readonly index: number;
      readonly bytes: Uint8Array;
      readonly end: PieceEnd | undefined;
    };

/** How a file read in pieces ended: complete, with its SHA-256, or given up. */
export type PieceEnd = { readonly digest: Uint8Array } | { readonly reason: SkipReason };

/** Yields the wanted files one after the other. Synchronous: blocks while the disk works. */
export function* readWanted(
  tree: ScannedTree,
  wanted: Iterable<WantedFile>,
  pool: BufferPool,
): Generator<SourceItem> {
  const buffer = new OperationBuffer(pool);
  for (const { index, hasBasis } of wanted) {
    const file = tree.files[index];
    if (!file) continue;
    const path = `${tree.base}/${file.path}`;
    if (hasBasis) {
      yield* flush(buffer);
      yield* readPieces(path, index, file);
    } else if (file.sizeBytes <= wholeFileBytes) {
      if (buffer.roomBytes < file.sizeBytes) yield* flush(buffer);
      appendWhole(buffer, path, index, file.sizeBytes);
    } else {
      yield* streamFile(buffer, path, index, file);
    }
  }
  buffer.append(contentOperations.finish());
  yield* flush(buffer);
}

function* flush(buffer: OperationBuffer): Generator<SourceItem> {
  for (const bytes of buffer.flush()) yield { kind: 'operations', bytes };
}

function appendWhole(
  buffer: OperationBuffer,
  path: string,
  index: number,
  sizeBytes: number,
): void {
  const mark = buffer.mark();
  try {
    buffer.append(contentOperations.whole(index, sizeBytes));
    buffer.readWhole(path, sizeBytes);
  } catch (error) {
    buffer.reset(mark);
    buffer.append(contentOperations.skip(index, reasonOf(error)));
  }
}

/** A large file of which the receiver has nothing: runs of data as long as the buffers allow. */
function* streamFile(
  buffer: OperationBuffer,
  path: string,
  index: number,
  file: ScannedFile,
): Generator<SourceItem> {
  let fd: number | undefined;
  let mark = buffer.mark();
  try {
    if (buffer.roomBytes < minRunBytes) yield* flush(buffer);
    buffer.append(contentOperations.begin(index));
    mark = buffer.mark();
    fd = openListed(path);
    for (let position = 0; position < file.sizeBytes;) {
      if (buffer.roomBytes < minRunBytes) yield* flush(buffer);
      mark = buffer.mark();
      const sizeBytes = Math.min(buffer.roomBytes, file.sizeBytes - position);
      buffer.append(contentOperations.data(sizeBytes));
      buffer.read(fd, sizeBytes);
      position += sizeBytes;
    }
    checkUnchanged(fd, file);
    buffer.append(contentOperations.close());
  } catch (error) {
    buffer.reset(mark);
    buffer.append(contentOperations.abandon(reasonOf(error)));
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function* readPieces(path: string, index: number, file: ScannedFile): Generator<SourceItem> {
  const hash = createHash('sha256');
  let fd: number | undefined;
  try {
    fd = openListed(path);
    for (let position = 0; position < file.sizeBytes;) {
      const buffer = new Uint8Array(Math.min(bufferBytes, file.sizeBytes - position));
      const bytes = buffer.subarray(0, readSync(fd, buffer));
      if (bytes.byteLength === 0) throw new FileChanged();
      hash.update(bytes);
      position += bytes.byteLength;
      yield { kind: 'piece', index, bytes, end: undefined };
    }
    checkUnchanged(fd, file);
    yield { kind: 'piece', index, bytes: new Uint8Array(), end: { digest: hash.digest() } };
  } catch (error) {
    yield { kind: 'piece', index, bytes: new Uint8Array(), end: { reason: reasonOf(error) } };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The operation that ends a file read in pieces. */
export function endOperation(end: PieceEnd): Uint8Array {
  if ('reason' in end) return contentOperations.abandon(end.reason);
  return contentOperations.end(end.digest);
}

function checkUnchanged(fd: number, file: ScannedFile): void {
  const stats = fstatSync(fd);
  const isSame = stats.size === file.sizeBytes && Math.round(stats.mtimeMs) === file.modifiedMs;
  if (!isSame) throw new FileChanged();
}

function reasonOf(error: unknown): SkipReason {
  if (error instanceof FileChanged) return 'changed while it was read';
  return systemCode(error) === 'ENOENT' ? 'is gone' : 'could not be read';
}
