/** Bodies of the frames that open, steer and end a transfer. */
import { BinaryReader, BinaryWriter, DwcpError } from '@dwcp/core';

/** Size of a transfer's id and of its digest. */
export const transferIdBytes = 16;
/** Size of a SHA-256 digest. */
export const digestBytes = 32;

/** What a sender says before it sends anything. */
export interface Offer {
  /** 128-bit id. */
  readonly transferId: Uint8Array;
  /** Payload size if it is known. */
  readonly totalBytes: number | undefined;
  /** For the receiver's decision. */
  readonly meta: Uint8Array;
}

/** What a sender says after the last block. */
export interface TransferSummary {
  /** Payload size. */
  readonly totalBytes: number;
  /** Number of blocks. */
  readonly blocks: number;
  /** SHA-256 over the records of all blocks. */
  readonly digest: Uint8Array;
}

/** The body of OFFER. */
export function encodeOffer(offer: Offer): Uint8Array {
  const writer = new BinaryWriter(64 + offer.meta.byteLength).bytes(offer.transferId);
  writer.uint8(offer.totalBytes === undefined ? 0 : 1).uint53(offer.totalBytes ?? 0);
  return writer.prefixed(offer.meta, 0xffff_ffff).finish();
}

/** Largest body of OFFER with `maxMetaBytes`: id, flag, size and a varint of at most 5 bytes. */
export function maxOfferBytes(maxMetaBytes: number): number {
  return transferIdBytes + 1 + 8 + 5 + maxMetaBytes;
}

/** Reads OFFER; the parts are views of `body`. */
export function decodeOffer(body: Uint8Array, maxMetaBytes: number): Offer {
  const reader = new BinaryReader(body);
  const transferId = reader.bytes(transferIdBytes);
  const known = reader.uint8();
  const size = reader.uint53();
  const meta = reader.prefixed(maxMetaBytes);
  reader.end();
  if (known > 1) throw new DwcpError('ERR_DWCP_MALFORMED', `an offer has flag ${known}`);
  return { transferId, totalBytes: known === 1 ? size : undefined, meta };
}

/** The body of CREDIT: what the sender may have used in all since the transfer began. */
export function encodeCredit(limitBytes: number): Uint8Array {
  return new BinaryWriter(8).uint53(limitBytes).finish();
}

/** Reads CREDIT. */
export function decodeCredit(body: Uint8Array): number {
  const reader = new BinaryReader(body);
  const limitBytes = reader.uint53();
  reader.end();
  return limitBytes;
}

/** The body of END. */
export function encodeSummary(summary: TransferSummary): Uint8Array {
  return new BinaryWriter(48)
    .uint53(summary.totalBytes)
    .uint32(summary.blocks)
    .bytes(summary.digest)
    .finish();
}

/** Reads END; the digest is a view of `body`. */
export function decodeSummary(body: Uint8Array): TransferSummary {
  const reader = new BinaryReader(body);
  const totalBytes = reader.uint53();
  const blocks = reader.uint32();
  const digest = reader.bytes(digestBytes);
  reader.end();
  return { totalBytes, blocks, digest };
}
