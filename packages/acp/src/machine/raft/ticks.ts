/** What time and the driver's reports do to a node. */
import type { Core } from './core.ts';
import { describeProgress, name } from './describe.ts';
import { standForElection } from './elections.ts';
import type { Refusal } from './refusal.ts';
import { broadcastHeartbeat } from './replication.ts';
import type { NodeId } from './types.ts';
import { noNode } from './types.ts';

/** One tick passes. */
export function tick(core: Core): void {
  if (core.role === 'leader') tickLeader(core);
  else tickFollower(core);
}

/** Stands for election, after a pre-vote where that is set. */
export function campaign(core: Core): void {
  standForElection(core, core.settings.preVote ? 'pre-vote' : 'vote');
}

/** A message to a follower was lost, or it cannot be reached. */
export function reportUnreachable(core: Core, id: NodeId): void {
  const progress = core.role === 'leader' ? core.tracker.get(id) : undefined;
  if (progress === undefined) return;
  // Something in its stream is probably lost: find out where it stands.
  if (progress.state === 'replicate') progress.becomeProbe();
  core.logger?.log(
    'debug',
    `${name(core.id)} failed to send message to ${name(id)} because it is unreachable ` +
      `[${describeProgress(progress)}]`,
  );
}

/** A snapshot reached a follower or was lost. */
export function reportSnapshot(core: Core, id: NodeId, arrived: boolean): void {
  const progress = core.role === 'leader' ? core.tracker.get(id) : undefined;
  if (progress?.state !== 'snapshot') return;
  // A lost one says nothing about where the follower stands.
  if (!arrived) progress.pendingSnapshot = 0;
  progress.becomeProbe();
  core.logger?.log(
    'debug',
    `${name(core.id)} snapshot ${arrived ? 'succeeded' : 'failed'}, resumed sending replication ` +
      `messages to ${name(id)} [${describeProgress(progress)}]`,
  );
  // Its answer, or the next heartbeat, lets entries flow again.
  progress.paused = true;
}

/** Forgets the leader without leaving its term, so that another may be elected at once. */
export function forgetLeader(core: Core): Refusal | undefined {
  if (core.role !== 'follower') return undefined;
  if (core.settings.reads === 'lease') {
    core.logger?.log('error', 'ignoring MsgForgetLeader due to ReadOnlyLeaseBased');
    return 'lease-based-reads';
  }
  if (core.lead !== noNode) {
    core.logger?.log(
      'info',
      `${name(core.id)} forgetting leader ${name(core.lead)} at term ${core.term}`,
    );
    core.lead = noNode;
  }
  return undefined;
}

function tickFollower(core: Core): void {
  core.electionElapsed += 1;
  if (!core.isPromotable || core.electionElapsed < core.electionTimeout) return;
  core.electionElapsed = 0;
  campaign(core);
}

function tickLeader(core: Core): void {
  core.heartbeatElapsed += 1;
  core.electionElapsed += 1;
  if (core.electionElapsed >= core.settings.electionTicks) {
    core.electionElapsed = 0;
    if (core.settings.checkQuorum && !keepsQuorum(core)) return;
    // A transfer that took so long has failed: take proposals again.
    core.transferee = noNode;
  }
  if (core.heartbeatElapsed >= core.settings.heartbeatTicks) {
    core.heartbeatElapsed = 0;
    broadcastHeartbeat(core, core.reads.position);
  }
}

/** Steps down when no quorum was heard of since the last check (Raft thesis, §6.2). */
function keepsQuorum(core: Core): boolean {
  const active = core.tracker.quorumActive();
  if (!active) {
    core.logger?.log(
      'warn',
      `${name(core.id)} stepped down to follower since quorum is not active`,
    );
    core.becomeFollower(core.term, noNode);
  }
  for (const progress of core.tracker.all) {
    if (progress.id !== core.id) progress.recentActive = false;
  }
  return active;
}
