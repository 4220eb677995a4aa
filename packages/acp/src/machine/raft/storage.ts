/** What the storage is asked to do, and what happens when it has done it. */
import type { Core } from './core.ts';
import { entriesBytes, payloadBytes } from './entry-size.ts';
import type { Message } from './message.ts';
import { draft } from './message.ts';
import { appliedTo } from './proposals.ts';
import type { Ready } from './ready.ts';
import type { Entry } from './types.ts';
import { appendThread, applyThread } from './types.ts';

/** What a {@link Ready} holds before its messages for the storage are made. */
export type Work = Pick<Ready, 'entries' | 'committedEntries' | 'hardState' | 'snapshot'>;

/** Whether the storage has something to write, or messages wait for what it is writing. */
export function needsAppend(core: Core, { entries, hardState, snapshot }: Work): boolean {
  const writes = entries.length > 0 || hardState !== undefined || snapshot !== undefined;
  return writes || core.afterAppend.length > 0;
}

/** Whether this node must hear when the write is done. */
export function needsAppendResponse(core: Core, { snapshot }: Work): boolean {
  return core.log.unstable.length > 0 || snapshot !== undefined;
}

/** The order to write what a {@link Ready} holds. */
export function storageAppend(core: Core, work: Work): Message {
  const { entries, hardState, snapshot } = work;
  const message = draft('storage-append', appendThread);
  message.from = core.id;
  message.entries = entries;
  message.snapshot = snapshot;
  if (hardState !== undefined) {
    message.term = hardState.term;
    message.vote = hardState.vote;
    message.commit = hardState.commit;
  }
  // The node's own confirmation comes last: until then its answers find the terms in memory.
  message.responses = needsAppendResponse(core, work)
    ? [...core.afterAppend, storageAppendResponse(core, work)]
    : core.afterAppend;
  return message;
}

/**
 * What confirms a write. It names the end of the log as it is now, also when this write adds
 * nothing: an earlier confirmation may be ignored because its term has passed. Its own term guards
 * against a write of that term being confirmed after a later leader replaced it.
 */
export function storageAppendResponse(core: Core, { snapshot }: Work): Message {
  const message = draft('storage-append-response', core.id);
  message.from = appendThread;
  message.term = core.term;
  if (core.log.unstable.length > 0) {
    message.index = core.log.lastIndex;
    message.logTerm = core.log.lastTerm;
  }
  message.snapshot = snapshot;
  return message;
}

/** The order to apply committed entries. */
export function storageApply(core: Core, entries: readonly Entry[]): Message {
  const message = draft('storage-apply', applyThread);
  message.from = core.id;
  message.entries = entries;
  message.responses = [storageApplyResponse(core, entries)];
  return message;
}

/** What confirms that entries were applied. */
export function storageApplyResponse(core: Core, entries: readonly Entry[]): Message {
  const message = draft('storage-apply-response', core.id);
  message.from = applyThread;
  message.entries = entries;
  return message;
}

/** A write of this term is done. */
export function storageAppended(core: Core, message: Message): void {
  if (message.index !== 0) core.log.unstable.stableTo(message.index, message.logTerm);
  snapshotStored(core, message);
}

/** A snapshot is stored and is the state of the state machine. */
export function snapshotStored(core: Core, { snapshot }: Message): void {
  if (snapshot === undefined) return;
  core.log.unstable.stableSnapshotTo(snapshot.index);
  appliedTo(core, snapshot.index, 0);
}

/** Committed entries were applied. */
export function storageApplied(core: Core, { entries }: Message): void {
  const last = entries.at(-1);
  if (last === undefined) return;
  appliedTo(core, last.index, entriesBytes(entries));
  core.releaseUncommitted(payloadBytes(entries));
}
