/** The codec that changes nothing: the stored bytes are the block, in the same memory. */
import { storedPart } from '../frame.ts';
import type { Compressor, Decompressor } from './library.ts';

/** Blocks as they are. */
export const none: Compressor & Decompressor = {
  library: 'built in',
  compress: (block) => block,
  decompress: storedPart,
};
