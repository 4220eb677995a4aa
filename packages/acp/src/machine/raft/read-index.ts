/** How a leader answers reads without writing them to the log (Raft thesis, §6.4). */
import type { Core } from './core.ts';
import type { Message } from './message.ts';
import { draft } from './message.ts';
import type { Refusal } from './refusal.ts';
import { broadcastHeartbeat } from './replication.ts';
import { noData, noNode } from './types.ts';

/** A read arrives at the leader. */
export function serveRead(core: Core, request: Message): Refusal | undefined {
  if (core.tracker.isSingleton) {
    answer(core, request, core.log.committed);
    return undefined;
  }
  if (core.reads.position + core.postponedReads.length >= core.settings.maxPendingReads) {
    return 'too-many-reads';
  }
  // Before the first commit of its term a leader may not know what earlier leaders committed.
  if (core.hasCommittedInTerm) confirm(core, request);
  else core.postponedReads.push(request);
  return undefined;
}

/** The first entry of the term is committed: the reads that waited for it go on. */
export function resumePostponedReads(core: Core): void {
  if (core.postponedReads.length === 0 || !core.hasCommittedInTerm) return;
  const requests = core.postponedReads;
  core.postponedReads = [];
  for (const request of requests) confirm(core, request);
}

/** A follower answered a heartbeat that carried reads. */
export function acknowledgeReads(core: Core, { from, context }: Message): void {
  if (core.settings.reads !== 'safe' || context === 0) return;
  core.reads.ack(from, context);
  for (const { request, index } of core.reads.release(core.tracker.config)) {
    answer(core, request, index);
  }
}

function confirm(core: Core, request: Message): void {
  const index = core.log.committed;
  if (core.settings.reads === 'lease') {
    answer(core, request, index);
    return;
  }
  const position = core.reads.add({ request, index });
  core.reads.ack(core.id, position);
  broadcastHeartbeat(core, position);
}

function answer(core: Core, request: Message, index: number): void {
  const [entry] = request.entries;
  if (request.from === noNode || request.from === core.id) {
    core.readStates.push({ index, context: entry?.data ?? noData });
    return;
  }
  const response = draft('read-index-response', request.from);
  response.index = index;
  response.entries = request.entries;
  core.send(response);
}
