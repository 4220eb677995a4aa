/**
 * The frame header: 20 bytes before every payload once the handshake is over.
 *
 * | offset | size | field |
 * | --- | --- | --- |
 * | 0 | 1 | type, one of {@link frameType} |
 * | 1 | 1 | flags, 0 in this version |
 * | 2 | 2 | header check |
 * | 4 | 4 | id: request or transfer |
 * | 8 | 4 | sequence of a block in its transfer |
 * | 12 | 4 | decoded size of a block |
 * | 16 | 4 | payload size |
 *
 * The header check is the Internet checksum (RFC 1071) of the other 18 bytes. It finds a stream
 * that lost its frame boundaries before a wrong length is believed; it does not replace the
 * checksum of a block.
 */
import { DwcpError } from '@dwcp/core';

/** Size of a frame header. */
export const frameHeaderBytes = 20;

/** Frame types on the wire. */
export const frameType = {
  message: 1,
  request: 2,
  response: 3,
  failure: 4,
  offer: 16,
  credit: 17,
  block: 18,
  end: 19,
  done: 20,
  abort: 21,
  stop: 22,
  ping: 32,
  goodbye: 33,
} as const;

/** The fields of a frame header. Numbers are unsigned 32-bit except `type`, which is a byte. */
export interface FrameHeader {
  /** One of {@link frameType}, or a number this version does not know. */
  type: number;
  /** Request or transfer that the frame belongs to, else 0. */
  id: number;
  /** Position of a block in its transfer, else 0. */
  sequence: number;
  /** Size of a block after decoding, else 0. */
  rawBytes: number;
  /** Size of the payload that follows. */
  sizeBytes: number;
}

/** Writes a header at `offset`. */
export function writeFrameHeader(view: DataView, offset: number, header: FrameHeader): void {
  view.setUint16(offset, header.type << 8);
  view.setUint16(offset + 2, checkOf(header, 0));
  view.setUint32(offset + 4, header.id);
  view.setUint32(offset + 8, header.sequence);
  view.setUint32(offset + 12, header.rawBytes);
  view.setUint32(offset + 16, header.sizeBytes);
}

/** Reads the header at the start of `view` into `header`; a wrong check throws `ERR_DWCP_MALFORMED`. */
export function readFrameHeader(view: DataView, header: FrameHeader): void {
  const flags = view.getUint8(1);
  header.type = view.getUint8(0);
  header.id = view.getUint32(4);
  header.sequence = view.getUint32(8);
  header.rawBytes = view.getUint32(12);
  header.sizeBytes = view.getUint32(16);
  if (view.getUint16(2) !== checkOf(header, flags)) {
    throw new DwcpError('ERR_DWCP_MALFORMED', 'a frame header does not match its check');
  }
  if (flags !== 0) {
    throw new DwcpError('ERR_DWCP_MALFORMED', `a frame of type ${header.type} has flags ${flags}`);
  }
}

/** One frame in one piece: a header and a copy of `body`. */
export function frame(type: number, id: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(frameHeaderBytes + body.byteLength);
  const sizeBytes = body.byteLength;
  writeFrameHeader(new DataView(bytes.buffer), 0, {
    type,
    id,
    sequence: 0,
    rawBytes: 0,
    sizeBytes,
  });
  bytes.set(body, frameHeaderBytes);
  return bytes;
}

function checkOf(header: FrameHeader, flags: number): number {
  const sum =
    ((header.type << 8) | flags) +
    halves(header.id) +
    halves(header.sequence) +
    halves(header.rawBytes) +
    halves(header.sizeBytes);
  const folded = (sum & 0xffff) + (sum >>> 16);
  return ~((folded & 0xffff) + (folded >>> 16)) & 0xffff;
}

function halves(word: number): number {
  return (word >>> 16) + (word & 0xffff);
}
