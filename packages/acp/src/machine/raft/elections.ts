/** Elections: standing, asking, voting, counting (Raft paper, §5.2 and §5.4.1; thesis, §9.6). */
import { isConfChange } from './conf-change.ts';
import type { Core } from './core.ts';
import { logName, name } from './describe.ts';
import type { Message, MessageType } from './message.ts';
import { draft } from './message.ts';
import { broadcastAppend } from './replication.ts';
import { noNode } from './types.ts';

/** `pre-vote`: ask first; `vote`: stand; `transfer`: stand because the leader asked for it. */
export type Campaign = 'pre-vote' | 'vote' | 'transfer';

/** Stands for election unless something speaks against it. */
export function standForElection(core: Core, campaign: Campaign): void {
  const self = name(core.id);
  if (core.role === 'leader') {
    core.logger?.log('debug', `${self} ignoring MsgHup because already leader`);
  } else if (!core.isPromotable) {
    core.logger?.log('warn', `${self} is unpromotable and can not campaign`);
  } else if (hasUnappliedConfChange(core)) {
    core.logger?.log(
      'warn',
      `${self} cannot campaign at term ${core.term} since there are still pending configuration ` +
        'changes to apply',
    );
  } else {
    core.logger?.log('info', `${self} is starting a new election at term ${core.term}`);
    runCampaign(core, campaign);
  }
}

/** Asks all voters, itself included, for their vote. */
function runCampaign(core: Core, campaign: Campaign): void {
  const type = campaign === 'pre-vote' ? 'pre-vote' : 'vote';
  if (campaign === 'pre-vote') core.becomePreCandidate();
  else core.becomeCandidate();
  // A pre-vote asks about the term that an election would have.
  const term = campaign === 'pre-vote' ? core.term + 1 : core.term;
  const { lastIndex, lastTerm } = core.log;
  for (const { id } of core.tracker.voters()) {
    if (id === core.id) {
      // Its own vote counts once it is stable.
      core.sendWhenStable(draft(responseTo(type), id), term);
      continue;
    }
    core.logger?.log(
      'info',
      `${name(core.id)} [logterm: ${lastTerm}, index: ${lastIndex}] sent ${logName(type)} ` +
        `request to ${name(id)} at term ${core.term}`,
    );
    const message = draft(type, id);
    message.index = lastIndex;
    message.logTerm = lastTerm;
    message.context = campaign === 'transfer' ? 1 : 0;
    message.from = core.id;
    message.term = term;
    core.messages.push(message);
  }
}

/**
 * Votes. A node grants one vote a term, to a candidate whose log has all that its own has; learners
 * too, for the candidate may know of their promotion before they do.
 */
export function vote(core: Core, message: Message, type: 'vote' | 'pre-vote'): void {
  const { from, term, index, logTerm } = message;
  const free = core.vote === from || (core.vote === noNode && core.lead === noNode);
  const mayVote = free || (type === 'pre-vote' && term > core.term);
  const granted = mayVote && core.log.isUpToDate(index, logTerm);
  core.logger?.log(
    'info',
    `${standing(core)} ${granted ? 'cast' : 'rejected'} ${logName(type)} ` +
      `${granted ? 'for' : 'from'} ${name(from)} [logterm: ${logTerm}, index: ${index}] ` +
      `at term ${core.term}`,
  );
  const response = draft(responseTo(type), from);
  response.reject = !granted;
  // A granted pre-vote is about the term asked for; only a real vote changes anything here.
  core.sendWhenStable(response, granted ? term : core.term);
  if (!granted || type === 'pre-vote') return;
  core.electionElapsed = 0;
  core.vote = from;
}

/** Counts a vote that arrived. */
export function countVote(core: Core, { from, reject }: Message, type: MessageType): void {
  const self = name(core.id);
  core.logger?.log(
    'info',
    `${self} received ${logName(type)}${reject ? ' rejection' : ''} from ${name(from)} ` +
      `at term ${core.term}`,
  );
  core.tracker.recordVote(from, !reject);
  const { granted, rejected, result } = core.tracker.tally();
  core.logger?.log(
    'info',
    `${self} has received ${granted} ${logName(type)} votes and ${rejected} vote rejections`,
  );
  if (result === 'lost') {
    core.becomeFollower(core.term, noNode);
  } else if (result === 'won' && core.role === 'pre-candidate') {
    runCampaign(core, 'vote');
  } else if (result === 'won' && core.tracker.hasVoted(core.id)) {
    // Not before its own vote, and with it this term, is stable: else a crash could let the same
    // node lead the same term twice, with different entries at the same place.
    core.becomeLeader();
    broadcastAppend(core);
  }
}

/** A node with its log and vote, for log lines. */
export function standing(core: Core): string {
  const { lastTerm, lastIndex } = core.log;
  return `${name(core.id)} [logterm: ${lastTerm}, index: ${lastIndex}, vote: ${name(core.vote)}]`;
}

function responseTo(type: 'vote' | 'pre-vote'): 'vote-response' | 'pre-vote-response' {
  return type === 'vote' ? 'vote-response' : 'pre-vote-response';
}

/** True for requests for votes. */
export function isVoteRequest(type: MessageType): type is 'vote' | 'pre-vote' {
  return type === 'vote' || type === 'pre-vote';
}

/**
 * Whether a committed change waits to be applied: a node that stands with an outdated configuration
 * could win against voters that no longer decide.
 */
function hasUnappliedConfChange(core: Core): boolean {
  const { applied, committed } = core.log;
  const { maxApplyingBytes } = core.settings;
  for (let low = applied + 1; low <= committed;) {
    const page = core.log.slice(low, committed + 1, maxApplyingBytes);
    if (page === undefined || page.length === 0) return true;
    if (page.some(isConfChange)) return true;
    low += page.length;
  }
  return false;
}
