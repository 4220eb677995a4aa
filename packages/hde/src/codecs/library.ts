/**
 * What the rest of the package needs from a compression library. Libraries are trusted with
 * nothing: several return wrong bytes for damaged input without an error, so lengths are checked
 * before and length and checksum after every call.
 */

/** Compresses with one library. */
export interface Compressor {
  /** Name of the library, for `codecs` and logs. */
  readonly library: string;
  /** The stored bytes of a block; they may be longer than the block. */
  compress(block: Uint8Array, level: number): Uint8Array;
  /** The same on a thread of the libuv pool. Absent: the library has only the synchronous form. */
  compressInPool?(block: Uint8Array, level: number): Promise<Uint8Array>;
}

/** Decompresses with one library. */
export interface Decompressor {
  /** Name of the library, for `codecs` and logs. */
  readonly library: string;
  /** What the stored bytes of a checked frame decode to. Throws anything, or returns any bytes. */
  decompress(frame: Uint8Array, rawBytes: number): Uint8Array;
  /** The same on a thread of the libuv pool. Absent: the library has only the synchronous form. */
  decompressInPool?(frame: Uint8Array, rawBytes: number): Promise<Uint8Array>;
}
