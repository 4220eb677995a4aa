/**
 * Decides which block goes out next and on which stream.
 *
 * A stream takes one block, is busy until its queue has drained and then waits in line for the
 * next one. So the stream that waited longest, which is the least loaded one, is served first, a
 * fast stream carries more than a slow one, and no stream's delay holds up another.
 * Transfers take turns block by block.
 */
export class Scheduler<Transfer> {
  readonly #idle = new Set<number>();
  readonly #waiting = new Map<Transfer, number>();

  /** True when a stream waits and no block does: the next block leaves at once. */
  get linkIdle(): boolean {
    return this.#idle.size > 0 && this.#waiting.size === 0;
  }

  /** A stream can take a block. */
  ready(stream: number): void {
    this.#idle.add(stream);
  }

  /** A stream cannot take a block any more, although it was ready. */
  busy(stream: number): void {
    this.#idle.delete(stream);
  }

  /** One more block of `transfer` waits. */
  enqueue(transfer: Transfer): void {
    this.#waiting.set(transfer, (this.#waiting.get(transfer) ?? 0) + 1);
  }

  /** Forgets the waiting blocks of `transfer`. */
  remove(transfer: Transfer): void {
    this.#waiting.delete(transfer);
  }

  /** The next pair, which is taken: the stream counts as busy and the block as sent. */
  next(): { readonly stream: number; readonly transfer: Transfer } | undefined {
    const stream = this.#nextStream();
    const [turn] = this.#waiting;
    if (stream === undefined || turn === undefined) return undefined;
    const [transfer, blocks] = turn;
    this.#idle.delete(stream);
    this.#waiting.delete(transfer);
    if (blocks > 1) this.#waiting.set(transfer, blocks - 1);
    return { stream, transfer };
  }

  /** Stream 0 also carries messages, so it takes a block only when no other stream can. */
  #nextStream(): number | undefined {
    for (const stream of this.#idle) if (stream !== 0) return stream;
    return this.#idle.has(0) ? 0 : undefined;
  }
}
