/** Reads that wait until a quorum has confirmed that their leader still leads (Raft thesis, §6.4). */
import type { Message } from './message.ts';
import { jointIndex } from './quorum.ts';
import type { Config } from './membership.ts';
import type { NodeId } from './types.ts';

/** A read with the commit index at the time it arrived. */
export interface PendingRead {
  /** The request. */
  readonly request: Message;
  /** What it may be served at. */
  readonly index: number;
}

/**
 * The reads of one term in the order of their arrival. A heartbeat carries how many had arrived when
 * it was sent; whoever answers confirms that many. Lives as long as the term of a leader.
 */
export class ReadQueue {
  #confirmed = 0;
  #waiting: PendingRead[] = [];
  readonly #acked = new Map<NodeId, number>();

  /** What a heartbeat must carry to confirm every waiting read; 0 when none waits. */
  get position(): number {
    return this.#waiting.length === 0 ? 0 : this.arrived;
  }

  /** How many have arrived in all. */
  get arrived(): number {
    return this.#confirmed + this.#waiting.length;
  }

  /** Adds a read and returns its position. */
  add(read: PendingRead): number {
    this.#waiting.push(read);
    return this.arrived;
  }

  /** A node confirmed all reads up to a position. */
  ack(id: NodeId, position: number): void {
    this.#acked.set(id, Math.max(position, this.#acked.get(id) ?? 0));
  }

  /** Takes out the reads that a quorum has confirmed. */
  release({ incoming, outgoing }: Config): readonly PendingRead[] {
    const agreed = jointIndex(incoming, outgoing, (id) => this.#acked.get(id));
    const count = Math.min(agreed, this.arrived) - this.#confirmed;
    if (count <= 0) return [];
    this.#confirmed += count;
    return this.#waiting.splice(0, count);
  }
}
