/** A Raft node as its driver sees it. */
import { DwcpError } from '@dwcp/core';
import { checkMessage } from './check.ts';
import { encodeConfChange } from './conf-change-codec.ts';
import type { ConfChange } from './conf-change.ts';
import { confChangeEntryType } from './conf-change.ts';
import { Core } from './core.ts';
import { entriesBytes } from './entry-size.ts';
import type { RaftMachine } from './machine.ts';
import type { Message } from './message.ts';
import { draft, isResponse } from './message.ts';
import type { Settings } from './options.ts';
import type { Ready } from './ready.ts';
import { reconfigure } from './reconfigure.ts';
import type { Refusal } from './refusal.ts';
import type { RaftStatus } from './status.ts';
import { statusOf } from './status.ts';
import { step } from './step.ts';
import type { Work } from './storage.ts';
import {
  needsAppend,
  needsAppendResponse,
  storageAppend,
  storageAppendResponse,
  storageApply,
  storageApplyResponse,
} from './storage.ts';
import { campaign, forgetLeader, reportSnapshot, reportUnreachable, tick } from './ticks.ts';
import type { ConfState, Entry, HardState, NodeId, SoftState } from './types.ts';
import { appendThread, applyThread, makeEntry, noNode } from './types.ts';

/** The {@link RaftMachine} around a {@link Core}: what was handed out and what is new since. */
export class RaftNode implements RaftMachine {
  /** The state, for tests that look inside. */
  readonly core: Core;
  #softState: SoftState;
  #hardState: HardState;
  /** What `advance` delivers: the responses that asynchronous storage would have sent. */
  #pending: Message[] | undefined;

  constructor(settings: Settings) {
    this.core = new Core(settings);
    this.#softState = this.core.softState;
    this.#hardState = this.core.hardState;
  }

  bootstrap(voters: readonly NodeId[]): void {
    const { core } = this;
    if (voters.length === 0) throw misuse('bootstrap needs at least one voter');
    if (core.log.lastIndex !== 0) throw misuse('bootstrap needs an empty log');
    // Everything from the very beginning is to be stored.
    this.#hardState = { term: 0, vote: noNode, commit: 0 };
    core.becomeFollower(1, noNode);
    const changes = voters.map((nodeId): ConfChange => ({
      changes: [{ type: 'add-voter', nodeId }],
      singleStep: true,
    }));
    core.log.append(
      changes.map((change, at) => makeEntry('conf-change', 1, at + 1, encodeConfChange(change))),
    );
    core.log.commitTo(voters.length);
    for (const change of changes) reconfigure(core, change);
  }

  tick(): void {
    tick(this.core);
  }

  campaign(): void {
    campaign(this.core);
  }

  step(message: Message): Refusal | undefined {
    checkMessage(this.core, message);
    if (isResponse(message.type) && this.core.tracker.get(message.from) === undefined) {
      return 'unknown-peer';
    }
    return step(this.core, message);
  }

  storageDone(response: Message): void {
    const { from, to } = response;
    const isLocal = from === this.core.id || from === appendThread || from === applyThread;
    if (to !== this.core.id || !isLocal) {
      throw misuse(`a response from ${from} to ${to} is none of the storage of ${this.core.id}`);
    }
    step(this.core, response);
  }

  propose(data: Uint8Array): Refusal | undefined {
    return this.#propose([makeEntry('normal', 0, 0, data)]);
  }

  proposeBatch(batch: readonly Uint8Array[]): Refusal | undefined {
    if (batch.length === 0) return undefined;
    return this.#propose(batch.map((data) => makeEntry('normal', 0, 0, data)));
  }

  proposeConfChange(change: ConfChange): Refusal | undefined {
    const data = encodeConfChange(change);
    return this.#propose([makeEntry(confChangeEntryType(change), 0, 0, data)]);
  }

  applyConfChange(change: ConfChange): ConfState {
    return reconfigure(this.core, change);
  }

  readIndex(context: Uint8Array): Refusal | undefined {
    const message = draft('read-index', this.core.id);
    message.entries = [makeEntry('normal', 0, 0, context)];
    return step(this.core, message);
  }

  transferLeadership(to: NodeId): Refusal | undefined {
    const message = draft('transfer-leader', this.core.id);
    message.from = to;
    return step(this.core, message);
  }

  forgetLeader(): Refusal | undefined {
    return forgetLeader(this.core);
  }

  reportUnreachable(id: NodeId): void {
    reportUnreachable(this.core, id);
  }

  reportSnapshot(id: NodeId, arrived: boolean): void {
    reportSnapshot(this.core, id, arrived);
  }

  status(): RaftStatus {
    return statusOf(this.core);
  }

  get hasReady(): boolean {
    const { core } = this;
    const { unstable } = core.log;
    return (
      core.messages.length > 0 ||
      core.afterAppend.length > 0 ||
      unstable.hasNextEntries ||
      core.log.hasNextCommitted(this.#appliesUnstable) ||
      core.readStates.length > 0 ||
      core.lead !== this.#softState.lead ||
      core.role !== this.#softState.role ||
      unstable.nextSnapshot() !== undefined ||
      this.#newHardState() !== undefined
    );
  }

  ready(): Ready {
    const { core } = this;
    if (this.#pending !== undefined) throw misuse('ready was called twice without advance');
    const { lead, role } = core;
    const isNewSoftState = lead !== this.#softState.lead || role !== this.#softState.role;
    const hardState = this.#newHardState();
    const work: Work = {
      entries: core.log.unstable.nextEntries(),
      committedEntries: core.log.nextCommitted(this.#appliesUnstable),
      hardState,
      snapshot: core.log.unstable.nextSnapshot(),
    };
    const ready: Ready = {
      softState: isNewSoftState ? core.softState : undefined,
      hardState,
      readStates: core.readStates,
      entries: work.entries,
      snapshot: work.snapshot,
      committedEntries: work.committedEntries,
      messages: this.#messages(work),
      mustSync:
        work.entries.length > 0 ||
        (hardState !== undefined &&
          (hardState.term !== this.#hardState.term || hardState.vote !== this.#hardState.vote)),
    };
    this.#handOut(ready);
    return ready;
  }

  advance(): void {
    if (this.core.settings.asyncStorageWrites) {
      throw misuse('with asyncStorageWrites deliver the responses instead of calling advance');
    }
    const pending = this.#pending ?? [];
    this.#pending = undefined;
    for (const message of pending) step(this.core, message);
  }

  get #appliesUnstable(): boolean {
    return !this.core.settings.asyncStorageWrites;
  }

  #propose(entries: readonly Entry[]): Refusal | undefined {
    if (!entries.every(({ data }) => data instanceof Uint8Array)) {
      throw new DwcpError('ERR_DWCP_INVALID_ARGUMENT', 'a proposal is no Uint8Array');
    }
    const message = draft('propose', this.core.id);
    message.from = this.core.id;
    message.entries = entries;
    return step(this.core, message);
  }

  #newHardState(): HardState | undefined {
    const { term, vote, log } = this.core;
    const before = this.#hardState;
    if (term === before.term && vote === before.vote && log.committed === before.commit) {
      return undefined;
    }
    return this.core.hardState;
  }

  /** The messages of a ready, and what `advance` will deliver. */
  #messages(work: Work): readonly Message[] {
    const { core } = this;
    const { messages, afterAppend } = core;
    if (core.settings.asyncStorageWrites) {
      if (needsAppend(core, work)) messages.push(storageAppend(core, work));
      if (work.committedEntries.length > 0) {
        messages.push(storageApply(core, work.committedEntries));
      }
      return messages;
    }
    const pending: Message[] = [];
    for (const message of afterAppend) (message.to === core.id ? pending : messages).push(message);
    if (needsAppendResponse(core, work)) pending.push(storageAppendResponse(core, work));
    if (work.committedEntries.length > 0) {
      pending.push(storageApplyResponse(core, work.committedEntries));
    }
    if (pending.length > 0) this.#pending = pending;
    return messages;
  }

  /** Notes that the work is in the hands of the driver. */
  #handOut({ softState, hardState, readStates, committedEntries }: Ready): void {
    const { core } = this;
    if (softState !== undefined) this.#softState = softState;
    if (hardState !== undefined) this.#hardState = hardState;
    if (readStates.length > 0) core.readStates = [];
    core.messages = [];
    core.afterAppend = [];
    core.log.unstable.acceptInProgress();
    const last = committedEntries.at(-1);
    if (last === undefined) return;
    core.log.acceptApplying(last.index, entriesBytes(committedEntries), this.#appliesUnstable);
  }
}

function misuse(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_STATE', message);
}
