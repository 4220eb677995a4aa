/** Chunking of streams. */
import { Buffer } from 'node:buffer';
import type { Chunker } from '@dwcp/core';

/**
 * Cuts a stream of pieces into chunks. The borders are those of the joined bytes, however they
 * were split. Holds less than one piece plus twice the chunker's `maxBytes`. A chunk may share the
 * memory of its piece, so use it before the piece is changed.
 *
 * @example
 * ```ts
 * import { chunker, cutStream } from '@dwcp/hde';
 *
 * const pieces = [new Uint8Array(5000), new Uint8Array(5000)];
 * const sizes: number[] = [];
 * for await (const chunk of cutStream(pieces, chunker({ averageBytes: 1024 }))) sizes.push(chunk.length);
 * sizes; // => [8192, 1808]
 * ```
 */
export async function* cutStream(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  chunker: Chunker,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of source) {
    pieces.push(piece);
    sizeBytes += piece.byteLength;
    // Joining copies: at twice the largest chunk, every byte at most twice.
    if (sizeBytes < 2 * chunker.maxBytes) continue;
    const rest = yield* cut(join(pieces), chunker, chunker.maxBytes);
    pieces = [rest];
    sizeBytes = rest.byteLength;
  }
  yield* cut(join(pieces), chunker, 1);
}

/** Yields chunks while at least `untilBytes` are left, and returns the rest. */
function* cut(
  bytes: Uint8Array,
  chunker: Chunker,
  untilBytes: number,
): Generator<Uint8Array, Uint8Array, undefined> {
  let start = 0;
  while (bytes.byteLength - start >= untilBytes) {
    // With maxBytes at hand a border lies among them; behind the last piece, the end is one.
    const end = chunker.nextCut(bytes, start, bytes.byteLength, true);
    if (end === undefined) break;
    yield bytes.subarray(start, end);
    start = end;
  }
  return bytes.subarray(start);
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}
