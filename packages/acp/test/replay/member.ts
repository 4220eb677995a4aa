/** One node of a script: the machine, its storage, and a state machine that appends bytes. */
import type { ConfState, Entry, LogView, MemoryLog, Message, Ready, Snapshot } from '@dwcp/acp';
import { memoryLog } from '@dwcp/acp';
import type { Logger } from '@dwcp/core';
import { seededRandom } from '@dwcp/core';
import { decodeConfChange } from '../../src/machine/raft/conf-change-codec.ts';
import { RaftNode } from '../../src/machine/raft/node.ts';
import type { RaftOptions } from '../../src/machine/raft/options.ts';
import { settingsOf } from '../../src/machine/raft/options.ts';
import { emptyConfState, noData } from '../../src/machine/raft/types.ts';
import { ScriptError } from './script.ts';

/** The options that `add-nodes` sets. */
export type MemberOptions = Partial<Omit<RaftOptions, 'id' | 'storage' | 'random' | 'logger'>>;

const emptySnapshot: Snapshot = { index: 0, term: 0, confState: emptyConfState, data: noData };

/** A node. */
export class Member {
  readonly id: number;
  readonly node: RaftNode;
  readonly log: MemoryLog;
  readonly options: MemberOptions;
  /** Writes that are not done yet. */
  appendWork: Message[] = [];
  /** Entries that are not applied yet. */
  applyWork: Message[] = [];
  /** A snapshot after every applied entry. */
  readonly #history: Snapshot[];

  constructor(id: number, snapshot: Snapshot | undefined, options: MemberOptions, logger: Logger) {
    this.id = id;
    this.options = options;
    this.log = memoryLog(snapshot);
    this.#history = [snapshot ?? emptySnapshot];
    const settings = { ...options, id, storage: this.#view(), random: seededRandom(id), logger };
    this.node = new RaftNode(settingsOf(settings));
  }

  /** Does what a ready asks for, apart from sending messages. */
  perform({ hardState, snapshot, entries, committedEntries }: Ready): void {
    this.store(hardState, snapshot, entries);
    this.apply(committedEntries);
  }

  /** Writes to the storage. */
  store(
    hardState: Ready['hardState'],
    snapshot: Ready['snapshot'],
    entries: Ready['entries'],
  ): void {
    if (hardState !== undefined) this.log.setHardState(hardState);
    if (snapshot === undefined) {
      this.log.append(entries);
    } else {
      if (entries.length > 0) {
        throw new ScriptError("can't apply snapshot and entries at the same time");
      }
      this.log.applySnapshot(snapshot);
    }
  }

  /** Applies entries: membership changes to the node, bytes to a growing string of them. */
  apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const before = this.latestSnapshot;
      let { confState }: { confState: ConfState } = before;
      let update = entry.data;
      if (entry.type !== 'normal') {
        const change = decodeConfChange(entry);
        update = change.context ?? noData;
        confState = this.node.applyConfChange(change);
      }
      const data = Uint8Array.from([...before.data, ...update]);
      this.#history.push({ index: entry.index, term: entry.term, confState, data });
    }
  }

  /** The state after the last applied entry. */
  get latestSnapshot(): Snapshot {
    return this.#history.at(-1) ?? emptySnapshot;
  }

  /** The storage; asked for a snapshot it gives the latest state. */
  #view(): LogView {
    const { log } = this;
    return {
      initialState: () => log.initialState(),
      firstIndex: () => log.firstIndex(),
      lastIndex: () => log.lastIndex(),
      term: (index) => log.term(index),
      entries: (low, high, maxBytes) => log.entries(low, high, maxBytes),
      snapshot: () => this.latestSnapshot,
    };
  }
}
