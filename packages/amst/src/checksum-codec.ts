/**
 * The default codec: raw bytes behind a checksum, nothing compressed.
 *
 * Frame: `DWX1` (4 bytes), raw size (4 bytes), XXH64 of the raw bytes with seed 0 (8 bytes), then
 * the raw bytes. Numbers are big-endian.
 */
import xxhash, { type XXHashAPI } from 'xxhash-wasm';
import { DwcpError, type BlockCodec, type DecodedBlock, type EncodedBlock } from '@dwcp/core';

const magic = 0x4457_5831;
const headBytes = 16;

/** Options of {@link checksumCodec}. */
export interface ChecksumCodecOptions {
  /** Largest block. @default 16777216 */
  readonly maxRawBytes?: number;
}

/** The hash is compiled once per process, at the first block. */
let loading: Promise<XXHashAPI> | undefined;
let loaded: XXHashAPI | undefined;

function load(): Promise<XXHashAPI> {
  loading ??= xxhash().then((api) => (loaded = api));
  return loading;
}

/**
 * A codec that only checks: the block's own memory is sent behind a 16-byte head with its XXH64,
 * and decoding returns a view of the frame.
 *
 * @example
 * ```ts
 * import { checksumCodec } from '@dwcp/amst';
 *
 * const codec = checksumCodec();
 * const { chunks } = await codec.encode(Uint8Array.of(1, 2, 3));
 * const { bytes } = await codec.decode(Buffer.concat(chunks));
 * bytes.length; // => 3
 * ```
 */
export function checksumCodec(options: ChecksumCodecOptions = {}): BlockCodec {
  const maxRawBytes = options.maxRawBytes ?? 16 * 1024 * 1024;
  return {
    maxRawBytes,
    encode: (block) =>
      loaded
        ? encode(loaded, block, maxRawBytes)
        : load().then((api) => encode(api, block, maxRawBytes)),
    decode: (frame, { maxRawBytes: bound = maxRawBytes } = {}) =>
      loaded ? decode(loaded, frame, bound) : load().then((api) => decode(api, frame, bound)),
  };
}

function encode(api: XXHashAPI, block: Uint8Array, maxRawBytes: number): EncodedBlock {
  if (block.byteLength > maxRawBytes) throw tooLarge(block.byteLength, maxRawBytes);
  const checksum = api.h64Raw(block);
  const head = new Uint8Array(headBytes);
  const view = new DataView(head.buffer);
  view.setUint32(0, magic);
  view.setUint32(4, block.byteLength);
  view.setBigUint64(8, checksum);
  return {
    chunks: [head, block],
    sizeBytes: headBytes + block.byteLength,
    codec: 'none',
    checksum,
  };
}

function decode(api: XXHashAPI, frame: Uint8Array, maxRawBytes: number): DecodedBlock {
  if (frame.byteLength < headBytes) {
    throw new DwcpError(
      'ERR_DWCP_MALFORMED',
      `a block frame of ${frame.byteLength} bytes is shorter than its head of ${headBytes}`,
    );
  }
  const view = new DataView(frame.buffer, frame.byteOffset, headBytes);
  const bytes = frame.subarray(headBytes);
  if (view.getUint32(0) !== magic || view.getUint32(4) !== bytes.byteLength) {
    throw new DwcpError(
      'ERR_DWCP_MALFORMED',
      'a block frame was not made by the checksum codec, or its size is wrong',
    );
  }
  if (bytes.byteLength > maxRawBytes) throw tooLarge(bytes.byteLength, maxRawBytes);
  const checksum = api.h64Raw(bytes);
  if (checksum === view.getBigUint64(8)) return { bytes, checksum };
  throw new DwcpError(
    'ERR_DWCP_CHECKSUM_MISMATCH',
    `a block of ${bytes.byteLength} bytes does not match its XXH64`,
  );
}

function tooLarge(sizeBytes: number, maxRawBytes: number): DwcpError {
  return new DwcpError(
    'ERR_DWCP_LIMIT_EXCEEDED',
    `a block of ${sizeBytes} bytes is above the limit maxRawBytes of ${maxRawBytes}`,
  );
}
