/** Where every message enters: first its term, then what it asks for (Raft paper, figure 2). */
import type { Core } from './core.ts';
import { logName, name, roleNames } from './describe.ts';
import { countVote, isVoteRequest, standing, vote } from './elections.ts';
import { obeyLeader, stepFollower } from './follower.ts';
import { stepLeader } from './leader.ts';
import type { Message, MessageType } from './message.ts';
import { draft } from './message.ts';
import type { Refusal } from './refusal.ts';
import { snapshotStored, storageAppended, storageApplied } from './storage.ts';
import { noNode } from './types.ts';

/** A message that was checked arrives. */
export function step(core: Core, message: Message): Refusal | undefined {
  const { term } = message;
  // Requests that are forwarded, and applied entries, belong to no term.
  if (term !== 0) {
    if (term > core.term) {
      if (!enterTerm(core, message)) return undefined;
    } else if (term < core.term) {
      answerLate(core, message);
      return undefined;
    }
  }
  const { type } = message;
  if (isVoteRequest(type)) {
    vote(core, message, type);
    return undefined;
  }
  if (type === 'storage-append-response') {
    storageAppended(core, message);
    return undefined;
  }
  if (type === 'storage-apply-response') {
    storageApplied(core, message);
    return undefined;
  }
  if (core.role === 'leader') return stepLeader(core, message);
  if (core.role === 'follower') return stepFollower(core, message);
  return stepCandidate(core, message);
}

/** A higher term: follow it, unless the message only asks about it. False: ignore the message. */
function enterTerm(core: Core, message: Message): boolean {
  const { type, from, term } = message;
  if (isVoteRequest(type) && message.context === 0 && hasLease(core)) {
    core.logger?.log(
      'info',
      `${standing(core)} ignored ${logName(type)} from ${name(from)} ` +
        `[logterm: ${message.logTerm}, index: ${message.index}] at term ${core.term}: lease is not ` +
        `expired (remaining ticks: ${core.settings.electionTicks - core.electionElapsed})`,
    );
    return false;
  }
  // Pre-votes are about a future term. A granted one comes back with it and changes nothing yet.
  if (type === 'pre-vote' || (type === 'pre-vote-response' && !message.reject)) return true;
  core.logger?.log(
    'info',
    `${name(core.id)} [term: ${core.term}] received a ${logName(type)} message with higher term ` +
      `from ${name(from)} [term: ${term}]`,
  );
  core.becomeFollower(term, isFromLeader(type) ? from : noNode);
  return true;
}

/** Whether a leader was heard of so lately that no other may be elected (Raft thesis, §4.2.3). */
function hasLease({ settings, lead, electionElapsed }: Core): boolean {
  return settings.checkQuorum && lead !== noNode && electionElapsed < settings.electionTicks;
}

function isFromLeader(type: MessageType): boolean {
  return type === 'append' || type === 'heartbeat' || type === 'snapshot';
}

/** A lower term: the sender learns of the higher one where it would not otherwise. */
function answerLate(core: Core, message: Message): void {
  const { type, from, index, term } = message;
  const { checkQuorum, preVote } = core.settings;
  const self = `${name(core.id)} [term: ${core.term}]`;
  if ((checkQuorum || preVote) && (type === 'heartbeat' || type === 'append')) {
    // A node that stood alone has a higher term, and nobody would elect it or leave their leader:
    // this answer makes the old leader step down, so that all meet in a new term.
    core.sendWhenStable(draft('append-response', from));
  } else if (type === 'pre-vote') {
    // Else two nodes, one with the longer log and one with the higher term, could wait forever.
    core.logger?.log(
      'info',
      `${standing(core)} rejected MsgPreVote from ${name(from)} [logterm: ${message.logTerm}, ` +
        `index: ${index}] at term ${core.term}`,
    );
    const response = draft('pre-vote-response', from);
    response.reject = true;
    core.sendWhenStable(response);
  } else if (type === 'storage-append-response') {
    if (index !== 0) {
      // The entries may have been replaced in a later term: a later response confirms them.
      core.logger?.log(
        'info',
        `${self} ignored entry appends from a MsgStorageAppendResp message with lower term ` +
          `[term: ${term}]`,
      );
    }
    // A snapshot is committed state: it is valid whatever the term.
    snapshotStored(core, message);
  } else {
    core.logger?.log(
      'info',
      `${self} ignored a ${logName(type)} message with lower term from ${name(from)} ` +
        `[term: ${term}]`,
    );
  }
}

/** A candidate, or one that asks whether to be: counts votes until it hears of a leader. */
function stepCandidate(core: Core, message: Message): Refusal | undefined {
  const { type, from } = message;
  if (isFromLeader(type)) {
    core.becomeFollower(message.term, from);
    obeyLeader(core, message);
  } else if (type === 'propose') {
    core.logger?.log('info', `${name(core.id)} no leader at term ${core.term}; dropping proposal`);
    return 'no-leader';
  } else if (type === 'read-index' || type === 'transfer-leader') {
    return 'no-leader';
  } else if (type === 'vote-response' && core.role === 'candidate') {
    countVote(core, message, type);
  } else if (type === 'pre-vote-response' && core.role === 'pre-candidate') {
    countVote(core, message, type);
  } else if (type === 'timeout-now') {
    core.logger?.log(
      'debug',
      `${name(core.id)} [term ${core.term} state ${roleNames[core.role]}] ignored MsgTimeoutNow ` +
        `from ${name(from)}`,
    );
  }
  return undefined;
}
