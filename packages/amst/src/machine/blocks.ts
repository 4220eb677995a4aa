/** Cuts a payload into blocks. */

/** Chunks of at least this size become blocks as they are: copying them costs more than it saves. */
export const directBlockBytes: number = 64 * 1024;

/**
 * Turns the chunks of a source into blocks of at most `blockBytes`. Chunks of 64 KiB and more are
 * used without a copy, cut if they are too large; smaller ones are gathered until a block is full
 * or the source ends.
 */
export class BlockCutter {
  readonly #blockBytes: number;
  readonly #directBytes: number;
  #gathered: Uint8Array = new Uint8Array(0);
  #gatheredBytes = 0;
  #owned = false;

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
    this.#directBytes = Math.min(directBlockBytes, blockBytes);
  }

  /** The blocks that are complete with this chunk. They may share its memory. */
  push(chunk: Uint8Array): Uint8Array[] {
    const blocks: Uint8Array[] = [];
    const direct = chunk.byteLength >= this.#directBytes;
    if (direct || this.#gatheredBytes + chunk.byteLength > this.#blockBytes)
      this.#flushInto(blocks);
    if (!direct) {
      this.#gather(chunk);
      return blocks;
    }
    for (let at = 0; at < chunk.byteLength; at += this.#blockBytes) {
      const rest = chunk.subarray(at, at + this.#blockBytes);
      // A short tail joins what follows instead of travelling as a tiny block.
      if (rest.byteLength < this.#directBytes) this.#gather(rest);
      else blocks.push(rest);
    }
    return blocks;
  }

  /** The last block, if anything is left. */
  flush(): Uint8Array[] {
    const blocks: Uint8Array[] = [];
    this.#flushInto(blocks);
    return blocks;
  }

  /** The first small chunk is only remembered; the second one makes a buffer of our own. */
  #gather(chunk: Uint8Array): void {
    if (this.#gatheredBytes === 0) {
      this.#gathered = chunk;
    } else if (chunk.byteLength > 0) {
      this.#reserve(this.#gatheredBytes + chunk.byteLength);
      this.#gathered.set(chunk, this.#gatheredBytes);
      this.#owned = true;
    }
    this.#gatheredBytes += chunk.byteLength;
  }

  #reserve(neededBytes: number): void {
    if (this.#owned && neededBytes <= this.#gathered.byteLength) return;
    const grown = new Uint8Array(Math.min(this.#blockBytes, neededBytes * 2));
    grown.set(this.#gathered.subarray(0, this.#gatheredBytes));
    this.#gathered = grown;
  }

  #flushInto(blocks: Uint8Array[]): void {
    if (this.#gatheredBytes === 0) return;
    blocks.push(this.#gathered.subarray(0, this.#gatheredBytes));
    this.#gatheredBytes = 0;
    this.#owned = false;
  }
}
