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
 * Only one size is kept, the largest that came: it serves every block of more than half of it, so
 * that at most twice what the transfer's window allows is held.
 */
export class BlockMemory {
  #free: Uint8Array[] = [];
  #capacityBytes = 0;

  /** Memory of exactly `payloadBytes`, which is at most the block's charge. */
  take(rawBytes: number, payloadBytes: number): Uint8Array {
    const chargeBytes = blockCharge(rawBytes);
    if (chargeBytes < smallBytes || chargeBytes * 2 <= this.#capacityBytes) {
      return allocate(payloadBytes);
    }
    if (chargeBytes > this.#capacityBytes) {
      this.#free = [];
      this.#capacityBytes = chargeBytes;
    }
    const whole = this.#free.pop() ?? allocate(this.#capacityBytes);
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
