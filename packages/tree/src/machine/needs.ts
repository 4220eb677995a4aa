/**
 * What the receiving side wants of a tree: the files it lacks, and for a file of which it has
 * something similar, the digests of the pieces it has. Layout in `docs/wire-format/tree.md`.
 */
import { BinaryReader, BinaryWriter, DwcpError } from '@dwcp/core';

/** Bytes of a chunk digest: SHA-256 cut to 128 bits. */
export const digestBytes = 16;

/** Average chunk sizes in use: the larger the file, the larger, so that digests stay a small share. */
const averageSizes: readonly number[] = [4096, 8192, 16_384, 32_768, 65_536];

/**
 * Chunks that a receiver offers and a sender takes in one operation: some 100 MB of memory on
 * either side. Files beyond travel whole.
 */
export const maxOfferedChunks = 1_000_000;

/** The average chunk size for a file: about a thousand chunks where the range allows. */
export function averageChunkBytes(fileBytes: number): number {
  return averageSizes.find((size) => size * 1024 >= fileBytes) ?? 65_536;
}

/** Content-defined chunks of a file, in order. */
export interface Signature {
  /** Average chunk size that both sides cut with, bytes. */
  readonly averageBytes: number;
  /** Size of each chunk. */
  readonly sizes: readonly number[];
  /** {@link digestBytes} for each chunk, one after the other. */
  readonly digests: Uint8Array;
}

/** One file that the receiver wants. */
export interface Need {
  /** Number of the entry in the tree list. */
  readonly index: number;
  /** What the receiver has already, or undefined for nothing. */
  readonly basis: Signature | undefined;
}

/** Encodes needs; their indices ascend. */
export function encodeNeeds(needs: readonly Need[]): Uint8Array {
  const writer = new BinaryWriter(1024).varint(needs.length);
  let last = -1;
  for (const { index, basis } of needs) {
    writer.varint((index - last - 1) * 2 + (basis ? 1 : 0));
    last = index;
    if (!basis) continue;
    writer.varint(basis.averageBytes).varint(basis.sizes.length);
    for (const size of basis.sizes) writer.varint(size);
    writer.bytes(basis.digests);
  }
  return writer.finish();
}

/** Reads needs of a peer for a tree of `entries` entries. */
export function decodeNeeds(bytes: Uint8Array, entries: number): Need[] {
  const reader = new BinaryReader(bytes);
  const count = reader.varint();
  if (count > entries) throw malformed(`${count} files wanted of a tree with ${entries} entries`);
  const needs: Need[] = [];
  let chunks = 0;
  let last = -1;
  for (let position = 0; position < count; position += 1) {
    const head = reader.varint();
    const index = last + 1 + Math.floor(head / 2);
    if (index >= entries) throw malformed('a wanted file is not in the tree');
    last = index;
    const basis = head % 2 === 1 ? decodeSignature(reader) : undefined;
    chunks += basis?.sizes.length ?? 0;
    if (chunks > maxOfferedChunks) {
      const message = `more than ${maxOfferedChunks} chunks are offered for the wanted files`;
      throw new DwcpError('ERR_DWCP_LIMIT_EXCEEDED', message);
    }
    needs.push({ index, basis });
  }
  reader.end();
  return needs;
}

function decodeSignature(reader: BinaryReader): Signature {
  const averageBytes = reader.varint();
  if (!averageSizes.includes(averageBytes))
    throw malformed(`chunks of ${averageBytes} bytes on average`);
  const count = reader.varint();
  // Every chunk takes at least a size byte and its digest: no memory for a count without bytes.
  if (count * (digestBytes + 1) > reader.remainingBytes) throw malformed('more chunks than bytes');
  const sizes: number[] = [];
  for (let position = 0; position < count; position += 1) sizes.push(reader.varint());
  return { averageBytes, sizes, digests: reader.bytes(count * digestBytes) };
}

function malformed(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', `list of wanted files: ${message}`);
}
