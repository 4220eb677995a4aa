/** What Raft reads of the stable log. */
import type { ConfState, Entry, HardState, Snapshot } from './types.ts';

/**
 * The stable part of the log as Raft sees it. Raft only reads; the driver writes what a
 * {@link Ready} asks for before it calls `advance` (or delivers the responses of the storage
 * messages). All calls answer at once: what they ask for is in memory, or cheap to get.
 */
export interface LogView {
  /** What was stored before a restart; empty states for a new node. */
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /** The first index that {@link entries} can give; the snapshot's index + 1. */
  firstIndex(): number;
  /** The last stored index; `firstIndex() - 1` when there are no entries. */
  lastIndex(): number;
  /** The term at `index` in `firstIndex() - 1` … `lastIndex()`; undefined when it is not kept. */
  term(index: number): number | undefined;
  /**
   * The entries from `low` up to, without, `high`: as many as fit into `maxBytes` (as protobuf
   * encodes them), at least one. Undefined when `low` was compacted away. The array belongs to the
   * caller; the entries are shared and never changed.
   */
  entries(low: number, high: number, maxBytes: number): readonly Entry[] | undefined;
  /**
   * A snapshot for a follower that needs entries no longer kept; undefined when there is none now.
   * It must be so new that the follower is a member in it: one that joined later would ignore it.
   * The state as it is applied now is always new enough.
   */
  snapshot(): Snapshot | undefined;
}
