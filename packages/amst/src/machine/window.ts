/** Receive memory of a session and how transfers share it. */

/**
 * What a block costs beside its bytes, on both sides of the credit account: it bounds the number
 * of tiny blocks that fit into a window, and how far an encoded block may exceed its raw size.
 */
export const blockOverheadBytes = 1024;

/** What a block of `rawBytes` takes from the sender's credit. */
export function blockCharge(rawBytes: number): number {
  return rawBytes + blockOverheadBytes;
}

/**
 * Splits a session's receive window evenly among its open transfers. Credit once granted cannot
 * be taken back, so a transfer that had the window alone shrinks as its blocks are consumed.
 * Each transfer may hold `reserveBytes` even when the window is used up, so that a transfer nobody
 * reads never stops the others. Bound of the sum: `windowBytes` + transfers × `reserveBytes`.
 */
export class WindowPool {
  readonly #windowBytes: number;
  readonly #reserveBytes: number;
  #freeBytes: number;
  #transfers = 0;

  constructor(windowBytes: number, reserveBytes: number) {
    this.#windowBytes = windowBytes;
    this.#reserveBytes = reserveBytes;
    this.#freeBytes = windowBytes;
  }

  /** Bytes granted to all open transfers and not given back. */
  get heldBytes(): number {
    return this.#windowBytes - this.#freeBytes;
  }

  /** A transfer opens. */
  join(): void {
    this.#transfers += 1;
  }

  /** A transfer ends that still holds `heldBytes`. */
  leave(heldBytes: number): void {
    this.#transfers -= 1;
    this.#freeBytes += heldBytes;
  }

  /** What one transfer may hold now. */
  get shareBytes(): number {
    const even = Math.floor(this.#windowBytes / Math.max(1, this.#transfers));
    return Math.max(this.#reserveBytes, even);
  }

  /** Credit that a transfer holding `heldBytes` can get now. Takes nothing yet. */
  available(heldBytes: number): number {
    const wanted = this.shareBytes - heldBytes;
    return Math.max(0, Math.min(wanted, this.#freeBytes), this.#reserveBytes - heldBytes);
  }

  /** Takes `sizeBytes` out of the pool, at most what `available` said. */
  take(sizeBytes: number): void {
    this.#freeBytes -= sizeBytes;
  }

  /** Gives back what a consumed block held. */
  release(sizeBytes: number): void {
    this.#freeBytes += sizeBytes;
  }
}
