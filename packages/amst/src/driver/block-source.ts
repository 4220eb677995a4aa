/** Pulls blocks out of a payload. */
import { DwcpError } from '@dwcp/core';
import { BlockCutter } from '../machine/blocks.ts';
import { Loans } from './loans.ts';

/** A block of a payload. */
export interface SourceBlock {
  /** Its bytes; they may be those of a chunk of the source. */
  readonly bytes: Uint8Array;
  /** To be called when these bytes are not needed any more, if anybody wants to know. */
  readonly onSent: (() => void) | undefined;
}

/** A payload as blocks. */
export class BlockSource {
  readonly #iterator: AsyncIterator<Uint8Array> | undefined;
  readonly #cutter: BlockCutter;
  readonly #loans: Loans | undefined;
  #blocks: Uint8Array[] = [];
  #at = 0;
  #ended = false;

  /** `onReleased` gets each chunk of an iterable source when all of it was sent. */
  constructor(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    blockBytes: number,
    onReleased?: (chunk: Uint8Array) => void,
  ) {
    this.#cutter = new BlockCutter(blockBytes);
    if (source instanceof Uint8Array) {
      this.#blocks = this.#cutter.push(source);
    } else {
      this.#iterator = source[Symbol.asyncIterator]();
      this.#loans = onReleased && new Loans(onReleased);
    }
  }

  /** The next block, or undefined at the end. Rejects with what the source throws. */
  async next(): Promise<SourceBlock | undefined> {
    while (this.#at === this.#blocks.length) {
      if (this.#ended) return undefined;
      this.#blocks = await this.#pull();
      this.#at = 0;
    }
    const bytes = this.#blocks[this.#at++];
    return bytes && { bytes, onSent: this.#loans?.borrow(bytes) };
  }

  /** Tells the source that nothing more is wanted, without waiting for it. */
  cancel(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#iterator?.return?.().catch(() => undefined);
  }

  async #pull(): Promise<Uint8Array[]> {
    const result = await this.#iterator?.next();
    if (result === undefined || result.done === true) {
      this.#ended = true;
      const rest = this.#cutter.flush();
      this.#loans?.last(rest);
      return rest;
    }
    const chunk = result.value;
    if (!(chunk instanceof Uint8Array)) {
      throw new DwcpError(
        'ERR_DWCP_INVALID_ARGUMENT',
        'the source yields something else than Uint8Array',
      );
    }
    if (chunk.byteLength === 0) return [];
    const blocks = this.#cutter.push(chunk);
    this.#loans?.next(chunk, blocks);
    return blocks;
  }
}
