/** LZ4 blocks by lz4-napi (Rust, lz4_flex). */
import { Buffer } from 'node:buffer';
import { createRequire } from 'node:module';
import type * as Lz4Napi from 'lz4-napi';
import { sizedStoredPart } from '../frame.ts';
import type { Compressor, Decompressor } from './library.ts';

const require = createRequire(import.meta.url);

/** lz4-napi puts the raw length in front of its block, where our header has it already. */
const sizePrefixBytes = 4;

/** Loads lz4-napi, about 10 ms; throws where it has no binary for the platform. */
export function loadNativeLz4(): Compressor & Decompressor {
  // The package is CommonJS; `require` keeps loading lazy and synchronous.
  const lz4 = require('lz4-napi') as typeof Lz4Napi;
  return {
    library: 'lz4-napi',
    compress(block, _level, inPool) {
      if (inPool) return lz4.compress(block).then(withoutPrefix);
      return withoutPrefix(lz4.compressSync(asBuffer(block)));
    },
    decompress(frame, _rawBytes, inPool) {
      const sized = sizedStoredPart(frame);
      return inPool ? lz4.uncompress(sized) : lz4.uncompressSync(sized);
    },
  };
}

function withoutPrefix(output: Buffer): Uint8Array {
  return output.subarray(sizePrefixBytes);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
