/** What a leader does with the answers of its followers. */
import type { Core } from './core.ts';
import { describeProgress, name } from './describe.ts';
import type { Message } from './message.ts';
import type { Progress } from './progress.ts';
import { proposeAsLeader } from './proposals.ts';
import { acknowledgeReads, resumePostponedReads, serveRead } from './read-index.ts';
import type { Refusal } from './refusal.ts';
import { broadcastAppend, sendAppend, tryCommit } from './replication.ts';
import { handOver, sendTimeoutNow } from './transfer.ts';

/** A message arrives at a leader. */
export function stepLeader(core: Core, message: Message): Refusal | undefined {
  switch (message.type) {
    case 'propose':
      return proposeAsLeader(core, message.entries);
    case 'read-index':
      return serveRead(core, message);
    default:
  }
  const progress = core.tracker.get(message.from);
  if (progress === undefined) {
    core.logger?.log('debug', `${name(core.id)} no progress available for ${name(message.from)}`);
    return undefined;
  }
  switch (message.type) {
    case 'append-response':
      progress.recentActive = true;
      if (message.reject) retreat(core, message, progress);
      else advance(core, message, progress);
      break;
    case 'heartbeat-response':
      hearFrom(core, message, progress);
      break;
    case 'transfer-leader':
      handOver(core, progress);
      break;
    default:
  }
  return undefined;
}

/** A follower refused an append: look further back, in steps of whole terms where possible. */
function retreat(core: Core, message: Message, progress: Progress): void {
  const { from, index, logTerm, rejectHint } = message;
  core.logger?.log(
    'debug',
    `${name(core.id)} received MsgAppResp(rejected, hint: (index ${rejectHint}, term ${logTerm})) ` +
      `from ${name(from)} for index ${index}`,
  );
  // Where this log has a higher term than the follower has at the hint, the logs cannot agree.
  const next = logTerm > 0 ? core.log.findConflict(rejectHint, logTerm).index : rejectHint;
  if (!progress.decrease(index, next)) return;
  core.logger?.log(
    'debug',
    `${name(core.id)} decreased progress of ${name(from)} to [${describeProgress(progress)}]`,
  );
  if (progress.state === 'replicate') progress.becomeProbe();
  sendAppend(core, progress, true);
}

/** A follower has everything up to an index: perhaps that is now committed, and more can be sent. */
function advance(core: Core, { from, index }: Message, progress: Progress): void {
  const isProbeAnswered = progress.match === index && progress.state === 'probe';
  if (!progress.update(index) && !isProbeAnswered) return;
  resumeStream(core, index, progress);
  const isSelf = from === core.id;
  if (tryCommit(core)) {
    resumePostponedReads(core);
    broadcastAppend(core);
  } else if (!isSelf && progress.canBumpCommit(core.log.committed)) {
    sendAppend(core, progress, true);
  }
  if (isSelf) return;
  // The answer may have made room for several messages.
  while (sendAppend(core, progress, false));
  if (from === core.transferee && progress.match === core.log.lastIndex) {
    core.logger?.log(
      'info',
      `${name(core.id)} sent MsgTimeoutNow to ${name(from)} after received MsgAppResp`,
    );
    sendTimeoutNow(core, from);
  }
}

function resumeStream(core: Core, index: number, progress: Progress): void {
  if (progress.state === 'replicate') {
    progress.inflights.freeThrough(index);
  } else if (progress.state === 'probe') {
    progress.becomeReplicate();
  } else if (progress.match + 1 >= core.log.firstIndex) {
    // Whichever snapshot it got, and from whom: the log continues where that one ends.
    core.logger?.log(
      'debug',
      `${name(core.id)} recovered from needing snapshot, resumed sending replication messages to ` +
        `${name(progress.id)} [${describeProgress(progress)}]`,
    );
    progress.becomeProbe();
    progress.becomeReplicate();
  }
}

/** A follower answered a heartbeat: what is lost or held back is sent again. */
function hearFrom(core: Core, message: Message, progress: Progress): void {
  progress.recentActive = true;
  progress.paused = false;
  if (progress.match < core.log.lastIndex || progress.state === 'probe') {
    sendAppend(core, progress, true);
  }
  acknowledgeReads(core, message);
}
