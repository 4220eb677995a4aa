/** SHA-256 over the block records of a transfer. */
import { createHash, type Hash } from 'node:crypto';
import { digestRecordBytes, writeDigestRecord, type DigestSink } from '../machine/digest.ts';

/** Collects the records of one transfer. */
export class TransferDigest implements DigestSink {
  readonly #hash: Hash = createHash('sha256');
  readonly #record = new Uint8Array(digestRecordBytes);
  readonly #view = new DataView(this.#record.buffer);

  add(offset: number, rawBytes: number, checksum: bigint): void {
    writeDigestRecord(this.#view, offset, rawBytes, checksum);
    this.#hash.update(this.#record);
  }

  /** The digest; nothing can be added afterwards. */
  finish(): Uint8Array {
    return this.#hash.digest();
  }
}
