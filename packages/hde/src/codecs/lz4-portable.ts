/**
 * LZ4 blocks by lz4js, for platforms without a binary of lz4-napi.
 *
 * lz4js believes its input: a hostile length sends it copying for minutes outside its buffers.
 * The sequences are therefore walked first, by the rules of the LZ4 block format
 * (lz4_Block_format.md, "Compressed block format").
 */
import { createRequire } from 'node:module';
import { DwcpError } from '@dwcp/core';
import { storedPart } from '../frame.ts';
import type { Compressor, Decompressor } from './library.ts';

const require = createRequire(import.meta.url);

/** The part of lz4js used here; the package ships no types. */
interface Lz4Js {
  compressBound(sizeBytes: number): number;
  /** Returns 0 when it found nothing to compress. */
  compressBlock(
    source: Uint8Array,
    target: Uint8Array,
    start: number,
    sizeBytes: number,
    hashTable: Uint32Array,
  ): number;
  /** Returns the end of what it wrote. */
  decompressBlock(
    source: Uint8Array,
    target: Uint8Array,
    start: number,
    sizeBytes: number,
    targetStart: number,
  ): number;
}

const hashTableEntries = 65_536;
const minMatchBytes = 4;

/** Loads lz4js. */
export function loadPortableLz4(): Compressor & Decompressor {
  const lz4 = require('lz4js') as Lz4Js;
  const hashTable = new Uint32Array(hashTableEntries);
  return {
    library: 'lz4js',
    compress(block) {
      const target = new Uint8Array(lz4.compressBound(block.byteLength));
      // Positions of an earlier block do no harm, but the output would depend on them.
      hashTable.fill(0);
      const sizeBytes = lz4.compressBlock(block, target, 0, block.byteLength, hashTable);
      return sizeBytes === 0 ? block : target.subarray(0, sizeBytes);
    },
    decompress(frame, rawBytes) {
      const stored = storedPart(frame);
      checkSequences(stored, rawBytes);
      const target = new Uint8Array(rawBytes);
      lz4.decompressBlock(stored, target, 0, stored.byteLength, 0);
      return target;
    },
  };
}

/** Throws unless the sequences stay inside the stored bytes and make exactly `rawBytes`. */
function checkSequences(stored: Uint8Array, rawBytes: number): void {
  let at = 0;
  let made = 0;
  const length = (nibble: number): number => {
    let value = nibble;
    for (let more = nibble === 15; more; at += 1) {
      const byte = stored[at] ?? fail('a length is cut off');
      value += byte;
      more = byte === 255;
    }
    return value;
  };
  for (;;) {
    const token = stored[at] ?? fail('a token is missing');
    at += 1;
    const literals = length(token >> 4);
    at += literals;
    made += literals;
    if (at > stored.byteLength || made > rawBytes) fail('literals run past the end');
    if (at === stored.byteLength) break;
    const offset = (stored[at] ?? 0) | ((stored[at + 1] ?? fail('an offset is cut off')) << 8);
    at += 2;
    if (offset === 0 || offset > made) fail(`offset ${offset} at ${made} of the output`);
    made += length(token & 15) + minMatchBytes;
  }
  if (made !== rawBytes) fail(`${made} bytes instead of ${rawBytes}`);
}

function fail(reason: string): never {
  throw new DwcpError('ERR_DWCP_MALFORMED', `not an LZ4 block: ${reason}`);
}
