/**
 * The codec role: turns a block into a self-describing frame and back. A frame carries its codec,
 * both lengths and a checksum; decoding verifies all of them.
 */
import type { AbortOptions } from './lifecycle.ts';

/** What the caller knows about where an encoded block goes; helps to choose. */
export interface EncodeHints {
  /** Rate of the link, bits per second. Absent: unknown. */
  readonly linkRateBps?: number;
  /**
   * True when the link waited for this block, false when blocks wait for the link. Absent: unknown.
   * A waiting link asks for less work per byte, a waiting block for fewer bytes.
   */
  readonly linkIdle?: boolean;
}

/** Options of {@link BlockCodec.encode}. */
export interface EncodeOptions extends AbortOptions {
  /** What is known of the link. @default nothing */
  readonly hints?: EncodeHints;
}

/** Options of {@link BlockCodec.decode}. */
export interface DecodeOptions extends AbortOptions {
  /** Refuses frames that decode to more, before memory is reserved. @default the codec's limit */
  readonly maxRawBytes?: number;
}

/** Encodes and decodes independent blocks. Stateless towards the peer: any order, any loss. */
export interface BlockCodec {
  /** Largest raw block that `encode` takes and `decode` returns. */
  readonly maxRawBytes: number;
  /**
   * The frame of a block as chunks to send one after the other. Chunks may share the memory of
   * `block`, so it must not change until they are sent. Returns without a promise when it can:
   * do not await a plain value on a hot path.
   */
  encode(block: Uint8Array, options?: EncodeOptions): EncodedBlock | Promise<EncodedBlock>;
  /**
   * The raw block of a frame. Its bytes may share the memory of `frame`. Throws or rejects with
   * `ERR_DWCP_MALFORMED`, `ERR_DWCP_CHECKSUM_MISMATCH`, `ERR_DWCP_LIMIT_EXCEEDED` or
   * `ERR_DWCP_UNSUPPORTED`; it never returns wrong bytes.
   */
  decode(frame: Uint8Array, options?: DecodeOptions): DecodedBlock | Promise<DecodedBlock>;
}

/** The result of {@link BlockCodec.encode}. */
export interface EncodedBlock {
  /** The frame, to be sent in this order. */
  readonly chunks: readonly Uint8Array[];
  /** Sum of the chunks' sizes. */
  readonly sizeBytes: number;
  /** Short name of the codec chosen: `none`, `lz4`, `zstd`. */
  readonly codec: string;
  /** XXH64 (seed 0) of the raw block. */
  readonly checksum: bigint;
}

/** The result of {@link BlockCodec.decode}. */
export interface DecodedBlock {
  /** The raw block. */
  readonly bytes: Uint8Array;
  /** XXH64 (seed 0) of the raw block, verified. */
  readonly checksum: bigint;
}
