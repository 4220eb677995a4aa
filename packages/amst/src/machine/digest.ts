/**
 * The digest of a transfer: SHA-256 over one record per block in order, each the offset (64 bits),
 * the raw size (32 bits) and the XXH64 of the raw bytes (64 bits), big-endian.
 *
 * Hashing records instead of bytes costs 0.1 µs a block; the bytes themselves are covered by the
 * blocks' checksums. It finds lost, repeated, swapped and damaged blocks. It is not proof against
 * somebody who chooses the bytes: that is the transport's encryption.
 */

/** Size of the record of one block. */
export const digestRecordBytes = 20;

/** Writes the record of one block into `record`. */
export function writeDigestRecord(
  record: DataView,
  offset: number,
  rawBytes: number,
  checksum: bigint,
): void {
  record.setUint32(0, Math.floor(offset / 2 ** 32));
  record.setUint32(4, offset % 2 ** 32);
  record.setUint32(8, rawBytes);
  record.setBigUint64(12, checksum);
}

/** Takes the records of a transfer in order. */
export interface DigestSink {
  /** The next block. */
  add(offset: number, rawBytes: number, checksum: bigint): void;
}
