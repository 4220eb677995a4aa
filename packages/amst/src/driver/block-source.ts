/** Pulls blocks out of a payload. */
import { DwcpError } from '@dwcp/core';
import { BlockCutter } from '../machine/blocks.ts';

/** A payload as blocks. */
export class BlockSource {
  readonly #iterator: AsyncIterator<Uint8Array> | undefined;
  readonly #cutter: BlockCutter;
  #blocks: Uint8Array[] = [];
  #at = 0;
  #ended = false;

  constructor(source: Uint8Array | AsyncIterable<Uint8Array>, blockBytes: number) {
    this.#cutter = new BlockCutter(blockBytes);
    if (source instanceof Uint8Array) {
      this.#blocks = this.#cutter.push(source);
    } else {
      this.#iterator = source[Symbol.asyncIterator]();
    }
  }

  /** The next block, or undefined at the end. Rejects with what the source throws. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#at === this.#blocks.length) {
      if (this.#ended) return undefined;
      this.#blocks = await this.#pull();
      this.#at = 0;
    }
    return this.#blocks[this.#at++];
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
      return this.#cutter.flush();
    }
    if (result.value instanceof Uint8Array) return this.#cutter.push(result.value);
    throw new DwcpError(
      'ERR_DWCP_INVALID_ARGUMENT',
      'the source yields something else than Uint8Array',
    );
  }
}
