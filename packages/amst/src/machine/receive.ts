/** The receiving side of one transfer: admission, order, window and completeness. */
import { DwcpError } from '@dwcp/core';
import type { DigestSink } from './digest.ts';
import type { TransferSummary } from './transfer-frames.ts';
import { blockCharge, blockOverheadBytes, type WindowPool } from './window.ts';

/** A decoded block. */
export interface PlacedBlock {
  /** The raw bytes. */
  readonly bytes: Uint8Array;
  /** Their XXH64. */
  readonly checksum: bigint;
  /** The payload whose memory `bytes` shares, if it does. */
  readonly frame?: Uint8Array | undefined;
}

type Slot = 'coming' | PlacedBlock;

/**
 * Takes blocks in any order and gives them out in order. Whatever the peer does, it holds at most
 * the credit it granted: a block beyond it, repeated or after the end is `ERR_DWCP_MALFORMED`.
 */
export class ReceiveMachine {
  readonly #pool: WindowPool;
  readonly #digest: DigestSink;
  readonly #totalBytes: number | undefined;
  readonly #slots = new Map<number, Slot>();
  readonly #streams = new Set<number>();
  #grantedBytes = 0;
  #admittedBytes = 0;
  #admittedBlocks = 0;
  #releasedBytes = 0;
  #next = 0;
  #takenBytes = 0;
  #wireBytes = 0;
  #summary: TransferSummary | undefined;

  constructor(pool: WindowPool, digest: DigestSink, totalBytes: number | undefined) {
    this.#pool = pool;
    this.#digest = digest;
    this.#totalBytes = totalBytes;
    pool.join();
  }

  /** Payload bytes given out. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** Bytes of all admitted block frames, headers included. */
  get wireBytes(): number {
    return this.#wireBytes;
  }

  /** Streams that carried a block. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Credit granted and not yet given back: the bound of what the transfer holds in memory. */
  get heldBytes(): number {
    return this.#grantedBytes - this.#releasedBytes;
  }

  /** The sender's summary, once END arrived. */
  get summary(): TransferSummary | undefined {
    return this.#summary;
  }

  /** True when END arrived and every block was given out. */
  get complete(): boolean {
    return this.#summary !== undefined && this.#next === this.#summary.blocks;
  }

  /**
   * The new credit limit when one is worth a frame, else undefined: when a quarter of the share is
   * free, or when all that came was consumed and the sender may be waiting for the rest.
   */
  creditDue(): number | undefined {
    if (this.#summary !== undefined) return undefined;
    const available = this.#pool.available(this.heldBytes);
    const starved = this.#releasedBytes === this.#admittedBytes;
    if (available === 0 || (!starved && available < this.#pool.shareBytes / 4)) return undefined;
    this.#pool.take(available);
    this.#grantedBytes += available;
    return this.#grantedBytes;
  }

  /** Checks a block by its header, before memory is reserved for it. */
  admit(sequence: number, rawBytes: number, payloadBytes: number): void {
    const chargedBytes = this.#admittedBytes + blockCharge(rawBytes);
    if (chargedBytes > this.#grantedBytes) {
      throw malformed(`block ${sequence} of ${rawBytes} bytes is beyond the granted credit`);
    }
    if (payloadBytes > blockCharge(rawBytes)) {
      throw malformed(`block ${sequence} has ${payloadBytes} bytes for ${rawBytes} decoded ones`);
    }
    // Blocks take credit in order, so a far sequence proves that credit was exceeded.
    const tooFar = (sequence + 1) * blockOverheadBytes > this.#grantedBytes;
    if (tooFar || sequence >= (this.#summary?.blocks ?? Infinity)) {
      throw malformed(`block ${sequence} cannot exist yet or any more`);
    }
    if (sequence < this.#next || this.#slots.has(sequence)) {
      throw malformed(`block ${sequence} came twice`);
    }
    this.#slots.set(sequence, 'coming');
    this.#admittedBytes = chargedBytes;
    this.#admittedBlocks += 1;
  }

  /** The payload of an admitted block is complete. */
  arrived(stream: number, wireBytes: number): void {
    this.#streams.add(stream);
    this.#wireBytes += wireBytes;
  }

  /** An admitted block was decoded. */
  place(sequence: number, block: PlacedBlock): void {
    this.#slots.set(sequence, block);
  }

  /** The next block in order, or undefined until it is there. */
  take(): PlacedBlock | undefined {
    const slot = this.#slots.get(this.#next);
    if (slot === undefined || slot === 'coming') return undefined;
    this.#slots.delete(this.#next);
    this.#next += 1;
    this.#digest.add(this.#takenBytes, slot.bytes.byteLength, slot.checksum);
    this.#takenBytes += slot.bytes.byteLength;
    return slot;
  }

  /** The consumer is through with a block of `rawBytes` that `take` returned. */
  release(rawBytes: number): void {
    this.#releasedBytes += blockCharge(rawBytes);
    this.#pool.release(blockCharge(rawBytes));
  }

  /** END arrived. */
  end(summary: TransferSummary): void {
    const offered = this.#totalBytes ?? summary.totalBytes;
    if (this.#summary !== undefined || summary.totalBytes !== offered) {
      throw malformed(`a transfer ended twice or with ${summary.totalBytes} bytes of ${offered}`);
    }
    if (summary.blocks < this.#admittedBlocks || summary.blocks < this.#highestSlot()) {
      throw malformed(`a transfer ended with ${summary.blocks} blocks, more had come`);
    }
    this.#summary = summary;
  }

  /** Undefined when what was given out is what the sender sent, else what differs. */
  mismatch(digest: Uint8Array): DwcpError | undefined {
    const summary = this.#summary;
    const same =
      summary?.totalBytes === this.#takenBytes &&
      summary.digest.every((byte, index) => byte === digest[index]);
    if (same) return undefined;
    return new DwcpError(
      'ERR_DWCP_CHECKSUM_MISMATCH',
      `the ${this.#takenBytes} bytes received differ from the ${summary?.totalBytes} bytes sent`,
    );
  }

  /** The transfer is over: gives its part of the window back. */
  close(): void {
    this.#pool.leave(this.heldBytes);
    this.#slots.clear();
  }

  #highestSlot(): number {
    let highest = this.#next;
    for (const sequence of this.#slots.keys()) highest = Math.max(highest, sequence + 1);
    return highest;
  }
}

function malformed(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', message);
}
