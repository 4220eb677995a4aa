/** Names for chunks. */
import { hash } from 'node:crypto';

/** Size of a {@link chunkDigest}. */
export const chunkDigestBytes = 16;

/**
 * The first 128 bits of a chunk's SHA-256 (truncation: NIST SP 800-107, section 5.1). To make two
 * chunks with one digest takes about 2^64 hashes; by chance it happens among 2^40 chunks with a
 * probability of 2^-49.
 *
 * @example
 * ```ts
 * import { chunkDigest } from '@dwcp/hde';
 *
 * Buffer.from(chunkDigest(new Uint8Array())).toString('hex'); // => 'e3b0c44298fc1c149afbf4c8996fb924'
 * ```
 */
export function chunkDigest(chunk: Uint8Array): Uint8Array {
  return hash('sha256', chunk, 'buffer').subarray(0, chunkDigestBytes);
}
