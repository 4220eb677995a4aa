/** What a follower does, and a candidate that hears of a leader. */
import { restoreMembership } from './conf-state.ts';
import type { Core } from './core.ts';
import { standForElection } from './elections.ts';
import { describeConfState } from './conf-state.ts';
import { name } from './describe.ts';
import type { Message } from './message.ts';
import { draft } from './message.ts';
import type { Refusal } from './refusal.ts';
import type { Snapshot } from './types.ts';
import { noData, noNode } from './types.ts';

/** A message arrives at a follower. */
export function stepFollower(core: Core, message: Message): Refusal | undefined {
  switch (message.type) {
    case 'append':
    case 'heartbeat':
    case 'snapshot':
      core.electionElapsed = 0;
      core.lead = message.from;
      obeyLeader(core, message);
      return undefined;
    case 'propose':
      return forwardProposal(core, message);
    case 'transfer-leader':
      return forward(core, message, 'leader transfer msg');
    case 'read-index':
      return forward(core, message, 'index reading msg');
    case 'read-index-response':
      core.readStates.push({ index: message.index, context: message.entries[0]?.data ?? noData });
      return undefined;
    case 'timeout-now':
      core.logger?.log(
        'info',
        `${name(core.id)} [term ${core.term}] received MsgTimeoutNow from ${name(message.from)} ` +
          'and starts an election to get leadership.',
      );
      // No pre-vote: the leader itself asked, so there is nobody to disturb.
      standForElection(core, 'transfer');
      return undefined;
    default:
      return undefined;
  }
}

/** Does what the leader of this term says. */
export function obeyLeader(core: Core, message: Message): void {
  if (message.type === 'append') followAppend(core, message);
  else if (message.type === 'heartbeat') followHeartbeat(core, message);
  else if (message.snapshot !== undefined) followSnapshot(core, message, message.snapshot);
}

function followAppend(core: Core, message: Message): void {
  const { from, index, logTerm, commit, entries } = message;
  const response = draft('append-response', from);
  if (index < core.log.committed) {
    response.index = core.log.committed;
  } else {
    const last = core.log.tryAppend(index, logTerm, commit, entries);
    if (last === undefined) refuseAppend(core, message, response);
    else response.index = last;
  }
  core.sendWhenStable(response);
}

/** Tells the leader where the logs may agree, so that it need not try every index. */
function refuseAppend(core: Core, message: Message, response: ReturnType<typeof draft>): void {
  const { from, index, logTerm } = message;
  core.logger?.log(
    'debug',
    `${name(core.id)} [logterm: ${core.log.term(index) ?? 0}, index: ${index}] rejected MsgApp ` +
      `[logterm: ${logTerm}, index: ${index}] from ${name(from)}`,
  );
  const hint = core.log.findConflict(Math.min(index, core.log.lastIndex), logTerm);
  response.index = index;
  response.reject = true;
  response.rejectHint = hint.index;
  response.logTerm = hint.term;
}

function followHeartbeat(core: Core, { from, commit, context }: Message): void {
  core.log.commitTo(commit);
  const response = draft('heartbeat-response', from);
  response.context = context;
  core.send(response);
}

function followSnapshot(core: Core, { from }: Message, snapshot: Snapshot): void {
  const restored = restoreSnapshot(core, snapshot);
  core.logger?.log(
    'info',
    `${name(core.id)} [commit: ${core.log.committed}] ${restored ? 'restored' : 'ignored'} ` +
      `snapshot [index: ${snapshot.index}, term: ${snapshot.term}]`,
  );
  const response = draft('append-response', from);
  response.index = restored ? core.log.lastIndex : core.log.committed;
  core.sendWhenStable(response);
}

/** Takes a snapshot in place of the log. False when the log has all of it, or it is not for us. */
function restoreSnapshot(core: Core, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot;
  const { log } = core;
  if (index <= log.committed) return false;
  const members = [...confState.voters, ...confState.learners, ...confState.votersOutgoing];
  if (!members.includes(core.id)) {
    core.logger?.log(
      'warn',
      `${name(core.id)} attempted to restore snapshot but it is not in the ConfState ` +
        `${describeConfState(confState)}; should never happen`,
    );
    return false;
  }
  const state = () =>
    `${name(core.id)} [commit: ${log.committed}, lastindex: ${log.lastIndex}, ` +
    `lastterm: ${log.lastTerm}]`;
  if (log.matches(index, term)) {
    core.logger?.log(
      'info',
      `${state()} fast-forwarded commit to snapshot [index: ${index}, term: ${term}]`,
    );
    log.commitTo(index);
    return false;
  }
  const membership = restoreMembership(confState, { ...core.newcomers, lastIndex: index });
  log.restore(snapshot);
  core.useMembership(membership);
  core.logger?.log('info', `${state()} restored snapshot [index: ${index}, term: ${term}]`);
  return true;
}

function forwardProposal(core: Core, message: Message): Refusal | undefined {
  if (core.lead === noNode) {
    core.logger?.log('info', `${name(core.id)} no leader at term ${core.term}; dropping proposal`);
    return 'no-leader';
  }
  if (!core.settings.forwardProposals) {
    core.logger?.log(
      'info',
      `${name(core.id)} not forwarding to leader ${name(core.lead)} at term ${core.term}; ` +
        'dropping proposal',
    );
    return 'not-forwarded';
  }
  // Forwarded requests carry no term: they are for whoever leads.
  core.messages.push({ ...message, to: core.lead });
  return undefined;
}

function forward(core: Core, message: Message, what: string): Refusal | undefined {
  if (core.lead === noNode) {
    core.logger?.log('info', `${name(core.id)} no leader at term ${core.term}; dropping ${what}`);
    return 'no-leader';
  }
  const from = message.from === noNode ? core.id : message.from;
  const term = message.type === 'read-index' ? 0 : core.term;
  core.messages.push({ ...message, to: core.lead, from, term });
  return undefined;
}
