/** Operations of a content stream with the content of files between them, in large buffers. */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { maxOperationBytes } from '../machine/content.ts';
import { bufferBytes, type BufferPool } from './buffer-pool.ts';

// A file may have been replaced since it was listed: never follow a link, never wait on a pipe.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** Kept free behind content: an operation that ends it, one that ends the stream, and one byte. */
const reservedBytes = 2 * maxOperationBytes + 1;

/** A file has another size than it was listed with. */
export class FileChanged extends Error {}

/** Opens a listed file for reading. */
export function openListed(path: string): number {
  return openSync(path, openFlags);
}

/** One buffer that is being filled; `flush` gives it away and takes the next. */
export class OperationBuffer {
  readonly #pool: BufferPool;
  #bytes: Uint8Array;
  #length = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
    this.#bytes = pool.take();
  }

  /** How much content fits behind one more operation. */
  get roomBytes(): number {
    return bufferBytes - this.#length - maxOperationBytes - reservedBytes;
  }

  /** Where the buffer stands, for `reset`. */
  mark(): number {
    return this.#length;
  }

  /** Takes back everything since `mark`. */
  reset(mark: number): void {
    this.#length = mark;
  }

  /** Appends an operation. */
  append(operation: Uint8Array): void {
    this.#bytes.set(operation, this.#length);
    this.#length += operation.byteLength;
  }

  /** Appends a whole file; throws {@link FileChanged} when it has not exactly this size. */
  readWhole(path: string, sizeBytes: number): void {
    const fd = openListed(path);
    try {
      // One byte more is asked for, to see that the file has not grown.
      if (this.#fill(fd, sizeBytes, sizeBytes + 1) !== sizeBytes) throw new FileChanged();
    } finally {
      closeSync(fd);
    }
  }

  /** Appends the next `sizeBytes` of an open file; throws {@link FileChanged} when it has less. */
  read(fd: number, sizeBytes: number): void {
    if (this.#fill(fd, sizeBytes, sizeBytes) !== sizeBytes) throw new FileChanged();
  }

  /** The filled part of the buffer, if any. */
  *flush(): Generator<Uint8Array> {
    if (this.#length === 0) return;
    const filled = this.#bytes.subarray(0, this.#length);
    this.#bytes = this.#pool.take();
    this.#length = 0;
    yield filled;
  }

  /** Reads until `wantedBytes` are there or the file ends, at most `askedBytes`. */
  #fill(fd: number, wantedBytes: number, askedBytes: number): number {
    let filled = 0;
    let readBytes = 0;
    do {
      readBytes = readSync(fd, this.#bytes, this.#length, askedBytes - filled, null);
      this.#length += readBytes;
      filled += readBytes;
      // A full read of a regular file is followed by its end: the call that says so is spared.
    } while (readBytes > 0 && filled < wantedBytes);
    return filled;
  }
}
