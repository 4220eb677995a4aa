/**
 * zstd frames (RFC 8878) by node:zlib.
 *
 * Every call creates a stream object, about 25 µs; reuse is not part of its interface.
 */
import * as zlib from 'node:zlib';
import { storedPart } from '../frame.ts';
import type { Compressor, Decompressor } from './library.ts';

/** Smallest `chunkSize` that node:zlib takes. */
const minChunkBytes = 64;
/** Its default. */
const defaultChunkBytes = 16 * 1024;

/** Node.js has zstd since 22.15; other run-times that offer node:zlib may not. */
export function hasNativeZstd(): boolean {
  return typeof zlib.zstdCompressSync === 'function';
}

/** zstd of node:zlib. Call only where {@link hasNativeZstd} holds. */
export function nativeZstd(): Compressor & Decompressor {
  return {
    library: 'node:zlib',
    compress(block, level, inPool) {
      const options = compressOptions(block, level);
      return inPool
        ? promised(zlib.zstdCompress, block, options)
        : zlib.zstdCompressSync(block, options);
    },
    decompress(frame, rawBytes, inPool) {
      const stored = storedPart(frame);
      const options = decompressOptions(rawBytes);
      return inPool
        ? promised(zlib.zstdDecompress, stored, options)
        : zlib.zstdDecompressSync(stored, options);
    },
  };
}

type ZstdCall = (
  input: Uint8Array,
  options: zlib.ZstdOptions,
  callback: (error: Error | null, result: Uint8Array) => void,
) => void;

function promised(
  call: ZstdCall,
  input: Uint8Array,
  options: zlib.ZstdOptions,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    call(input, options, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}

function compressOptions(block: Uint8Array, level: number): zlib.ZstdOptions {
  return {
    // Output is collected in pieces of this size. A quarter of the block takes what compresses
    // well in one piece, and keeps little memory alive while the frame waits to be sent.
    chunkSize: Math.max(
      block.byteLength >> 2,
      Math.min(block.byteLength + minChunkBytes, defaultChunkBytes),
    ),
    params: { [zlib.constants.ZSTD_c_compressionLevel]: level },
  };
}

function decompressOptions(rawBytes: number): zlib.ZstdOptions {
  // One byte more than needed: a full buffer makes node:zlib allocate the next one.
  return { chunkSize: Math.max(rawBytes + 1, minChunkBytes), maxOutputLength: rawBytes };
}
