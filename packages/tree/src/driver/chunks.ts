/** Cuts the pieces of one file into chunks with their digests. */
import { hash } from 'node:crypto';
import type { Chunker } from '@dwcp/core';
import { digestBytes } from '../machine/needs.ts';

/** One chunk of a file. */
export interface FileChunk {
  /** Part of the piece that was given, or of two of them put together. */
  readonly bytes: Uint8Array;
  /** SHA-256 cut to {@link digestBytes}. */
  readonly digest: Uint8Array;
}

/** Feeds a chunker from pieces of any size. */
export class ChunkCutter {
  readonly #chunker: Chunker;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunker: Chunker) {
    this.#chunker = chunker;
  }

  /** Yields the chunks that are certain after this piece; all of them when it is the last. */
  *add(piece: Uint8Array, isLast: boolean): Generator<FileChunk> {
    const bytes = this.#rest.byteLength === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let start = 0;
    while (start < bytes.byteLength) {
      const end = this.#chunker.nextCut(bytes, start, bytes.byteLength, isLast);
      if (end === undefined) break;
      const chunk = bytes.subarray(start, end);
      yield { bytes: chunk, digest: hash('sha256', chunk, 'buffer').subarray(0, digestBytes) };
      start = end;
    }
    this.#rest = bytes.subarray(start);
  }
}
