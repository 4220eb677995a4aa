/**
 * What the rest of the package needs from a compression library. Libraries are trusted with
 * nothing: several return wrong bytes for damaged input without an error, so lengths are checked
 * before and length and checksum after every call.
 */

/** Compresses with one library. */
export interface Compressor {
  /** Name of the library, for `codecs` and logs. */
  readonly library: string;
  /**
   * The stored bytes of a block; they may be longer than the block. `inPool` asks for a thread of
   * the libuv pool; a library without that form works at once.
   */
  compress(block: Uint8Array, level: number, inPool: boolean): Uint8Array | Promise<Uint8Array>;
}

/** Decompresses with one library. */
export interface Decompressor {
  /** Name of the library, for `codecs` and logs. */
  readonly library: string;
  /**
   * What the stored bytes of a checked frame decode to. For a damaged frame it throws anything or
   * returns any bytes. `inPool` as in {@link Compressor.compress}.
   */
  decompress(
    frame: Uint8Array,
    rawBytes: number,
    inPool: boolean,
  ): Uint8Array | Promise<Uint8Array>;
}
