/** What a node asks its driver to do. */
import type { Message } from './message.ts';
import type { Entry, HardState, ReadState, Snapshot, SoftState } from './types.ts';

/**
 * The work of a node since the last time it was asked. Do it in this order:
 *
 * 1. store `hardState`, `snapshot` and `entries`; when `mustSync` is set, wait until they are on
 *    stable storage;
 * 2. send `messages`, also in parallel with step 1 when they are none of the response kinds;
 * 3. apply `snapshot`, then `committedEntries` (membership changes through `applyConfChange`);
 * 4. call `advance`.
 *
 * With `asyncStorageWrites` steps 1 and 3 are orders among `messages`, to `appendThread` and
 * `applyThread`: do those of one thread in order, deliver their responses when done, and do not
 * call `advance`.
 */
export interface Ready {
  /** The new role and leader, when they have changed. */
  readonly softState: SoftState | undefined;
  /** The state to store, when it has changed. */
  readonly hardState: HardState | undefined;
  /** Reads that may be served when the state machine has applied their index. */
  readonly readStates: readonly ReadState[];
  /** The entries to store. They replace what the log has from the first of them on. */
  readonly entries: readonly Entry[];
  /** The snapshot to store and apply in place of the log. */
  readonly snapshot: Snapshot | undefined;
  /** The entries to apply. They are on a quorum, though perhaps not yet on this node's storage. */
  readonly committedEntries: readonly Entry[];
  /** The messages to send. */
  readonly messages: readonly Message[];
  /** Whether step 1 holds something that must not be lost in a crash: entries, a term or a vote. */
  readonly mustSync: boolean;
}
