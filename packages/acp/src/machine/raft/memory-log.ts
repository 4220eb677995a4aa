/** A {@link LogView} in memory, for tests, simulations and state that need not survive. */
import { DwcpError } from '@dwcp/core';
import { limitEntries } from './entry-size.ts';
import type { LogView } from './log-view.ts';
import type { ConfState, Entry, HardState, Snapshot } from './types.ts';
import { emptyConfState, noData } from './types.ts';

/** The writing side of a log in memory. */
export interface MemoryLog extends LogView {
  /** Stores a hard state. */
  setHardState(state: HardState): void;
  /**
   * Stores entries that continue the log, replacing those it has from the first of them on. Entries
   * before {@link LogView.firstIndex} are skipped. `ERR_DWCP_INVALID_ARGUMENT` when they leave a gap.
   */
  append(entries: readonly Entry[]): void;
  /** Replaces everything by a snapshot. `ERR_DWCP_INVALID_STATE` when the kept one is as new. */
  applySnapshot(snapshot: Snapshot): void;
  /**
   * Makes a snapshot at `index`, which the log holds; it is what {@link LogView.snapshot} gives.
   *
   * @throws `ERR_DWCP_INVALID_ARGUMENT` when `index` is not above the last snapshot or beyond the log.
   */
  createSnapshot(index: number, confState: ConfState, data: Uint8Array): Snapshot;
  /**
   * Drops the entries up to and with `index`, which should have been applied.
   *
   * @throws `ERR_DWCP_INVALID_ARGUMENT` when `index` is compacted already or beyond the log.
   */
  compact(index: number): void;
}

/**
 * A log in memory.
 *
 * @param snapshot what the log begins with, for example `{ index: 0, … }` with the first voters.
 */
export function memoryLog(snapshot?: Snapshot): MemoryLog {
  return new ArrayLog(snapshot);
}

class ArrayLog implements MemoryLog {
  #hardState: HardState = { term: 0, vote: 0, commit: 0 };
  #snapshot: Snapshot = { index: 0, term: 0, confState: emptyConfState, data: noData };
  /** The index and term before the first entry. */
  #base = { index: 0, term: 0 };
  #entries: Entry[] = [];

  constructor(snapshot: Snapshot | undefined) {
    if (snapshot !== undefined) this.#restart(snapshot);
  }

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.#hardState, confState: this.#snapshot.confState };
  }

  firstIndex(): number {
    return this.#base.index + 1;
  }

  lastIndex(): number {
    return this.#base.index + this.#entries.length;
  }

  term(index: number): number | undefined {
    if (index === this.#base.index) return this.#base.term;
    return this.#entries[index - this.#base.index - 1]?.term;
  }

  entries(low: number, high: number, maxBytes: number): readonly Entry[] | undefined {
    if (low <= this.#base.index) return undefined;
    const first = this.#base.index + 1;
    return limitEntries(this.#entries.slice(low - first, high - first), maxBytes);
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  setHardState(state: HardState): void {
    this.#hardState = state;
  }

  append(entries: readonly Entry[]): void {
    const [head] = entries;
    if (head === undefined) return;
    const skipped = Math.max(0, this.firstIndex() - head.index);
    const at = head.index + skipped - this.firstIndex();
    if (at > this.#entries.length) {
      throw invalid(`entries from ${head.index} leave a gap after ${this.lastIndex()}`);
    }
    if (skipped >= entries.length) return;
    this.#entries.length = at;
    for (let from = skipped; from < entries.length; from += 1) {
      const entry = entries[from];
      if (entry !== undefined) this.#entries.push(entry);
    }
  }

  applySnapshot(snapshot: Snapshot): void {
    const { index } = this.#snapshot;
    if (index !== 0 && index >= snapshot.index) {
      const message = `the snapshot at ${snapshot.index} is older than the one at ${index}`;
      throw new DwcpError('ERR_DWCP_INVALID_STATE', message);
    }
    this.#restart(snapshot);
  }

  createSnapshot(index: number, confState: ConfState, data: Uint8Array): Snapshot {
    const term = this.term(index);
    if (index <= this.#snapshot.index || term === undefined) {
      throw invalid(
        `no snapshot at ${index}: ${this.#snapshot.index} … ${this.lastIndex()} can be`,
      );
    }
    this.#snapshot = { index, term, confState, data };
    return this.#snapshot;
  }

  compact(index: number): void {
    const term = this.term(index);
    if (index <= this.#base.index || term === undefined) {
      throw invalid(
        `${index} cannot be compacted: the log is ${this.#base.index} … ${this.lastIndex()}`,
      );
    }
    this.#entries = this.#entries.slice(index - this.#base.index);
    this.#base = { index, term };
  }

  #restart(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#base = { index: snapshot.index, term: snapshot.term };
    this.#entries = [];
  }
}

function invalid(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_ARGUMENT', message);
}
