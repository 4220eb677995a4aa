/** What a leader knows of one follower, and how it sends to it. */
import type { Inflights } from './inflights.ts';
import type { NodeId } from './types.ts';

/**
 * How a leader sends to a follower: one message a heartbeat until it knows where the logs agree;
 * a stream without waiting for answers; nothing while a snapshot is on its way.
 */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** A follower's progress. Invariant: `match` < `next`. */
export class Progress {
  /** The follower. */
  readonly id: NodeId;
  /** Its log is known to agree with the leader's up to here. */
  match = 0;
  /** The next entry to send. In `replicate` all before it are on their way. */
  next: number;
  /** How the leader sends. */
  state: ProgressState = 'probe';
  /** `snapshot`: the index of the snapshot on its way. */
  pendingSnapshot = 0;
  /** Whether it was heard of since the last check of the quorum. */
  recentActive = false;
  /** Stops sending until the next heartbeat is answered. */
  paused = false;
  /** Whether it has no vote. */
  isLearner: boolean;
  /** The messages on their way in `replicate`. */
  readonly inflights: Inflights;
  /** The commit index that the follower was last sent. */
  #sentCommit = 0;

  constructor(id: NodeId, next: number, isLearner: boolean, inflights: Inflights) {
    this.id = id;
    this.next = next;
    this.isLearner = isLearner;
    this.inflights = inflights;
  }

  /** The same follower in the eyes of a leader that knows nothing yet. */
  restart(match: number, next: number): void {
    this.#enter('probe');
    this.match = match;
    this.next = next;
    this.recentActive = false;
    this.#sentCommit = 0;
  }

  /** Whether nothing may be sent, as `progress.ts` of a status shows it. */
  get isPaused(): boolean {
    return this.state === 'snapshot' || this.paused;
  }

  /** Sends one at a time. After a snapshot it starts behind it. */
  becomeProbe(): void {
    const after = this.state === 'snapshot' ? this.pendingSnapshot + 1 : 0;
    this.#enter('probe');
    this.next = Math.max(this.match + 1, after);
    this.#sentCommit = Math.min(this.#sentCommit, this.next - 1);
  }

  /** Streams from behind the known match. */
  becomeReplicate(): void {
    this.#enter('replicate');
    this.next = this.match + 1;
  }

  /** Waits for a snapshot to arrive. */
  becomeSnapshot(index: number): void {
    this.#enter('snapshot');
    this.pendingSnapshot = index;
    this.next = index + 1;
    this.#sentCommit = index;
  }

  /** Notes that a message with so many entries was sent. */
  sent(entries: number, bytes: number): void {
    if (this.state === 'replicate') {
      if (entries > 0) {
        this.next += entries;
        this.inflights.add(this.next - 1, bytes);
      }
      // A message into a full window is a probe: the next one waits for an answer.
      this.paused = this.inflights.full;
    } else if (entries > 0) {
      this.paused = true;
    }
  }

  /** Notes the commit index that was sent. */
  sentCommit(commit: number): void {
    this.#sentCommit = commit;
  }

  /** Whether sending this commit index tells the follower something new that it can use. */
  canBumpCommit(commit: number): boolean {
    return commit > this.#sentCommit && this.#sentCommit < this.next - 1;
  }

  /** The follower confirmed `index`. False when that is old news. */
  update(index: number): boolean {
    if (index <= this.match) return false;
    this.match = index;
    this.next = Math.max(this.next, index + 1);
    this.paused = false;
    return true;
  }

  /** The follower refused an append behind `rejected` and hints at `hint`. False when it is stale. */
  decrease(rejected: number, hint: number): boolean {
    if (this.state === 'replicate') {
      if (rejected <= this.match) return false;
      this.next = this.match + 1;
    } else {
      // Followers that are probed have one append outstanding: the answer must be to that.
      if (this.next - 1 !== rejected) return false;
      this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1);
      this.paused = false;
    }
    this.#sentCommit = Math.min(this.#sentCommit, this.next - 1);
    return true;
  }

  /** An independent copy for a configuration that is being worked out. */
  clone(): Progress {
    const copy = new Progress(this.id, this.next, this.isLearner, this.inflights);
    copy.match = this.match;
    copy.state = this.state;
    copy.pendingSnapshot = this.pendingSnapshot;
    copy.recentActive = this.recentActive;
    copy.paused = this.paused;
    copy.#sentCommit = this.#sentCommit;
    return copy;
  }

  #enter(state: ProgressState): void {
    this.paused = false;
    this.pendingSnapshot = 0;
    this.state = state;
    this.inflights.reset();
  }
}
