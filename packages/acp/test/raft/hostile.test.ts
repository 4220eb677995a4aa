import type { ConfState, Message, Snapshot } from '@dwcp/acp';
import { raftMessage } from '@dwcp/acp';
import { isDwcpError } from '@dwcp/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Server } from './cluster.ts';
import { bytes, Cluster } from './cluster.ts';

const entry = { type: 'normal' as const, term: 1, index: 3, data: bytes('x') };
const confState: ConfState = {
  voters: [1, 2],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};
const snapshot: Snapshot = { index: 9, term: 1, confState, data: bytes('[]') };

/** A leader (1) and a follower (2) with two entries. */
function pair(): Cluster {
  const cluster = new Cluster([1, 2, 3]);
  cluster.elect(1);
  cluster.propose(1, 'x');
  return cluster;
}

/** Everything about a node that a message could change. */
function state({ node }: Server): string {
  const { log, electionElapsed, messages, afterAppend, readStates } = node.core;
  const entries = log.slice(log.firstIndex, log.lastIndex + 1, Infinity);
  return JSON.stringify([
    node.status(),
    entries,
    electionElapsed,
    messages,
    afterAppend,
    readStates,
  ]);
}

describe('messages that no correct node sends are refused and change nothing', () => {
  const toFollower = { to: 2, from: 1, term: 1 };
  const toLeader = { to: 1, from: 2, term: 1 };
  const cases: [string, Parameters<typeof raftMessage>[0]][] = [
    ['for another node', { type: 'heartbeat', ...toFollower, to: 3 }],
    ['from oneself', { type: 'append-response', ...toLeader, from: 1, index: 2 }],
    ['from nobody', { type: 'heartbeat', ...toFollower, from: 0 }],
    ['from the storage', { type: 'append-response', ...toLeader, from: -1 }],
    ['of a local kind', { type: 'storage-append-response', ...toLeader, index: 2, logTerm: 1 }],
    ['of an unknown kind', JSON.parse('{"type":"fly","to":2,"from":1,"term":1}')],
    ['a term that is no number', JSON.parse('{"type":"vote","to":2,"from":1,"term":"9"}')],
    ['a fractional term', { type: 'vote', ...toFollower, term: 1.5 }],
    ['a term beyond all counters', { type: 'vote', ...toFollower, term: 2 ** 53 }],
    ['no term', { type: 'append', ...toFollower, term: 0 }],
    ['a forwarded request with a term', { type: 'propose', ...toLeader, entries: [entry] }],
    ['a negative index', { type: 'append', ...toFollower, index: -1 }],
    ['a heartbeat beyond the log', { type: 'heartbeat', ...toFollower, commit: 9 }],
    ['an answer beyond the log', { type: 'append-response', ...toLeader, index: 99 }],
    ['a hint beyond the refusal', refusal({ index: 1, rejectHint: 2 })],
    ['reads that were never asked', { type: 'heartbeat-response', ...toLeader, context: 7 }],
    [
      'entries with a gap',
      { type: 'append', ...toFollower, index: 1, logTerm: 1, entries: [entry] },
    ],
    ['falling terms', { type: 'append', ...toFollower, index: 2, logTerm: 1, entries: falling() }],
    [
      'entries of the future',
      { type: 'append', ...toFollower, index: 2, logTerm: 1, entries: [of(2)] },
    ],
    ['a preceding term of the future', { type: 'append', ...toFollower, index: 2, logTerm: 2 }],
    [
      'an entry without bytes',
      { type: 'append', ...toFollower, index: 2, entries: [bad('data', 1)] },
    ],
    [
      'an entry of unknown type',
      { type: 'append', ...toFollower, index: 2, entries: [bad('type', 1)] },
    ],
    ['an unreadable change', { type: 'append', ...toFollower, index: 2, entries: [garbage()] }],
    ['an unreadable proposal', { type: 'propose', to: 1, from: 2, entries: [garbage()] }],
    ['no proposal', { type: 'propose', to: 1, from: 2 }],
    ['two reads in one', { type: 'read-index', to: 1, from: 2, entries: [entry, entry] }],
    ['no snapshot', { type: 'snapshot', ...toFollower }],
    ['a snapshot without voters', snap({ confState: { ...confState, voters: [] } })],
    ['a voter that is a learner', snap({ confState: { ...confState, learners: [2] } })],
    ['a voter twice', snap({ confState: { ...confState, voters: [1, 1, 2] } })],
    ['a snapshot of the future', snap({ term: 2 })],
    ['a snapshot at nothing', snap({ index: 0 })],
    ['a snapshot of too many', snap({ confState: { ...confState, voters: many() } })],
  ];

  test.each(cases)('%s', (_, fields) => {
    const cluster = pair();
    const message = raftMessage(fields);
    const server = cluster.get(message.to === 1 ? 1 : 2);
    const before = state(server);
    expect(() => server.node.step(message)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_MALFORMED' }),
    );
    expect(state(server)).toBe(before);
    cluster.propose(1, 'goes on');
    expect(cluster.get(2).payloads).toEqual(['x', 'goes on']);
  });

  function refusal(fields: Partial<Message>): Parameters<typeof raftMessage>[0] {
    return { type: 'append-response', ...toLeader, reject: true, ...fields };
  }
  function snap(fields: Partial<typeof snapshot>): Parameters<typeof raftMessage>[0] {
    return { type: 'snapshot', ...toFollower, snapshot: { ...snapshot, ...fields } };
  }
  function of(term: number): typeof entry {
    return { ...entry, term };
  }
  function falling(): (typeof entry)[] {
    return [entry, { ...entry, index: 4, term: 0 }];
  }
  function bad(field: string, value: unknown): typeof entry {
    return Object.assign({ ...entry }, { [field]: value });
  }
  function garbage() {
    return { ...entry, type: 'conf-change-v2' as const, data: Uint8Array.of(0x12, 200, 1) };
  }
  function many(): number[] {
    return JSON.parse(JSON.stringify(Array.from({ length: 5000 }, (_, at) => at + 1)));
  }
});

test('an answer from a stranger is not taken, and is no error', () => {
  const cluster = pair();
  const message = raftMessage({ type: 'append-response', from: 9, to: 1, term: 1, index: 2 });
  expect(cluster.get(1).node.step(message)).toBe('unknown-peer');
});

test('only the storage of a node confirms its writes', () => {
  const { node } = pair().get(1);
  const message = raftMessage({ type: 'storage-append-response', from: 2, to: 1, term: 1 });
  expect(() => node.storageDone(message)).toThrow('none of the storage of 1');
});

test('garbage in any field: an error that changes nothing, or a state that is sound', () => {
  const number = fc.oneof(
    fc.integer({ min: -2, max: 8 }),
    fc.constantFrom(2 ** 53, 2 ** 53 - 2, 1.5, Number.NaN, Infinity),
  );
  const garbage = fc.constantFrom<unknown>(undefined, null, 'x', {}, [], 1n, true);
  const field = fc.oneof({ weight: 9, arbitrary: number }, { weight: 1, arbitrary: garbage });
  const entries = fc.array(
    fc.record({
      type: fc.constantFrom('normal', 'conf-change', 'conf-change-v2', 'x'),
      term: number,
      index: number,
      data: fc.uint8Array({ maxLength: 6 }),
    }),
    { maxLength: 3 },
  );
  const message = fc.record({
    type: fc.constantFrom(
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
      'storage-apply-response',
    ),
    to: fc.constantFrom(1, 1, 1, 1, 2, -1),
    from: fc.constantFrom(2, 3, 2, 3, 1, -1, 9),
    term: field,
    logTerm: field,
    index: field,
    commit: field,
    vote: field,
    reject: fc.boolean(),
    rejectHint: field,
    context: field,
    entries: fc.oneof({ weight: 9, arbitrary: entries }, { weight: 1, arbitrary: garbage }),
    snapshot: fc.constantFrom<unknown>(undefined, null, snapshot, { index: 1 }, 'x'),
    responses: fc.constant([]),
  });
  const result = fc.check(
    fc.property(fc.array(message, { minLength: 1, maxLength: 20 }), (messages) => {
      const server = pair().get(1);
      for (const each of messages) survives(server, each);
    }),
    { numRuns: 400, seed: 5 },
  );
  expect(result.errorInstance ?? result.counterexample).toBeNull();
});

function survives(server: Server, message: unknown): void {
  const before = state(server);
  const { commit, term } = server.node.status();
  try {
    // What arrives from a network has whatever type it has.
    server.node.step(message as Message);
  } catch (error) {
    expect(isDwcpError(error)).toBe(true);
    expect(state(server)).toBe(before);
    return;
  }
  server.work();
  const after = server.node.status();
  expect(after.commit).toBeGreaterThanOrEqual(commit);
  expect(after.term).toBeGreaterThanOrEqual(term);
  expect(after.applied).toBeLessThanOrEqual(after.commit);
  expect(after.commit).toBeLessThanOrEqual(after.lastIndex);
}
