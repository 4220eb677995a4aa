/**
 * zstd decoding by fzstd, for run-times whose node:zlib has no zstd.
 *
 * fzstd ignores checksums and truncates silently; our length and checksum find both. It writes
 * into the buffer it is given and allocates no other of the frame's choice, but it does not bound
 * its work: see "Limits" in the README.
 */
import { createRequire } from 'node:module';
import type * as Fzstd from 'fzstd';
import { storedPart } from '../frame.ts';
import type { Decompressor } from './library.ts';

const require = createRequire(import.meta.url);

/** Loads fzstd. */
export function loadPortableZstd(): Decompressor {
  const fzstd = require('fzstd') as typeof Fzstd;
  return {
    library: 'fzstd',
    decompress: (frame, rawBytes) => fzstd.decompress(storedPart(frame), new Uint8Array(rawBytes)),
  };
}
