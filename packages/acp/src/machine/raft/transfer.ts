/** Handing leadership to another node (Raft thesis, §3.10). */
import type { Core } from './core.ts';
import { name } from './describe.ts';
import { draft } from './message.ts';
import type { Progress } from './progress.ts';
import { sendAppend } from './replication.ts';
import type { NodeId } from './types.ts';
import { noNode } from './types.ts';

/** Begins to hand over: brings the other node's log up to date, then tells it to stand. */
export function handOver(core: Core, progress: Progress): void {
  const self = name(core.id);
  const to = name(progress.id);
  if (progress.isLearner) {
    core.logger?.log('debug', `${self} is learner. Ignored transferring leadership`);
    return;
  }
  if (core.transferee !== noNode) {
    const before = name(core.transferee);
    if (core.transferee === progress.id) {
      core.logger?.log(
        'info',
        `${self} [term ${core.term}] transfer leadership to ${to} is in progress, ignores request ` +
          `to same node ${to}`,
      );
      return;
    }
    core.transferee = noNode;
    core.logger?.log(
      'info',
      `${self} [term ${core.term}] abort previous transferring leadership to ${before}`,
    );
  }
  if (progress.id === core.id) {
    core.logger?.log('debug', `${self} is already leader. Ignored transferring leadership to self`);
    return;
  }
  core.logger?.log('info', `${self} [term ${core.term}] starts to transfer leadership to ${to}`);
  // It has one election timeout to succeed; then this leader takes proposals again.
  core.electionElapsed = 0;
  core.transferee = progress.id;
  if (progress.match === core.log.lastIndex) {
    sendTimeoutNow(core, progress.id);
    core.logger?.log(
      'info',
      `${self} sends MsgTimeoutNow to ${to} immediately as ${to} already has up-to-date log`,
    );
  } else {
    sendAppend(core, progress, true);
  }
}

/** Tells a node to stand for election at once. */
export function sendTimeoutNow(core: Core, to: NodeId): void {
  core.send(draft('timeout-now', to));
}
