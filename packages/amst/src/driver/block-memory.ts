/** Memory for the blocks of one transfer. */
import { blockCharge } from '../machine/window.ts';
import { allocate } from './allocate.ts';

/** Smaller blocks are not worth the keeping. */
const smallBytes = 64 * 1024;

/**
 * Allocates blocks and takes those back that nobody uses any more. Fresh memory of this size costs
 * a system call, a page fault per 4 KiB and a share of garbage collections: together a third of a
 * receiver's CPU.
 *
 * All blocks but the last tend to have the same raw size, so only one size is kept. What it holds
 * was held by blocks before, so the transfer's window bounds it.
 */
export class BlockMemory {
  #free: Uint8Array[] = [];
  #capacityBytes = 0;

  /** Memory of exactly `payloadBytes`, which is at most the block's charge. */
  take(rawBytes: number, payloadBytes: number): Uint8Array {
    const capacityBytes = blockCharge(rawBytes);
    if (capacityBytes < smallBytes) return allocate(payloadBytes);
    if (capacityBytes !== this.#capacityBytes) {
      this.#free = [];
      this.#capacityBytes = capacityBytes;
    }
    const whole = this.#free.pop() ?? allocate(capacityBytes);
    return whole.subarray(0, payloadBytes);
  }

  /** Takes back what `take` returned. */
  give(payload: Uint8Array): void {
    if (payload.buffer.byteLength !== this.#capacityBytes) return;
    this.#free.push(new Uint8Array(payload.buffer));
  }

  /** Lets everything go. */
  clear(): void {
    this.#free = [];
    this.#capacityBytes = 0;
  }
}
