/** The files that a changed file is put together from, addressed by the chunks that were offered. */
import { closeSync, constants, openSync, readSync } from 'node:fs';

/** Where the chunks offered for a file are found. */
export interface BasisChunks {
  /** Size of each chunk in bytes. */
  readonly sizes: readonly number[];
  /** Basis file of each chunk, as a position in the list of bases. */
  readonly files: readonly number[];
  /** Where each chunk starts in its file. */
  readonly positions: readonly number[];
}

const readBytesMax = 256 * 1024;
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** Reads runs of chunks. */
export class BasisReader {
  readonly #paths: readonly string[];
  readonly #chunks: BasisChunks;
  readonly #fds = new Map<number, number>();
  readonly #buffer = new Uint8Array(readBytesMax);

  constructor(paths: readonly string[], chunks: BasisChunks) {
    this.#paths = paths;
    this.#chunks = chunks;
  }

  /** Yields the bytes of `count` chunks from `first` on; each piece is valid until the next. */
  *read(first: number, count: number): Generator<Uint8Array> {
    const end = first + count;
    const { files, positions, sizes } = this.#chunks;
    for (let chunk = first; chunk < end;) {
      const file = files[chunk] ?? 0;
      const start = positions[chunk] ?? 0;
      let sizeBytes = 0;
      for (; chunk < end && files[chunk] === file; chunk += 1) sizeBytes += sizes[chunk] ?? 0;
      yield* this.#readRange(file, start, sizeBytes);
    }
  }

  /** Closes the files. Idempotent. */
  close(): void {
    for (const fd of this.#fds.values()) closeSync(fd);
    this.#fds.clear();
  }

  *#readRange(file: number, start: number, sizeBytes: number): Generator<Uint8Array> {
    const fd = this.#open(file);
    for (let done = 0; done < sizeBytes;) {
      const wanted = Math.min(readBytesMax, sizeBytes - done);
      const readBytes = readSync(fd, this.#buffer, 0, wanted, start + done);
      if (readBytes === 0) throw new Error('the old version of the file became shorter');
      yield this.#buffer.subarray(0, readBytes);
      done += readBytes;
    }
  }

  #open(file: number): number {
    const open = this.#fds.get(file);
    if (open !== undefined) return open;
    const fd = openSync(this.#paths[file] ?? '', openFlags);
    this.#fds.set(file, fd);
    return fd;
  }
}

/** Bytes of a basis file in order. */
export interface BasisPiece {
  /** Number of the entry in the tree list. */
  readonly index: number;
  /** Position in the list of bases of that entry. */
  readonly file: number;
  /** The next bytes; empty at the end. */
  readonly bytes: Uint8Array;
  /** True for the last piece of this file. */
  readonly isLast: boolean;
}

/** A planned file as far as its bases matter. */
interface WithBases {
  readonly index: number;
  readonly bases: readonly string[];
}

/** Yields every basis file in pieces of at most `pieceBytes`, for cutting into chunks. */
export function* readBases(files: Iterable<WithBases>, pieceBytes: number): Generator<BasisPiece> {
  for (const { index, bases } of files) {
    for (const [file, path] of bases.entries()) yield* readBasis(index, file, path, pieceBytes);
  }
}

function* readBasis(
  index: number,
  file: number,
  path: string,
  pieceBytes: number,
): Generator<BasisPiece> {
  let fd: number | undefined;
  try {
    fd = openSync(path, openFlags);
    for (;;) {
      const bytes = new Uint8Array(pieceBytes);
      const readBytes = readSync(fd, bytes);
      yield { index, file, bytes: bytes.subarray(0, readBytes), isLast: readBytes === 0 };
      if (readBytes === 0) return;
    }
  } catch (error) {
    // An unreadable basis only means that more has to travel.
    void error;
    yield { index, file, bytes: new Uint8Array(), isLast: true };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
