/** The whole log of a node: the stable part, the unstable end, and how far it is committed. */
import type { Logger } from '@dwcp/core';
import { DwcpError } from '@dwcp/core';
import { limitEntries } from './entry-size.ts';
import type { LogView } from './log-view.ts';
import type { Entry, Snapshot } from './types.ts';
import { noEntries } from './types.ts';
import { Unstable } from './unstable.ts';

/** The log. Invariant: `applied` ≤ `applying` ≤ `committed` ≤ `lastIndex`. */
export class Log {
  /** The end that is not known to be stable. */
  readonly unstable: Unstable;
  /** The highest index known to be on a quorum. */
  committed: number;
  /** The highest index handed out to be applied. */
  applying: number;
  /** The highest index that was applied. */
  applied: number;
  readonly #storage: LogView;
  readonly #logger: Logger | undefined;
  readonly #maxApplyingBytes: number;
  #applyingBytes = 0;
  /** Handing out pauses until something is applied: the limit is reached or cut the last batch. */
  #applyingPaused = false;

  constructor(storage: LogView, logger: Logger | undefined, maxApplyingBytes: number) {
    const compacted = storage.firstIndex() - 1;
    this.#storage = storage;
    this.#logger = logger;
    this.#maxApplyingBytes = maxApplyingBytes;
    this.unstable = new Unstable(storage.lastIndex() + 1, logger);
    this.committed = compacted;
    this.applying = compacted;
    this.applied = compacted;
  }

  /** The first index that is not compacted. */
  get firstIndex(): number {
    const { snapshot } = this.unstable;
    return snapshot === undefined ? this.#storage.firstIndex() : snapshot.index + 1;
  }

  /** The last index; 0 in an empty log. */
  get lastIndex(): number {
    return this.unstable.lastIndex;
  }

  /** The term of the last entry. */
  get lastTerm(): number {
    return this.term(this.lastIndex) ?? 0;
  }

  /** The term at an index, also at the one before the first; undefined when it is not known. */
  term(index: number): number | undefined {
    const term = this.unstable.term(index);
    if (term !== undefined) return term;
    if (index > this.lastIndex || index + 1 < this.firstIndex) return undefined;
    return this.#storage.term(index);
  }

  /** Whether the entry at `index` has this term. */
  matches(index: number, term: number): boolean {
    return this.term(index) === term;
  }

  /** Whether a log that ends so has everything that this one has (Raft paper, §5.4.1). */
  isUpToDate(index: number, term: number): boolean {
    const mine = this.lastTerm;
    return term > mine || (term === mine && index >= this.lastIndex);
  }

  /** Entries from `low` on, at most `maxBytes` but one at least; undefined when compacted. */
  entriesFrom(low: number, maxBytes: number): readonly Entry[] | undefined {
    if (low > this.lastIndex) return noEntries;
    return this.slice(low, this.lastIndex + 1, maxBytes);
  }

  /** The snapshot to send to a follower that is too far behind; undefined when there is none now. */
  snapshot(): Snapshot | undefined {
    return this.unstable.snapshot ?? this.#storage.snapshot();
  }

  /** Adds a leader's own entries. */
  append(entries: readonly Entry[]): void {
    this.unstable.truncateAndAppend(entries, 0);
  }

  /**
   * Adds a leader's entries behind `index` when the logs agree there. Entries that are here already
   * stay; from the first that conflicts, the old ones go (Raft paper, §5.3).
   *
   * @returns the index that the logs now agree up to; undefined when they do not agree at `index`.
   */
  tryAppend(
    index: number,
    logTerm: number,
    commit: number,
    entries: readonly Entry[],
  ): number | undefined {
    if (!this.matches(index, logTerm)) return undefined;
    const last = index + entries.length;
    const skip = this.#firstDifference(entries);
    this.unstable.truncateAndAppend(entries, skip);
    this.commitTo(Math.min(commit, last));
    return last;
  }

  /**
   * The highest index up to `index` whose term is not above `term`, with its term: where this log
   * may agree with one that has `term` at `index`. Term 0: not known.
   */
  findConflict(index: number, term: number): { index: number; term: number } {
    for (let at = index; at > 0; at -= 1) {
      const mine = this.term(at);
      if (mine === undefined) return { index: at, term: 0 };
      if (mine <= term) return { index: at, term: mine };
    }
    return { index: 0, term: 0 };
  }

  /** Everything up to `index` is committed; never goes back. */
  commitTo(index: number): void {
    if (index <= this.committed) return;
    if (index > this.lastIndex) {
      throw broken(`commit index ${index} is beyond the last index ${this.lastIndex}`);
    }
    this.committed = index;
  }

  /** Commits up to `index` when that entry is of this term (Raft paper, §5.4.2). */
  tryCommit(index: number, term: number): boolean {
    if (index <= this.committed || this.term(index) !== term) return false;
    this.commitTo(index);
    return true;
  }

  /** The committed entries to apply next. */
  nextCommitted(allowUnstable: boolean): readonly Entry[] {
    if (!this.hasNextCommitted(allowUnstable)) return noEntries;
    const room = this.#maxApplyingBytes - this.#applyingBytes;
    const entries = this.slice(this.applying + 1, this.#maxAppliable(allowUnstable) + 1, room);
    if (entries === undefined) {
      throw broken(`entries from ${this.applying + 1} were compacted before they were applied`);
    }
    return entries;
  }

  /** Whether there are any. A snapshot comes first. */
  hasNextCommitted(allowUnstable: boolean): boolean {
    if (this.#applyingPaused || this.unstable.snapshot !== undefined) return false;
    return this.applying < this.#maxAppliable(allowUnstable);
  }

  /** Entries up to `index` were handed out. */
  acceptApplying(index: number, bytes: number, allowUnstable: boolean): void {
    this.applying = index;
    this.#applyingBytes += bytes;
    this.#applyingPaused =
      this.#applyingBytes >= this.#maxApplyingBytes || index < this.#maxAppliable(allowUnstable);
  }

  /** Entries up to `index`, of this many bytes, were applied. */
  appliedTo(index: number, bytes: number): void {
    if (index > this.committed || index < this.applied) {
      throw broken(`applied index ${index} is not in ${this.applied} … ${this.committed}`);
    }
    this.applied = index;
    this.applying = Math.max(this.applying, index);
    this.#applyingBytes = Math.max(0, this.#applyingBytes - bytes);
    this.#applyingPaused = this.#applyingBytes >= this.#maxApplyingBytes;
  }

  /** Begins anew behind a snapshot. */
  restore(snapshot: Snapshot): void {
    this.#logger?.log(
      'info',
      `log [committed=${this.committed}, applied=${this.applied}, applying=${this.applying}, ` +
        `unstable.offset=${this.unstable.offset}, ` +
        `unstable.offsetInProgress=${this.unstable.offsetInProgress}, ` +
        `len(unstable.Entries)=${this.unstable.length}] starts to restore snapshot ` +
        `[index: ${snapshot.index}, term: ${snapshot.term}]`,
    );
    this.committed = snapshot.index;
    this.unstable.restore(snapshot);
  }

  /** The entries from `low` up to, without, `high`; undefined when `low` was compacted. */
  slice(low: number, high: number, maxBytes: number): readonly Entry[] | undefined {
    const { offset } = this.unstable;
    if (low < this.firstIndex) return undefined;
    if (low >= offset) return limitEntries(this.unstable.slice(low, high), maxBytes);
    const stableEnd = Math.min(high, offset);
    const stable = this.#storage.entries(low, stableEnd, maxBytes);
    if (stable === undefined || high <= offset || stable.length < stableEnd - low) return stable;
    return limitEntries([...stable, ...this.unstable.slice(offset, high)], maxBytes);
  }

  #maxAppliable(allowUnstable: boolean): number {
    return allowUnstable ? this.committed : Math.min(this.committed, this.unstable.offset - 1);
  }

  /** How many of the entries are here already. */
  #firstDifference(entries: readonly Entry[]): number {
    for (let at = 0; at < entries.length; at += 1) {
      const { index, term } = entries[at] ?? { index: 0, term: 0 };
      if (this.matches(index, term)) continue;
      if (index <= this.lastIndex) {
        this.#logger?.log(
          'info',
          `found conflict at index ${index} [existing term: ${this.term(index) ?? 0}, ` +
            `conflicting term: ${term}]`,
        );
        if (index <= this.committed) throw broken(`entry ${index} conflicts with a committed one`);
      }
      return at;
    }
    return entries.length;
  }
}

function broken(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_STATE', message);
}
