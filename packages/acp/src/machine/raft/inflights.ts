/** The window of append messages that are on their way to one follower. */

/** A ring of (last index, payload bytes), one for each message, bounded in count and in bytes. */
export class Inflights {
  /** Messages on their way. */
  count = 0;
  #bytes = 0;
  #start = 0;
  #indexes: number[] = [];
  #sizes: number[] = [];
  readonly #maxCount: number;
  readonly #maxBytes: number;

  constructor(maxCount: number, maxBytes: number) {
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
  }

  /** True when no further message with entries may be sent. */
  get full(): boolean {
    return this.count >= this.#maxCount || this.#bytes >= this.#maxBytes;
  }

  /** Notes a message whose last entry is `index`. The last one may go beyond the limit of bytes. */
  add(index: number, bytes: number): void {
    if (this.count === this.#indexes.length) this.#grow();
    const at = (this.#start + this.count) % this.#indexes.length;
    this.#indexes[at] = index;
    this.#sizes[at] = bytes;
    this.count += 1;
    this.#bytes += bytes;
  }

  /** Forgets the messages that `index` confirms. */
  freeThrough(index: number): void {
    while (this.count > 0 && (this.#indexes[this.#start] ?? 0) <= index) {
      this.#bytes -= this.#sizes[this.#start] ?? 0;
      this.#start = (this.#start + 1) % this.#indexes.length;
      this.count -= 1;
    }
  }

  /** Forgets all. */
  reset(): void {
    this.count = 0;
    this.#bytes = 0;
    this.#start = 0;
  }

  /** Doubles the ring: most followers never need the whole window. */
  #grow(): void {
    const { length } = this.#indexes;
    const ordered = (ring: readonly number[]) => [
      ...ring.slice(this.#start),
      ...ring.slice(0, this.#start),
    ];
    const room = Array.from({ length: Math.max(4, length) }, () => 0);
    this.#indexes = [...ordered(this.#indexes), ...room];
    this.#sizes = [...ordered(this.#sizes), ...room];
    this.#start = 0;
  }
}
