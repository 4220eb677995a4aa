/** The end of the log that is not yet known to be on stable storage. */
import type { Logger } from '@dwcp/core';
import type { Entry, Snapshot } from './types.ts';
import { noEntries } from './types.ts';

/** Positions freed at the front before the array is moved: rare enough to cost nothing a message. */
const compactAt = 1024;

/**
 * Entries, and perhaps a snapshot before them, on their way to stable storage. They stay here from
 * their arrival until the storage confirms them; meanwhile the storage may still show older
 * entries at the same places.
 */
export class Unstable {
  /** A snapshot to be stored before the entries. */
  snapshot: Snapshot | undefined;
  /** The index of the first entry here; all before it are stable. */
  offset: number;
  /** Entries before this index have been handed to the storage. */
  offsetInProgress: number;
  #snapshotInProgress = false;
  #entries: Entry[] = [];
  /** The place of `offset` in the array: confirmed entries are dropped in batches. */
  #head = 0;
  /** The last slice that was given out: all followers of a leader get the same one. */
  #shared: { low: number; high: number; entries: readonly Entry[] } | undefined;
  readonly #logger: Logger | undefined;

  constructor(offset: number, logger: Logger | undefined) {
    this.offset = offset;
    this.offsetInProgress = offset;
    this.#logger = logger;
  }

  /** How many entries are here. */
  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** The last index of the log: what is before `offset` is stable and has no gap to it. */
  get lastIndex(): number {
    return this.offset + this.length - 1;
  }

  /** The term at an index; undefined when it is not here. */
  term(index: number): number | undefined {
    if (index >= this.offset) return this.#entries[this.#head + index - this.offset]?.term;
    return this.snapshot?.index === index ? this.snapshot.term : undefined;
  }

  /** The entries that the storage has not got yet. */
  nextEntries(): readonly Entry[] {
    return this.slice(this.offsetInProgress, this.lastIndex + 1);
  }

  /** Whether there are any. */
  get hasNextEntries(): boolean {
    return this.offsetInProgress <= this.lastIndex;
  }

  /** The snapshot, when the storage has not got it yet. */
  nextSnapshot(): Snapshot | undefined {
    return this.#snapshotInProgress ? undefined : this.snapshot;
  }

  /** All that is here now goes to the storage. */
  acceptInProgress(): void {
    this.offsetInProgress = this.lastIndex + 1;
    if (this.snapshot !== undefined) this.#snapshotInProgress = true;
  }

  /** The storage has everything up to this entry, and nothing on the way will replace it. */
  stableTo(index: number, term: number): void {
    const mine = this.term(index);
    if (mine === undefined) {
      this.#logger?.log('info', `entry at index ${index} missing from unstable log; ignoring`);
    } else if (index < this.offset) {
      this.#logger?.log('info', `entry at index ${index} matched unstable snapshot; ignoring`);
    } else if (mine !== term) {
      this.#logger?.log(
        'info',
        `entry at (index,term)=(${index},${term}) mismatched with ` +
          `entry at (${index},${mine}) in unstable log; ignoring`,
      );
    } else {
      this.#drop(index + 1 - this.offset);
      this.offset = index + 1;
      this.offsetInProgress = Math.max(this.offsetInProgress, this.offset);
    }
  }

  /** The storage has the snapshot at this index. */
  stableSnapshotTo(index: number): void {
    if (this.snapshot?.index !== index) return;
    this.snapshot = undefined;
    this.#snapshotInProgress = false;
  }

  /** Begins anew behind a snapshot. */
  restore(snapshot: Snapshot): void {
    this.offset = snapshot.index + 1;
    this.offsetInProgress = this.offset;
    this.#entries = [];
    this.#head = 0;
    this.#shared = undefined;
    this.snapshot = snapshot;
    this.#snapshotInProgress = false;
  }

  /** Adds entries, in place of all from the first of them on. */
  truncateAndAppend(entries: readonly Entry[], skip: number): void {
    const from = entries[skip]?.index;
    if (from === undefined) return;
    if (from <= this.lastIndex) {
      if (from <= this.offset) this.#replace(from);
      else this.#truncate(from);
    } else if (from < this.offset) {
      this.#replace(from);
    }
    for (let at = skip; at < entries.length; at += 1) {
      const entry = entries[at];
      if (entry !== undefined) this.#entries.push(entry);
    }
  }

  /** The entries from `low` up to, without, `high`; both are within what is here. */
  slice(low: number, high: number): readonly Entry[] {
    if (low >= high) return noEntries;
    if (this.#shared?.low !== low || this.#shared.high !== high) {
      const shift = this.#head - this.offset;
      this.#shared = { low, high, entries: this.#entries.slice(low + shift, high + shift) };
    }
    return this.#shared.entries;
  }

  #replace(from: number): void {
    this.#logger?.log('info', `replace the unstable entries from index ${from}`);
    this.#entries = [];
    this.#head = 0;
    this.#shared = undefined;
    this.offset = from;
    this.offsetInProgress = from;
  }

  #truncate(from: number): void {
    this.#logger?.log('info', `truncate the unstable entries before index ${from}`);
    this.#entries.length = this.#head + from - this.offset;
    this.#shared = undefined;
    this.offsetInProgress = Math.min(this.offsetInProgress, from);
  }

  #drop(count: number): void {
    this.#head += count;
    if (this.#head === this.#entries.length) {
      this.#entries = [];
      this.#head = 0;
      this.#shared = undefined;
    } else if (this.#head > compactAt && this.#head > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }
}
