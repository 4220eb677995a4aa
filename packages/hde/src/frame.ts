/**
 * The frame around every block: 24 bytes that say what follows and let the receiver refuse it
 * before a byte of memory is reserved. `docs/wire-format/hde.md` draws it.
 *
 * Numbers are little-endian, as inside LZ4 and zstd. The raw length stands last so that it
 * doubles as the size prefix that LZ4 libraries expect in front of a block: a received frame is
 * decoded where it lies.
 */
import { DwcpError } from '@dwcp/core';
import type { Hasher } from './checksum.ts';

/** Size of the header in front of the stored bytes. */
export const frameHeaderBytes = 24;

/** Codecs; the position of each is its id in the frame. */
export const codecNames = ['none', 'lz4', 'zstd'] as const;

/** Short name of a codec. */
export type CodecName = (typeof codecNames)[number];

/** What a header says about its block. */
export interface FrameHeader {
  /** Codec of the stored bytes. */
  readonly codec: CodecName;
  /** Size of the block before encoding. */
  readonly rawBytes: number;
  /** Size of what follows the header. */
  readonly storedBytes: number;
  /** XXH64 (seed 0) of the block before encoding. */
  readonly checksum: bigint;
}

/** Above 0x7f, so that no ASCII text and no UTF-8 sequence start looks like a frame by chance. */
const magic = 0xd7;
const version = 1;
const sizePrefixBytes = 4;
const checkedBytes = 16;

/** The header as bytes to send in front of the stored ones. */
export function writeFrameHeader(header: FrameHeader, hasher: Hasher): Uint8Array {
  const bytes = new Uint8Array(frameHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, magic);
  view.setUint8(1, version);
  view.setUint8(2, codecNames.indexOf(header.codec));
  view.setBigUint64(4, header.checksum, true);
  view.setUint32(12, header.storedBytes, true);
  view.setUint32(16, hasher.xxh32(bytes.subarray(0, checkedBytes), header.rawBytes), true);
  view.setUint32(20, header.rawBytes, true);
  return bytes;
}

/**
 * Reads and checks a header against the bytes that are really there. What passes may be
 * allocated: at most `maxRawBytes`, and no more than the codec can make of the stored bytes.
 */
export function readFrameHeader(
  frame: Uint8Array,
  maxRawBytes: number,
  hasher: Hasher,
): FrameHeader {
  if (frame.byteLength < frameHeaderBytes) {
    throw malformed(`${frame.byteLength} bytes are shorter than the header (${frameHeaderBytes})`);
  }
  const view = new DataView(frame.buffer, frame.byteOffset, frameHeaderBytes);
  if (view.getUint8(0) !== magic) throw malformed(`the first byte is ${hex(view.getUint8(0))}`);
  if (view.getUint8(1) !== version) {
    throw unsupported(`version ${view.getUint8(1)} (this build reads version ${version})`);
  }
  const rawBytes = view.getUint32(20, true);
  if (hasher.xxh32(frame.subarray(0, checkedBytes), rawBytes) !== view.getUint32(16, true)) {
    throw malformed('the header check does not hold');
  }
  if (view.getUint8(3) !== 0) throw unsupported(`flags ${hex(view.getUint8(3))}`);
  const codec = codecNames[view.getUint8(2)];
  if (codec === undefined) throw unsupported(`codec ${view.getUint8(2)}`);
  const storedBytes = view.getUint32(12, true);
  checkLengths(codec, rawBytes, storedBytes, frame.byteLength - frameHeaderBytes, maxRawBytes);
  return { codec, rawBytes, storedBytes, checksum: view.getBigUint64(4, true) };
}

/** The stored bytes of a checked frame. */
export function storedPart(frame: Uint8Array): Uint8Array {
  return frame.subarray(frameHeaderBytes);
}

/** The stored bytes of a checked frame behind their raw length as a 32-bit little-endian number. */
export function sizedStoredPart(frame: Uint8Array): Uint8Array {
  return frame.subarray(frameHeaderBytes - sizePrefixBytes);
}

function checkLengths(
  codec: CodecName,
  rawBytes: number,
  storedBytes: number,
  presentBytes: number,
  maxRawBytes: number,
): void {
  if (rawBytes > maxRawBytes) {
    throw new DwcpError(
      'ERR_DWCP_LIMIT_EXCEEDED',
      `a frame declares ${rawBytes} raw bytes, above maxRawBytes (${maxRawBytes})`,
    );
  }
  if (storedBytes !== presentBytes) {
    throw malformed(`${storedBytes} stored bytes declared, ${presentBytes} present`);
  }
  if (codec === 'none' ? storedBytes === rawBytes : storedBytes < rawBytes) {
    if (rawBytes <= mostRawBytes(codec, storedBytes)) return;
  }
  throw malformed(`${storedBytes} stored bytes cannot be ${rawBytes} raw bytes in ${codec}`);
}

/**
 * The most that stored bytes can decode to. LZ4: a length byte adds at most 255 (LZ4 block format,
 * "Literals" and "Matchlength"). zstd: a block takes at least 4 bytes, a 3-byte header and one to
 * repeat, and makes at most 128 KiB (RFC 8878, sections 3.1.1.2.2 and 3.1.1.2.4).
 */
function mostRawBytes(codec: CodecName, storedBytes: number): number {
  if (codec === 'none') return storedBytes;
  return codec === 'lz4' ? storedBytes * 255 : Math.floor(storedBytes / 4) * 131_072;
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}

function malformed(reason: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', `not an HDE frame: ${reason}`);
}

function unsupported(what: string): DwcpError {
  return new DwcpError('ERR_DWCP_UNSUPPORTED', `an HDE frame has ${what}`);
}
