/**
 * Messages from other nodes are checked before they change anything. What is refused here cannot
 * come from a node that follows the protocol: it is garbage, or a node that lost its log. Raft
 * trusts the members it has (it tolerates crashes, not lies), so a message that is well formed and
 * plausible is believed.
 */
import { DwcpError } from '@dwcp/core';
import { decodeConfChange } from './conf-change-codec.ts';
import { restoreMembership } from './conf-state.ts';
import type { Core } from './core.ts';
import { logName } from './describe.ts';
import type { Message } from './message.ts';
import type { ConfState, Entry, Snapshot } from './types.ts';
import { maxCounter } from './types.ts';

/** The most nodes that a configuration in a snapshot may name. */
const maxMembers = 4096;

const remoteTypes: ReadonlySet<unknown> = new Set([
  'append',
  'append-response',
  'heartbeat',
  'heartbeat-response',
  'propose',
  'vote',
  'vote-response',
  'pre-vote',
  'pre-vote-response',
  'snapshot',
  'timeout-now',
  'transfer-leader',
  'read-index',
  'read-index-response',
]);
const entryTypes: ReadonlySet<unknown> = new Set(['normal', 'conf-change', 'conf-change-v2']);

/** Throws `ERR_DWCP_MALFORMED` unless `message` may come from another node to this one. */
export function checkMessage(core: Core, message: Message): void {
  checkShape(message);
  if (message.to !== core.id) fail(message, `it is for node ${message.to}, not ${core.id}`);
  // A request that was passed on may come back to where it began; nothing else comes from oneself.
  if (message.from === core.id && !isPassedOn(message)) {
    fail(message, 'it bears the name of its receiver');
  }
  checkContent(message);
  if (message.term >= core.term) checkAgainst(core, message);
}

/** Requests that followers pass on to their leader under the name of the node that made them. */
function isPassedOn({ type }: Message): boolean {
  return type === 'propose' || type === 'read-index' || type === 'transfer-leader';
}

/** Types and ranges: after this the fields are what the type `Message` says. */
function checkShape(message: Message): void {
  if (typeof message !== 'object' || message === null) {
    throw new DwcpError('ERR_DWCP_MALFORMED', `a message of type ${typeof message}`);
  }
  if (!remoteTypes.has(message.type)) {
    throw new DwcpError('ERR_DWCP_MALFORMED', 'a message of a kind that no other node may send');
  }
  counter(message, 'from', 1, Number.MAX_SAFE_INTEGER);
  counter(message, 'to', 1, Number.MAX_SAFE_INTEGER);
  counter(message, 'term', 0, maxCounter);
  counter(message, 'logTerm', 0, maxCounter);
  counter(message, 'index', 0, maxCounter);
  counter(message, 'commit', 0, maxCounter);
  counter(message, 'rejectHint', 0, maxCounter);
  counter(message, 'context', 0, maxCounter);
  if (typeof message.reject !== 'boolean') fail(message, 'reject is no boolean');
  if (!Array.isArray(message.entries)) fail(message, 'entries is no array');
}

type CounterField =
  | 'from'
  | 'to'
  | 'term'
  | 'logTerm'
  | 'index'
  | 'commit'
  | 'rejectHint'
  | 'context';

function counter(message: Message, field: CounterField, low: number, high: number): void {
  const value = message[field];
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    fail(message, `${field} ${String(value)} is not in ${low} … ${high}`);
  }
}

/** What each kind must carry. */
function checkContent(message: Message): void {
  const { type, term, entries, snapshot } = message;
  const isForwarded = type === 'propose' || type === 'read-index';
  if (isForwarded !== (term === 0)) fail(message, `its term is ${term}`);
  switch (type) {
    case 'append':
      checkAppend(message);
      break;
    case 'propose':
      if (entries.length === 0) fail(message, 'it proposes nothing');
      for (const entry of entries) checkEntry(message, entry);
      break;
    case 'read-index':
    case 'read-index-response':
      if (entries.length !== 1) fail(message, `it carries ${entries.length} requests, not 1`);
      for (const entry of entries) checkEntry(message, entry);
      break;
    case 'snapshot':
      checkSnapshot(message, snapshot);
      break;
    default:
      if (entries.length > 0) fail(message, 'it carries entries');
  }
}

/** Entries follow one another, and terms never fall or exceed that of the leader. */
function checkAppend(message: Message): void {
  const { index, logTerm, term, entries } = message;
  if (logTerm > term) fail(message, `logTerm ${logTerm} is above its term ${term}`);
  let before = logTerm;
  let next = index + 1;
  for (const entry of entries) {
    checkEntry(message, entry);
    if (entry.index !== next)
      fail(message, `entry ${String(entry.index)} stands in place of ${next}`);
    if (
      !Number.isSafeInteger(entry.term) ||
      entry.term < Math.max(1, before) ||
      entry.term > term
    ) {
      fail(
        message,
        `the term ${String(entry.term)} of entry ${next} is not in ${before} … ${term}`,
      );
    }
    before = entry.term;
    next += 1;
  }
  if (next - 1 > maxCounter) fail(message, `entry ${next - 1} is beyond ${maxCounter}`);
}

function checkEntry(message: Message, entry: Entry): void {
  if (typeof entry !== 'object' || entry === null) fail(message, 'an entry is no object');
  if (!entryTypes.has(entry.type)) fail(message, 'an entry of unknown type');
  if (!(entry.data instanceof Uint8Array)) fail(message, 'the data of an entry are no bytes');
  if (entry.type !== 'normal') decodeConfChange(entry);
}

function checkSnapshot(message: Message, snapshot: Snapshot | undefined): void {
  if (typeof snapshot !== 'object' || snapshot === null) fail(message, 'it carries no snapshot');
  const { index, term, confState, data } = snapshot;
  if (!Number.isSafeInteger(index) || index < 1 || index > maxCounter) {
    fail(message, `its snapshot is at ${String(index)}`);
  }
  if (!Number.isSafeInteger(term) || term < 1 || term > message.term) {
    fail(message, `the term of its snapshot is ${String(term)}`);
  }
  if (!(data instanceof Uint8Array)) fail(message, 'the data of its snapshot are no bytes');
  checkConfState(message, confState);
}

function checkConfState(message: Message, state: ConfState): void {
  if (typeof state !== 'object' || state === null) fail(message, 'no configuration');
  const { voters, votersOutgoing, learners, learnersNext, autoLeave } = state;
  const lists = [voters, votersOutgoing, learners, learnersNext];
  if (!lists.every((list) => Array.isArray(list)) || typeof autoLeave !== 'boolean') {
    fail(message, 'its configuration is malformed');
  }
  const ids = lists.flat();
  if (ids.length > maxMembers) fail(message, `${ids.length} members; ${maxMembers} is the limit`);
  if (!ids.every((id) => Number.isSafeInteger(id) && id >= 1) || voters.length === 0) {
    fail(message, 'its configuration names no voters, or names that are none');
  }
  restoreMembership(state, { lastIndex: 1, maxInflightMessages: 1, maxInflightBytes: 1 });
}

/** What is impossible given what this node knows. */
function checkAgainst(core: Core, message: Message): void {
  const { type, term, index, commit, reject, rejectHint, context } = message;
  const { lastIndex } = core.log;
  const leads = core.role === 'leader' && term === core.term;
  if (type === 'heartbeat' && !leads && commit > lastIndex) {
    fail(
      message,
      `it commits ${commit}, which this node never confirmed: its log ends at ${lastIndex}. ` +
        'Either the sender is wrong or this node has lost entries',
    );
  }
  if (!leads) return;
  if (type === 'append-response' && (index > lastIndex || (reject && rejectHint > index))) {
    fail(message, `it answers for ${index} (hint ${rejectHint}); the log ends at ${lastIndex}`);
  }
  if (type === 'heartbeat-response' && context > core.reads.arrived) {
    fail(message, `it confirms ${context} reads of ${core.reads.arrived}`);
  }
}

function fail(message: Message, reason: string): never {
  throw new DwcpError(
    'ERR_DWCP_MALFORMED',
    `a ${logName(message.type)} from node ${String(message.from)} is impossible: ${reason}`,
  );
}
