import type { RaftOptions } from '@dwcp/acp';
import { memoryLog, raftMachine } from '@dwcp/acp';
import { seededRandom } from '@dwcp/core';
import { describe, expect, test } from 'vitest';
import { bytes, Cluster } from './cluster.ts';

const basic: RaftOptions = { id: 1, storage: memoryLog(), random: seededRandom(1) };

describe('options', () => {
  test.each<[Partial<RaftOptions>, string]>([
    [{ id: 0 }, 'id 0 is not in 1 … 2^53 - 1'],
    [{ id: 1.5 }, 'id 1.5'],
    [{ electionTicks: 1 }, 'electionTicks 1 is not a whole number from 2'],
    [{ electionTicks: 3, heartbeatTicks: 3 }, 'electionTicks 3 is not above heartbeatTicks 3'],
    [{ maxMessageBytes: 0 }, 'maxMessageBytes 0 is below 1'],
    [{ maxInflightMessages: 0 }, 'maxInflightMessages 0'],
    [{ maxInflightBytes: 10 }, 'maxInflightBytes 10 is below 1048576'],
    [{ maxUncommittedBytes: Number.NaN }, 'maxUncommittedBytes NaN'],
    [{ reads: 'lease', checkQuorum: false }, 'needs checkQuorum'],
  ])('%j is refused', (options, message) => {
    expect(() => raftMachine({ ...basic, ...options })).toThrow(message);
  });

  test('a follower without forwardProposals refuses them', () => {
    const cluster = new Cluster([1, 2], { forwardProposals: false });
    cluster.elect(1);
    expect(cluster.get(2).node.propose(bytes('x'))).toBe('not-forwarded');
  });
});

describe('the order of calls', () => {
  test('ready, then advance, then ready', () => {
    const { node } = new Cluster([1]).get(1);
    node.campaign();
    node.ready();
    expect(() => node.ready()).toThrow('twice without advance');
    node.advance();
    expect(node.hasReady).toBe(true);
  });

  test('no advance with asynchronous storage', () => {
    const { node } = new Cluster([1], { asyncStorageWrites: true }).get(1);
    expect(() => node.advance()).toThrow('deliver the responses');
  });

  test('proposals are bytes', () => {
    const { node } = new Cluster([1]).elect(1);
    expect(() => node.propose(JSON.parse('"text"'))).toThrow('no Uint8Array');
  });

  test('proposals without a leader are refused', () => {
    const { node } = new Cluster([1, 2, 3]).get(1);
    expect(node.propose(bytes('x'))).toBe('no-leader');
    expect(node.readIndex(bytes('x'))).toBe('no-leader');
    expect(node.transferLeadership(2)).toBe('no-leader');
    node.campaign();
    expect(node.propose(bytes('x'))).toBe('no-leader');
  });
});

describe('a restart', () => {
  test('continues with term, vote, commit index and log', () => {
    const cluster = new Cluster([1, 2, 3]);
    cluster.elect(1);
    cluster.propose(1, 'x');
    const before = cluster.get(2).node.status();
    cluster.get(2).restart();
    const { term, vote, commit, lastIndex } = cluster.get(2).node.status();
    expect({ term, vote, commit, lastIndex }).toEqual({
      term: before.term,
      vote: before.vote,
      commit: before.commit,
      lastIndex: before.lastIndex,
    });
    cluster.settle();
    expect(cluster.get(2).payloads).toEqual(['x']);
  });

  test('entries up to `applied` are not applied again', () => {
    const cluster = new Cluster([1]);
    cluster.elect(1);
    cluster.propose(1, 'x');
    const storage = cluster.get(1).log;
    const machine = raftMachine({ ...basic, storage, applied: 2 });
    expect(machine.status()).toMatchObject({ applied: 2, commit: 2 });
    expect(machine.hasReady).toBe(false);
  });

  test('a commit index beyond the stored log is a lost log', () => {
    const storage = memoryLog();
    storage.setHardState({ term: 1, vote: 0, commit: 3 });
    expect(() => raftMachine({ ...basic, storage })).toThrow('3 is beyond 0');
  });
});

describe('the log in memory', () => {
  const entries = [1, 2, 3].map((index) => ({
    type: 'normal' as const,
    term: 1,
    index,
    data: bytes(`${index}`),
  }));

  test('refuses gaps, and what is compacted or beyond the end', () => {
    const log = memoryLog();
    expect(() => log.append(entries.slice(1))).toThrow('leave a gap');
    log.append(entries);
    log.compact(2);
    expect([log.firstIndex(), log.lastIndex(), log.term(2), log.term(1)]).toEqual([
      3,
      3,
      1,
      undefined,
    ]);
    expect(log.entries(1, 3, Infinity)).toBeUndefined();
    expect(() => log.compact(2)).toThrow('cannot be compacted');
    expect(() => log.compact(9)).toThrow('cannot be compacted');
    expect(() => log.createSnapshot(9, log.initialState().confState, bytes(''))).toThrow(
      'no snapshot',
    );
  });

  test('appending replaces the tail and skips what is compacted', () => {
    const log = memoryLog();
    log.append(entries);
    log.compact(1);
    log.append(entries.map((entry) => ({ ...entry, term: 2 })).slice(0, 2));
    expect([log.firstIndex(), log.lastIndex(), log.term(2)]).toEqual([2, 2, 2]);
  });

  test('refuses a snapshot that is older than its own', () => {
    const { confState } = memoryLog().initialState();
    const snapshot = { index: 5, term: 1, confState, data: bytes('') };
    const log = memoryLog(snapshot);
    expect(() => log.applySnapshot({ ...snapshot, index: 4 })).toThrow('older');
    expect(log.lastIndex()).toBe(5);
  });
});
