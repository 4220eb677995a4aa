/** Which chunks of a source are still needed by blocks on their way. */

interface Loan {
  readonly chunk: Uint8Array;
  /** Blocks with bytes of the chunk that were not sent yet. */
  blocks: number;
  /** True when no further block will have bytes of the chunk. */
  isCut: boolean;
}

/**
 * Counts, for each chunk, the blocks that share its memory. A chunk is free when the cutter has
 * gone beyond it, which is at the next chunk (its tail may wait for that one), and all its blocks
 * were sent.
 */
export class Loans {
  readonly #onReleased: (chunk: Uint8Array) => void;
  readonly #loanOf = new Map<Uint8Array, Loan>();
  #current: Loan | undefined;

  constructor(onReleased: (chunk: Uint8Array) => void) {
    this.#onReleased = onReleased;
  }

  /** The source gave `chunk`, and these blocks are complete with it. */
  next(chunk: Uint8Array, blocks: readonly Uint8Array[]): void {
    const before = this.#current;
    const loan: Loan = { chunk, blocks: 0, isCut: false };
    this.#current = loan;
    for (const block of blocks) {
      if (isPart(block, chunk)) this.#count(block, loan);
      else if (before && isPart(block, before.chunk)) this.#count(block, before);
    }
    this.#cut(before);
  }

  /** The source is at its end, and these are the last blocks. */
  last(blocks: readonly Uint8Array[]): void {
    const loan = this.#current;
    for (const block of blocks) if (loan && isPart(block, loan.chunk)) this.#count(block, loan);
    this.#cut(loan);
  }

  /** What to call when a block was sent, or undefined when it has no bytes of a chunk. */
  borrow(block: Uint8Array): (() => void) | undefined {
    const loan = this.#loanOf.get(block);
    if (!loan) return undefined;
    this.#loanOf.delete(block);
    return () => {
      loan.blocks -= 1;
      this.#settle(loan);
    };
  }

  #count(block: Uint8Array, loan: Loan): void {
    loan.blocks += 1;
    this.#loanOf.set(block, loan);
  }

  #cut(loan: Loan | undefined): void {
    if (!loan) return;
    loan.isCut = true;
    this.#settle(loan);
  }

  #settle(loan: Loan): void {
    if (loan.isCut && loan.blocks === 0) this.#onReleased(loan.chunk);
  }
}

function isPart(block: Uint8Array, chunk: Uint8Array): boolean {
  const start = block.byteOffset - chunk.byteOffset;
  return (
    block.buffer === chunk.buffer && start >= 0 && start + block.byteLength <= chunk.byteLength
  );
}
