/** The pure state machine of a Raft node. */
import type { ConfChange } from './conf-change.ts';
import type { Message } from './message.ts';
import type { RaftOptions } from './options.ts';
import { settingsOf } from './options.ts';
import type { Ready } from './ready.ts';
import type { Refusal } from './refusal.ts';
import { RaftNode } from './node.ts';
import type { RaftStatus } from './status.ts';
import type { ConfState, NodeId } from './types.ts';

/**
 * One Raft node without clock, disk or network. Calls change its state; {@link ready} tells what is
 * to be stored, sent and applied because of it. The same calls with the same random numbers give
 * the same effects.
 */
export interface RaftMachine {
  /**
   * Begins a new cluster: writes the first voters into the empty log, the same on every one of
   * them. The alternative is a storage that begins with a snapshot that names them.
   *
   * @throws `ERR_DWCP_INVALID_STATE` when the log is not empty or there are no voters.
   */
  bootstrap(voters: readonly NodeId[]): void;
  /** One tick of time has passed. */
  tick(): void;
  /** Stands for election now, if this node may. */
  campaign(): void;
  /**
   * A message from another node has arrived. Everything in it is checked before anything changes.
   *
   * @returns why it was not taken; undefined when it was.
   * @throws `ERR_DWCP_MALFORMED` when no node that follows the protocol sends such a message to this
   *   one; nothing has changed then. `ERR_DWCP_LIMIT_EXCEEDED` at the end of all terms.
   */
  step(message: Message): Refusal | undefined;
  /**
   * A response of a storage message to this node: the write is done. Only with
   * `asyncStorageWrites`. Not for messages from the network.
   *
   * @throws `ERR_DWCP_INVALID_STATE` when it is not addressed from this node's storage to it.
   */
  storageDone(response: Message): void;
  /**
   * Proposes bytes for the log. When it is taken it is not yet committed: a later leader may drop
   * it. A follower passes it on to its leader.
   */
  propose(data: Uint8Array): Refusal | undefined;
  /** Proposes several at once: one message to each follower, one write, all or none. */
  proposeBatch(batch: readonly Uint8Array[]): Refusal | undefined;
  /**
   * Proposes a membership change. One that does not fit is taken as an empty entry: look at the
   * committed entry to see what became of it.
   *
   * @throws `ERR_DWCP_INVALID_ARGUMENT` when the change cannot be written.
   */
  proposeConfChange(change: ConfChange): Refusal | undefined;
  /**
   * Puts a committed membership change in force, on every node when it is applied; returns the
   * configuration, for the next snapshot. A change that the application rejects is not passed.
   *
   * @throws `ERR_DWCP_INVALID_STATE` when it does not fit the configuration in force, which then
   *   stays. It does so on every node alike.
   */
  applyConfChange(change: ConfChange): ConfState;
  /**
   * Asks for an index at which a read is linearizable. It comes as a {@link ReadState} with the same
   * bytes, or never when messages are lost or the leader changes: ask again after a timeout.
   */
  readIndex(context: Uint8Array): Refusal | undefined;
  /** Asks the leader to hand over to another voter. It has one election timeout for it. */
  transferLeadership(to: NodeId): Refusal | undefined;
  /** Forgets the leader, so that this node votes at once; for outside knowledge that it is dead. */
  forgetLeader(): Refusal | undefined;
  /** A message to this node could not be delivered. */
  reportUnreachable(id: NodeId): void;
  /** A snapshot has reached that node, or was lost. Without a report it would get no entries. */
  reportSnapshot(id: NodeId, arrived: boolean): void;
  /** Whether there is work for the driver. */
  readonly hasReady: boolean;
  /**
   * The work since the last call. It must be done, and {@link advance} called, before the next one.
   *
   * @throws `ERR_DWCP_INVALID_STATE` when `advance` was not called.
   */
  ready(): Ready;
  /** The last ready is stored and applied. Not with `asyncStorageWrites`. */
  advance(): void;
  /** A look inside. */
  status(): RaftStatus;
}

/**
 * Makes a Raft node from what its storage holds: a new one, or one that continues after a restart.
 *
 * @throws `ERR_DWCP_INVALID_ARGUMENT` for options outside their range, `ERR_DWCP_INVALID_STATE` when
 *   the stored state contradicts the stored log, `ERR_DWCP_MALFORMED` when the stored configuration
 *   is impossible.
 */
export function raftMachine(options: RaftOptions): RaftMachine {
  return new RaftNode(settingsOf(options));
}
