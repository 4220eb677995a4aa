/** The log store role: what a consensus engine must not forget. */
import type { AbortOptions } from './lifecycle.ts';

/** One entry of a log. */
export interface LogEntry {
  /** From 1, without gaps. */
  readonly index: number;
  /** Term, view or ballot under which it was written; never falls along the log. */
  readonly term: number;
  /** Opaque to the store. */
  readonly data: Uint8Array;
}

/** Changes that become durable together or not at all. */
export interface LogBatch {
  /** Drops this index and all after it, before anything is appended. */
  readonly truncateFrom?: number;
  /** Appended in order; the first follows the last entry of the log. */
  readonly entries?: readonly LogEntry[];
  /** Replaces the small state beside the log (term, vote, commit index); opaque, at most 4 KiB. */
  readonly state?: Uint8Array;
}

/** The ends of a log. */
export interface LogBounds {
  /** Index of the first entry kept; `lastIndex + 1` when there is none. */
  readonly firstIndex: number;
  /** Index of the last entry; `firstIndex - 1` when there is none. */
  readonly lastIndex: number;
}

/**
 * An append-only log and a small state. One owner at a time: opening it a second time fails.
 * After a failed write the store refuses all others with `ERR_DWCP_IO`, because it cannot know
 * what reached the disk; the owner stops and opens it again.
 */
export interface LogStore extends AsyncDisposable {
  /** Current ends, without I/O. */
  readonly bounds: LogBounds;
  /** The state last written, or undefined. */
  readonly state: Uint8Array | undefined;
  /**
   * Writes a batch; resolves when it is on stable storage. Batches take effect in the order of the
   * calls, and several may share one sync. Rejects with `ERR_DWCP_IO`, or with
   * `ERR_DWCP_INVALID_ARGUMENT` for a gap.
   */
  write(batch: LogBatch): Promise<void>;
  /**
   * Entries from `fromIndex` to before `toIndex`, at least one and at most about `maxBytes`
   * (default 1 MiB) of data. Rejects with `ERR_DWCP_INVALID_ARGUMENT` outside the bounds.
   */
  read(
    fromIndex: number,
    toIndex: number,
    options?: AbortOptions & { readonly maxBytes?: number },
  ): Promise<readonly LogEntry[]>;
  /** Drops all entries before `index`, which a snapshot covers. */
  compact(index: number): Promise<void>;
  /** Finishes what was written and releases the store. Idempotent. */
  close(): Promise<void>;
}
