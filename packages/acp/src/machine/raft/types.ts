/** The values that Raft keeps and exchanges: entries, states, configurations, snapshots. */

/** Names a node: a whole number in 1 … 2^53 - 1. */
export type NodeId = number;

/** Stands for "no node": no leader known, no vote cast. */
export const noNode = 0;

/**
 * The address of the local storage that appends entries. Negative, so that no node has it; only
 * used with {@link RaftOptions.asyncStorageWrites}.
 */
export const appendThread = -1;

/** The address of the local state machine that applies entries; see {@link appendThread}. */
export const applyThread = -2;

/**
 * The highest term and index, 2^53 - 2: numbers stay exact, also one beyond it. At a million
 * entries a second an index reaches it after 285 years.
 */
export const maxCounter: number = Number.MAX_SAFE_INTEGER - 1;

/** What an entry carries: bytes of the application, or a membership change of one or many nodes. */
export type EntryType = 'normal' | 'conf-change' | 'conf-change-v2';

/** One entry of the replicated log. Never changed after it was made; arrays of entries are shared. */
export interface Entry {
  /** How to read {@link data}. */
  readonly type: EntryType;
  /** The term of the leader that appended it; 0 in a proposal. */
  readonly term: number;
  /** Its place in the log, from 1; 0 in a proposal. */
  readonly index: number;
  /** The application's bytes, or an encoded {@link ConfChange}. The first entry of a term has none. */
  readonly data: Uint8Array;
}

/** What must survive a crash (Raft paper, figure 2, "persistent state"). */
export interface HardState {
  /** The latest term this node has seen. */
  readonly term: number;
  /** The node that got the vote of this term; {@link noNode} when none did. */
  readonly vote: NodeId;
  /** The highest index known to be committed. Losing it costs time, not safety. */
  readonly commit: number;
}

/** What a node is doing. */
export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** What may be lost in a crash and is useful to know. */
export interface SoftState {
  /** The leader of this term as far as known, else {@link noNode}. */
  readonly lead: NodeId;
  /** What this node is doing. */
  readonly role: Role;
}

/** Who takes part. Every list is in ascending order and without repetition. */
export interface ConfState {
  /** Voters of the current configuration; of the incoming one during a joint change. */
  readonly voters: readonly NodeId[];
  /** Voters of the outgoing configuration during a joint change, else empty. */
  readonly votersOutgoing: readonly NodeId[];
  /** Nodes that get the log without a vote. */
  readonly learners: readonly NodeId[];
  /** Outgoing voters that become learners when the joint change ends. */
  readonly learnersNext: readonly NodeId[];
  /** True when the leader ends the joint change by itself. */
  readonly autoLeave: boolean;
}

/** The state machine at one index, in place of the log up to it. */
export interface Snapshot {
  /** The last entry it includes. 0 in an empty snapshot. */
  readonly index: number;
  /** The term of that entry. */
  readonly term: number;
  /** The configuration at that index. */
  readonly confState: ConfState;
  /** The application's state; Raft does not look inside. */
  readonly data: Uint8Array;
}

/** The answer to a read request: serve it once the state machine has applied {@link index}. */
export interface ReadState {
  /** The index that makes the read linearizable. */
  readonly index: number;
  /** The bytes the request was made with. */
  readonly context: Uint8Array;
}

/** No bytes; shared. */
export const noData: Uint8Array = new Uint8Array(0);

/** No entries; shared. */
export const noEntries: readonly Entry[] = [];

/** A configuration without nodes: what a node has before it hears of one. */
export const emptyConfState: ConfState = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

/** Makes an entry; all entries have the same hidden class, which keeps reading them fast. */
export function makeEntry(type: EntryType, term: number, index: number, data: Uint8Array): Entry {
  return { type, term, index, data };
}
