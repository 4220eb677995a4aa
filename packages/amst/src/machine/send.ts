/** The sending side of one transfer: credit, order, counters and phases. */
import { DwcpError } from '@dwcp/core';
import type { DigestSink } from './digest.ts';
import { blockCharge } from './window.ts';

/** Sequences have 32 bits on the wire; blocks of 256 KiB make 1 PiB of them. */
const maxBlocks = 0xffff_ffff;

interface Encoded {
  readonly rawBytes: number;
  readonly checksum: bigint;
}

/** Where a sending transfer stands. */
export type SendPhase = 'offered' | 'open' | 'ended' | 'done';

/** Credit is taken in the order of the blocks, so that the block the receiver waits for always has some. */
export class SendMachine {
  readonly #digest: DigestSink;
  readonly #totalBytes: number | undefined;
  readonly #maxInFlight: number;
  readonly #encoded = new Map<number, Encoded>();
  readonly #streams = new Set<number>();
  #phase: SendPhase = 'offered';
  #creditBytes = 0;
  #chargedBytes = 0;
  #readBytes = 0;
  #blocks = 0;
  #sentBlocks = 0;
  #digested = 0;
  #digestedBytes = 0;
  #sentBytes = 0;
  #wireBytes = 0;

  /**
   * @param maxInFlight blocks that may be between `reserve` and `sent` at the same time
   */
  constructor(digest: DigestSink, totalBytes: number | undefined, maxInFlight: number) {
    this.#digest = digest;
    this.#totalBytes = totalBytes;
    this.#maxInFlight = maxInFlight;
  }

  /** Where the transfer stands. */
  get phase(): SendPhase {
    return this.#phase;
  }

  /** Payload bytes of the blocks handed to a stream. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** The same with frame headers and as encoded. */
  get wireBytes(): number {
    return this.#wireBytes;
  }

  /** Streams that carried a block. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Blocks so far and the payload size so far. */
  get totals(): { readonly blocks: number; readonly totalBytes: number } {
    return { blocks: this.#blocks, totalBytes: this.#readBytes };
  }

  /** The receiver lets the sender use `limitBytes` of credit in all. The first call accepts. */
  credit(limitBytes: number): void {
    if (limitBytes < this.#creditBytes || this.#phase === 'done') {
      throw new DwcpError(
        'ERR_DWCP_MALFORMED',
        `credit fell from ${this.#creditBytes} to ${limitBytes} bytes`,
      );
    }
    this.#creditBytes = limitBytes;
    if (this.#phase === 'offered') this.#phase = 'open';
  }

  /** True when a block of `rawBytes` may be reserved now. */
  hasRoom(rawBytes: number): boolean {
    const inFlight = this.#blocks - this.#sentBlocks;
    return (
      inFlight < this.#maxInFlight &&
      this.#chargedBytes + blockCharge(rawBytes) <= this.#creditBytes
    );
  }

  /** Takes credit for the next block and returns its sequence. `hasRoom` must hold. */
  reserve(rawBytes: number): number {
    if (this.#blocks === maxBlocks) {
      throw new DwcpError('ERR_DWCP_LIMIT_EXCEEDED', `a transfer has at most ${maxBlocks} blocks`);
    }
    this.#readBytes += rawBytes;
    this.#checkTotal(this.#readBytes <= (this.#totalBytes ?? this.#readBytes));
    this.#chargedBytes += blockCharge(rawBytes);
    this.#blocks += 1;
    return this.#blocks - 1;
  }

  /** A block was encoded; blocks may come in any order. */
  encoded(sequence: number, rawBytes: number, checksum: bigint): void {
    this.#encoded.set(sequence, { rawBytes, checksum });
    for (;;) {
      const next = this.#encoded.get(this.#digested);
      if (next === undefined) return;
      this.#encoded.delete(this.#digested);
      this.#digest.add(this.#digestedBytes, next.rawBytes, next.checksum);
      this.#digestedBytes += next.rawBytes;
      this.#digested += 1;
    }
  }

  /** A block was handed to a stream. */
  sent(stream: number, rawBytes: number, wireBytes: number): void {
    this.#streams.add(stream);
    this.#sentBlocks += 1;
    this.#sentBytes += rawBytes;
    this.#wireBytes += wireBytes;
  }

  /** True when every block that was reserved is on its way. */
  get drained(): boolean {
    return this.#sentBlocks === this.#blocks;
  }

  /** The source ended and the last block is on its way. */
  end(): void {
    this.#checkTotal(this.#readBytes === (this.#totalBytes ?? this.#readBytes));
    this.#phase = 'ended';
  }

  /** The receiver consumed and verified everything. */
  done(): void {
    if (this.#phase !== 'ended') {
      throw new DwcpError('ERR_DWCP_MALFORMED', `a transfer is done while it is ${this.#phase}`);
    }
    this.#phase = 'done';
  }

  #checkTotal(holds: boolean): void {
    if (holds) return;
    throw new DwcpError(
      'ERR_DWCP_INVALID_ARGUMENT',
      `the source has ${this.#readBytes} bytes so far or in all, totalBytes said ${this.#totalBytes}`,
    );
  }
}
