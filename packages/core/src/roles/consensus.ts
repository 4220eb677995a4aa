/** The consensus role: several machines agree on one sequence of commands. */
import type { Events } from '../events.ts';
import type { AbortOptions, Startable } from './lifecycle.ts';

/** The deterministic application behind an engine: the same commands lead to the same state. */
export interface StateMachine {
  /** Applies the command at `index` and returns what its proposer gets. Indices come without gaps. */
  apply(command: Uint8Array, index: number): Uint8Array;
  /** The state after the last applied command, in chunks; later commands must not show in it. */
  snapshot(): AsyncIterable<Uint8Array>;
  /** Replaces the state by a snapshot that reaches to `index`. */
  restore(snapshot: AsyncIterable<Uint8Array>, index: number): Promise<void>;
}

/** Options of {@link ConsensusEngine.propose}. */
export interface ProposeOptions extends AbortOptions {
  /**
   * 128 random bits, 32 hex digits, that name the operation. A command with the same id is applied
   * once, however often it is proposed. @default a new id for every call
   */
  readonly operationId?: string;
  /** After this time the receipt is `indeterminate`. @default 5000 */
  readonly timeoutMs?: number;
}

/** A command that is in the sequence for good: every member applies it at `index`. */
export interface CommittedProposal {
  /** Certain. */
  readonly status: 'committed';
  /** As in {@link ProposeOptions.operationId}. */
  readonly operationId: string;
  /** Its place in the sequence, from 1. */
  readonly index: number;
  /** What the state machine returned. */
  readonly result: Uint8Array;
}

/** A command that is certainly not in the sequence; it may be proposed again. */
export interface RejectedProposal {
  /** Certain. */
  readonly status: 'rejected';
  /** As in {@link ProposeOptions.operationId}. */
  readonly operationId: string;
  /** Why: no leader is known, this member does not lead, or it has too much to do. */
  readonly reason: 'no-leader' | 'not-leader' | 'overloaded';
  /** Id of the member to ask instead, if known. */
  readonly leader: string | undefined;
}

/** A command whose fate is unknown: it may commit later. Ask again with the same `operationId`. */
export interface IndeterminateProposal {
  /** Unknown. */
  readonly status: 'indeterminate';
  /** As in {@link ProposeOptions.operationId}. */
  readonly operationId: string;
}

/** What became of a command; never says more than is certain. */
export type ProposalReceipt = CommittedProposal | RejectedProposal | IndeterminateProposal;

/** The members of the group. */
export interface Membership {
  /** Ids of those that vote. */
  readonly voters: readonly string[];
  /** Ids of those that only receive. */
  readonly learners: readonly string[];
}

/** How an engine stands, from the point of view of this member. */
export interface ConsensusStatus {
  /** This member's id. */
  readonly id: string;
  /** What this member does now. */
  readonly role: 'leader' | 'candidate' | 'follower' | 'learner';
  /** Id of the leader (primary), or undefined while none is known. */
  readonly leader: string | undefined;
  /** Term, view or ballot: grows with every change of the leader. */
  readonly term: number;
  /** Largest index known to be committed. */
  readonly commitIndex: number;
  /** Largest index that this member's state machine has applied. */
  readonly appliedIndex: number;
  /** The members as of `commitIndex`. */
  readonly membership: Membership;
}

/** Events of a {@link ConsensusEngine}. */
export interface ConsensusEvents {
  /** Another leader is known, or none is known any more. */
  readonly leader: (leader: string | undefined, term: number) => void;
  /** A change of the members was committed. */
  readonly membership: (membership: Membership) => void;
}

/** One member of a group that agrees. */
export interface ConsensusEngine extends Startable {
  /** `raft`, `pbft`, `multi-paxos`. */
  readonly name: string;
  /** What its members may do wrong: stop, or anything at all. */
  readonly faultModel: 'crash' | 'byzantine';
  /** See {@link ConsensusEvents}. */
  readonly events: Events<ConsensusEvents>;
  /**
   * Proposes a command. It resolves with the receipt when the fate is known, and at `timeoutMs` at
   * the latest. Rejects with `ERR_DWCP_ABORTED` (the fate is then unknown), with
   * `ERR_DWCP_LIMIT_EXCEEDED` for a command above the engine's size limit, and with
   * `ERR_DWCP_INVALID_STATE` when the engine does not run.
   */
  propose(command: Uint8Array, options?: ProposeOptions): Promise<ProposalReceipt>;
  /**
   * A linearizable read: when it resolves, this member's state machine has applied every command
   * that was committed before the call, and the state may be read directly. Resolves with the index
   * reached. Rejects with `ERR_DWCP_TIMEOUT` when no majority answers, or `ERR_DWCP_ABORTED`.
   */
  readBarrier(options?: AbortOptions & { readonly timeoutMs?: number }): Promise<number>;
  /**
   * Changes the members to exactly these, without a moment in which two majorities could decide
   * apart. Resolves when the change is committed; rejects with `ERR_DWCP_BUSY` while another
   * change is under way, or `ERR_DWCP_TIMEOUT` with the fate unknown: see `status()`.
   */
  changeMembership(membership: Membership, options?: AbortOptions): Promise<void>;
  /** Takes a snapshot now and drops the log before it; resolves with the index that it reaches to. */
  snapshot(options?: AbortOptions): Promise<number>;
  /** How this member stands. */
  status(): ConsensusStatus;
}
