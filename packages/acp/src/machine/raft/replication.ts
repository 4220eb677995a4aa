/** How a leader brings its log to the followers (Raft paper, §5.3) and learns what is committed. */
import type { Core } from './core.ts';
import { describeProgress, name } from './describe.ts';
import { payloadBytes } from './entry-size.ts';
import { draft } from './message.ts';
import type { Progress } from './progress.ts';
import type { Entry } from './types.ts';
import { noEntries } from './types.ts';

/** Sends what each follower lacks; those that lack nothing get the commit index. */
export function broadcastAppend(core: Core): void {
  for (const progress of core.tracker.all) {
    if (progress.id !== core.id) sendAppend(core, progress, true);
  }
}

/**
 * Sends a follower the next entries, a snapshot when those are gone, or nothing while it is paused.
 *
 * @param evenEmpty whether a message without entries, for the commit index alone, is worth sending.
 * @returns whether a message was sent.
 */
export function sendAppend(core: Core, progress: Progress, evenEmpty: boolean): boolean {
  if (progress.isPaused) return false;
  const index = progress.next - 1;
  const logTerm = core.log.term(index);
  if (logTerm === undefined) return sendSnapshot(core, progress);
  const entries = nextEntries(core, progress);
  if (entries === undefined) return evenEmpty && sendSnapshot(core, progress);
  if (entries.length === 0 && !evenEmpty) return false;
  const message = draft('append', progress.id);
  message.index = index;
  message.logTerm = logTerm;
  message.entries = entries;
  message.commit = core.log.committed;
  core.send(message);
  progress.sent(entries.length, payloadBytes(entries));
  progress.sentCommit(core.log.committed);
  return true;
}

/**
 * The entries for a follower. None into a full window: an empty message still gets through when all
 * in the window were lost, and its answer empties the window.
 */
function nextEntries(core: Core, progress: Progress): readonly Entry[] | undefined {
  if (progress.state === 'replicate' && progress.inflights.full) return noEntries;
  return core.log.entriesFrom(progress.next, core.settings.maxMessageBytes);
}

function sendSnapshot(core: Core, progress: Progress): boolean {
  const to = name(progress.id);
  if (!progress.recentActive) {
    core.logger?.log('debug', `ignore sending snapshot to ${to} since it is not recently active`);
    return false;
  }
  const snapshot = core.log.snapshot();
  if (snapshot === undefined || snapshot.index === 0) {
    core.logger?.log(
      'debug',
      `${name(core.id)} failed to send snapshot to ${to} because snapshot is temporarily unavailable`,
    );
    return false;
  }
  core.logger?.log(
    'debug',
    `${name(core.id)} [firstindex: ${core.log.firstIndex}, commit: ${core.log.committed}] sent ` +
      `snapshot[index: ${snapshot.index}, term: ${snapshot.term}] to ${to} ` +
      `[${describeProgress(progress)}]`,
  );
  progress.becomeSnapshot(snapshot.index);
  core.logger?.log(
    'debug',
    `${name(core.id)} paused sending replication messages to ${to} [${describeProgress(progress)}]`,
  );
  const message = draft('snapshot', progress.id);
  message.snapshot = snapshot;
  core.send(message);
  return true;
}

/** Tells every follower that this leader lives; `context` is the position of the waiting reads. */
export function broadcastHeartbeat(core: Core, context: number): void {
  for (const progress of core.tracker.all) {
    if (progress.id === core.id) continue;
    const message = draft('heartbeat', progress.id);
    // Not beyond what the follower is known to have: its log may differ behind that.
    message.commit = Math.min(progress.match, core.log.committed);
    message.context = context;
    core.send(message);
    progress.sentCommit(message.commit);
  }
}

/** Commits what a quorum has, if it ends in an entry of this term. True when there was news. */
export function tryCommit(core: Core): boolean {
  return core.log.tryCommit(core.tracker.committed(), core.term);
}
