/** The state synchronisation role: shared keys whose writes are committed, or honestly tentative. */
import type { ControlValue } from '../control/control.ts';
import type { AbortOptions, Startable } from './lifecycle.ts';

/** One change. A key has one kind of value for ever: a register, a set or a counter. */
export type StateOperation =
  | { readonly kind: 'set'; readonly key: string; readonly value: ControlValue }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'add'; readonly key: string; readonly element: string }
  | { readonly kind: 'remove'; readonly key: string; readonly element: string }
  | { readonly kind: 'increment'; readonly key: string; readonly by: number };

/** The write is decided: every replica has it or will have it, and nothing takes it back. */
export interface CommittedWrite {
  /** Decided. */
  readonly status: 'committed';
  /** As in {@link WriteOptions.operationId}. */
  readonly operationId: string;
  /** Its place in the agreed order. */
  readonly index: number;
}

/**
 * The write is applied here and stored, and will be merged with what other replicas write at the
 * same time. It is not lost, but a concurrent write may win over it.
 */
export interface TentativeWrite {
  /** Not decided yet. */
  readonly status: 'tentative';
  /** As in {@link WriteOptions.operationId}. */
  readonly operationId: string;
  /** Resolves, never rejects, when the fate is known; stays open while the other replicas are out of reach. */
  readonly settled: Promise<CommittedWrite | MergedWrite>;
}

/** All replicas known at the time of the write have it. */
export interface MergedWrite {
  /** On all replicas. */
  readonly status: 'merged';
  /** As in {@link WriteOptions.operationId}. */
  readonly operationId: string;
  /** True when a concurrent write won, so that the value of this one is not what is read. */
  readonly superseded: boolean;
}

/** What became of a write; the two are told apart by `status` and never blurred. */
export type WriteReceipt = CommittedWrite | TentativeWrite;

/** Options of {@link StateSync.write}. */
export interface WriteOptions extends AbortOptions {
  /**
   * 128 random bits, 32 hex digits; the write takes effect once, however often and on whichever
   * path it is tried. @default a new id for every call
   */
  readonly operationId?: string;
  /**
   * `committed` rejects with `ERR_DWCP_TIMEOUT` rather than settle for a tentative write.
   * @default 'tentative'
   */
  readonly atLeast?: 'committed' | 'tentative';
  /** How long to try for a commit. @default 100 */
  readonly timeoutMs?: number;
}

/** The value of a key: what a register holds, the elements of a set, or a count. */
export type StateValue =
  | { readonly kind: 'register'; readonly value: ControlValue }
  | { readonly kind: 'set'; readonly elements: readonly string[] }
  | { readonly kind: 'counter'; readonly count: number };

/** What was read. */
export interface Reading {
  /** Undefined when the key does not exist. */
  readonly value: StateValue | undefined;
  /** `committed`: nothing tentative shows in it. */
  readonly status: 'committed' | 'tentative';
}

/** Options of {@link StateSync.read}. */
export interface ReadOptions extends AbortOptions {
  /**
   * `local` reads this replica at once; `linearizable` sees every write committed before the call,
   * or rejects with `ERR_DWCP_TIMEOUT` or, where no agreement runs, `ERR_DWCP_UNSUPPORTED`.
   * @default 'local'
   */
  readonly consistency?: 'local' | 'linearizable';
  /** Time limit of a linearizable read. @default 1000 */
  readonly timeoutMs?: number;
}

/** One replica of a shared state. */
export interface StateSync extends Startable {
  /** `raft`, `crdt`, `hybrid`. */
  readonly name: string;
  /**
   * Writes. Rejects with `ERR_DWCP_INVALID_ARGUMENT` when the key holds another kind of value,
   * `ERR_DWCP_LIMIT_EXCEEDED`, `ERR_DWCP_TIMEOUT` (see `atLeast`) or `ERR_DWCP_ABORTED`; after the
   * last two the fate is unknown, and trying again with the same `operationId` is safe.
   */
  write(operation: StateOperation, options?: WriteOptions): Promise<WriteReceipt>;
  /** Reads a key. */
  read(key: string, options?: ReadOptions): Promise<Reading>;
  /**
   * Calls `listener` after each change of a key that starts with `prefix`, local and remote, in the
   * order in which this replica applies them. Returns a function that ends it.
   */
  subscribe(prefix: string, listener: (key: string, reading: Reading) => void): () => void;
}
