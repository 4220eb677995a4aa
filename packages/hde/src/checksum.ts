/**
 * XXH64 and XXH32 (xxHash specification, revision 0.1.1) from WebAssembly.
 *
 * The module is compiled asynchronously, the only way its package offers: about a millisecond,
 * once per process. Afterwards hashing is synchronous.
 */
import { DwcpError } from '@dwcp/core';
import xxhash from 'xxhash-wasm';

/** Hash functions that are ready to use. */
export interface Hasher {
  /** XXH64, seed 0. */
  xxh64(bytes: Uint8Array): bigint;
  /** XXH32. */
  xxh32(bytes: Uint8Array, seed: number): number;
}

/**
 * The library copies its input into WebAssembly memory that never shrinks; larger inputs go
 * through in pieces of this size, which also fits the second-level cache.
 */
const pieceBytes = 256 * 1024;

let loading: Promise<Hasher> | undefined;

/** Loads the hash functions, once per process. Rejects with `ERR_DWCP_UNSUPPORTED`. */
export function loadHasher(): Promise<Hasher> {
  loading ??= compile();
  return loading;
}

async function compile(): Promise<Hasher> {
  const { h64Raw, h32Raw, create64 } = await xxhash().catch((cause: unknown) => {
    throw new DwcpError('ERR_DWCP_UNSUPPORTED', 'WebAssembly is not available', { cause });
  });
  return {
    xxh32: h32Raw,
    xxh64(bytes) {
      if (bytes.byteLength <= pieceBytes) return h64Raw(bytes);
      const state = create64();
      for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
        state.update(bytes.subarray(at, at + pieceBytes));
      }
      return state.digest();
    },
  };
}
