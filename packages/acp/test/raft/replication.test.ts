import type { Entry } from '@dwcp/acp';
import { raftMessage } from '@dwcp/acp';
import { describe, expect, test } from 'vitest';
import { bytes, Cluster } from './cluster.ts';

function entriesOf(terms: readonly number[], from = 1): Entry[] {
  return terms.map((term, at) => ({
    type: 'normal',
    term,
    index: from + at,
    data: bytes(`${term}/${from + at}`),
  }));
}

describe('Raft paper, §5.3: log replication', () => {
  test('a leader appends a command and sends it to all in parallel', () => {
    const cluster = new Cluster([1, 2, 3]);
    const server = cluster.elect(1);
    server.node.propose(bytes('x'));
    const sent = server.work();
    expect(sent).toMatchObject([
      { type: 'append', to: 2, index: 1, logTerm: 1, entries: [{ index: 2, term: 1 }] },
      { type: 'append', to: 3, index: 1, logTerm: 1, entries: [{ index: 2, term: 1 }] },
    ]);
  });

  test('an entry is committed when a majority has it, and then applied by all', () => {
    const cluster = new Cluster([1, 2, 3, 4, 5]);
    cluster.elect(1);
    cluster.isolate(1, 2);
    cluster.propose(1, 'x');
    expect(cluster.get(1).payloads).toEqual([]);
    cluster.isolate(4, 5);
    cluster.tick(1, 1);
    cluster.settle();
    for (const id of [1, 2, 3]) expect(cluster.get(id).payloads).toEqual(['x']);
    expect(cluster.get(4).payloads).toEqual([]);
  });

  test('entries are applied in log order, the same on every server', () => {
    const cluster = new Cluster([1, 2, 3]);
    cluster.elect(1);
    const commands = Array.from({ length: 50 }, (_, at) => `command ${at}`);
    for (const command of commands) cluster.propose(1, command);
    for (const { payloads } of cluster.servers.values()) expect(payloads).toEqual(commands);
  });

  test('appends are sent without waiting for answers, up to the window', () => {
    const cluster = new Cluster([1, 2], { maxInflightMessages: 4 });
    const server = cluster.elect(1);
    for (let at = 0; at < 10; at += 1) server.node.propose(bytes('x'));
    expect(server.work().filter(({ type }) => type === 'append')).toHaveLength(4);
  });

  test('the window is also bounded in bytes', () => {
    const cluster = new Cluster([1, 2], { maxMessageBytes: 10, maxInflightBytes: 100 });
    const server = cluster.elect(1);
    for (let at = 0; at < 10; at += 1) server.node.propose(new Uint8Array(40));
    expect(server.work().filter(({ type }) => type === 'append')).toHaveLength(3);
  });

  test('a message carries no more than maxMessageBytes, but one entry at least', () => {
    const cluster = new Cluster([1, 2], { maxMessageBytes: 100 });
    cluster.elect(1);
    cluster.isolate(2);
    for (let at = 0; at < 10; at += 1) cluster.propose(1, 'x'.repeat(40));
    cluster.propose(1, 'x'.repeat(400));
    cluster.get(1).node.reportUnreachable(2);
    const lengths: number[] = [];
    cluster.isLost = ({ type, entries }) => {
      if (type === 'append' && entries.length > 0) lengths.push(entries.length);
      return false;
    };
    cluster.tick(1, 1);
    cluster.settle();
    expect(cluster.get(2).payloads).toHaveLength(11);
    expect(lengths).toEqual([2, 2, 2, 2, 2, 1]);
  });

  test('consistency check: a follower refuses entries when it lacks the one before', () => {
    const cluster = new Cluster([1, 2, 3]);
    const server = cluster.get(1);
    const append = { type: 'append', from: 2, to: 1, term: 3 } as const;
    server.node.step(raftMessage({ ...append, index: 4, logTerm: 2, entries: entriesOf([3], 5) }));
    expect(server.work()).toMatchObject([{ type: 'append-response', reject: true, rejectHint: 0 }]);
    expect(server.terms).toEqual([]);
  });

  test('conflicting entries of a follower are replaced by those of the leader', () => {
    const cluster = new Cluster([1, 2, 3]);
    const server = cluster.get(1);
    const append = { type: 'append', from: 2, to: 1 } as const;
    server.node.step(raftMessage({ ...append, term: 1, entries: entriesOf([1, 1, 1, 1]) }));
    server.work();
    const entries = entriesOf([2, 2], 3);
    server.node.step(raftMessage({ ...append, term: 2, index: 2, logTerm: 1, entries }));
    expect(server.work()).toMatchObject([{ reject: false, index: 4 }]);
    expect(server.terms).toEqual([1, 1, 2, 2]);
  });

  test('entries that are there already are kept, also those behind them (§5.5: idempotent)', () => {
    const cluster = new Cluster([1, 2, 3]);
    const server = cluster.get(1);
    const append = { type: 'append', from: 2, to: 1, term: 1 } as const;
    server.node.step(raftMessage({ ...append, entries: entriesOf([1, 1, 1]) }));
    server.work();
    server.node.step(raftMessage({ ...append, entries: entriesOf([1]) }));
    expect(server.work()).toMatchObject([{ reject: false, index: 1 }]);
    expect(server.terms).toEqual([1, 1, 1]);
  });

  test('a leader never changes its own log (§5.3, leader append-only)', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    node.step(raftMessage({ type: 'append', from: 2, to: 1, term: 1, entries: entriesOf([1]) }));
    expect(node.status()).toMatchObject({ role: 'leader', lastIndex: 1 });
    expect(cluster.get(1).terms).toEqual([1]);
  });

  test('figure 7: a new leader brings all kinds of followers to its log', () => {
    const logs = {
      1: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
      2: [1, 1, 1, 4, 4, 5, 5, 6, 6],
      3: [1, 1, 1, 4],
      4: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
      5: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
      6: [1, 1, 1, 4, 4, 4, 4],
      7: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    };
    const cluster = new Cluster([1, 2, 3, 4, 5, 6, 7]);
    for (const [id, terms] of Object.entries(logs)) {
      const { log } = cluster.get(Number(id));
      log.append(entriesOf(terms));
      log.setHardState({ term: 7, vote: 0, commit: 0 });
      cluster.get(Number(id)).restart();
    }
    cluster.elect(1);
    const first = cluster.get(1).terms;
    expect(first).toEqual([...logs[1], 8]);
    for (const { terms } of cluster.servers.values()) expect(terms).toEqual(first);
  });

  test('a conflict costs one round a term, not one an entry', () => {
    const cluster = new Cluster([1, 2, 3]);
    const long = Array.from({ length: 500 }, () => 2);
    const other = Array.from({ length: 400 }, () => 3);
    for (const [id, terms] of [[1, [1, ...other]] as const, [2, [1, ...long]] as const]) {
      cluster.get(id).log.append(entriesOf(terms));
      cluster.get(id).log.setHardState({ term: 3, vote: 0, commit: 0 });
      cluster.get(id).restart();
    }
    let refusals = 0;
    cluster.isLost = ({ type, reject }) => {
      if (type === 'append-response' && reject) refusals += 1;
      return false;
    };
    cluster.elect(1);
    expect(cluster.get(2).terms).toEqual(cluster.get(1).terms);
    expect(refusals).toBeLessThanOrEqual(5);
  });
});

describe('Raft paper, §5.4.2: committing entries from previous terms', () => {
  test('figure 8: an entry of an old term is not committed by counting', () => {
    const cluster = new Cluster([1, 2, 3, 4, 5]);
    const server = cluster.get(1);
    for (const id of [1, 2, 3]) {
      cluster.get(id).log.append(entriesOf([1, 2]));
      cluster.get(id).log.setHardState({ term: 3, vote: 0, commit: 0 });
      cluster.get(id).restart();
    }
    // The leader of term 4 finds entry 2 of term 2 on a majority; its own entry 3 on itself alone.
    cluster.isLost = ({ type, entries, from }) =>
      type === 'append' && from === 1 && entries.some(({ term }) => term === 4);
    cluster.elect(1);
    for (const from of [2, 3]) {
      server.node.step(raftMessage({ type: 'append-response', from, to: 1, term: 4, index: 2 }));
    }
    expect(server.node.status()).toMatchObject({ role: 'leader', term: 4, commit: 0 });
    for (const from of [2, 3]) {
      server.node.step(raftMessage({ type: 'append-response', from, to: 1, term: 4, index: 3 }));
    }
    expect(server.node.status().commit).toBe(3);
  });

  test('§8: a new leader commits an empty entry, and with it all before', () => {
    const cluster = new Cluster([1, 2, 3]);
    for (const id of [1, 2]) {
      cluster.get(id).log.append(entriesOf([1, 2]));
      cluster.get(id).log.setHardState({ term: 2, vote: 0, commit: 0 });
      cluster.get(id).restart();
    }
    cluster.elect(1);
    for (const { payloads } of cluster.servers.values()) expect(payloads).toEqual(['1/1', '2/2']);
    expect(cluster.get(3).terms).toEqual([1, 2, 3]);
  });

  test('leader completeness: what is committed is in the log of every later leader', () => {
    const cluster = new Cluster([1, 2, 3, 4, 5]);
    cluster.elect(1);
    cluster.isolate(4, 5);
    cluster.propose(1, 'committed');
    cluster.heal();
    for (const id of [4, 5]) {
      cluster.elect(id);
      expect(cluster.get(id).node.status().role).not.toBe('leader');
    }
    cluster.elect(2);
    expect(cluster.get(2).payloads).toEqual(['committed']);
  });
});

describe('Raft paper, §7: log compaction', () => {
  test('a follower that needs entries the leader dropped gets a snapshot', () => {
    const cluster = new Cluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(3);
    for (let at = 0; at < 10; at += 1) cluster.propose(1, `x${at}`);
    cluster.get(1).compact();
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    const { node, log } = cluster.get(3);
    expect(log.firstIndex()).toBe(12);
    expect(node.status()).toMatchObject({ commit: 11, applied: 11 });
    cluster.propose(1, 'after');
    expect(cluster.get(3).payloads).toEqual(cluster.get(1).payloads);
  });

  test('a lost snapshot is sent again when it is reported', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    cluster.isolate(3);
    cluster.propose(1, 'x');
    cluster.get(1).compact();
    cluster.isLost = ({ type }) => type === 'snapshot';
    cluster.tick(1, 1);
    cluster.settle();
    expect(node.status().progress[2]).toMatchObject({ state: 'snapshot', isPaused: true });
    cluster.heal();
    node.reportSnapshot(3, false);
    cluster.tick(1, 1);
    cluster.settle();
    expect(cluster.get(3).node.status().applied).toBe(2);
  });

  test('a snapshot of what the log has already is only used to commit', () => {
    const cluster = new Cluster([1, 2]);
    cluster.elect(1);
    const server = cluster.get(2);
    server.node.step(
      raftMessage({
        type: 'append',
        from: 1,
        to: 2,
        term: 1,
        index: 1,
        logTerm: 1,
        entries: entriesOf([1, 1], 2),
      }),
    );
    server.work();
    const { confState } = server.node.status();
    const snapshot = { index: 2, term: 1, confState, data: bytes('[]') };
    server.node.step(raftMessage({ type: 'snapshot', from: 1, to: 2, term: 1, snapshot }));
    server.work();
    expect(server.node.status()).toMatchObject({ commit: 2, lastIndex: 3 });
    expect(server.log.firstIndex()).toBe(1);
  });
});

describe('limits', () => {
  test('a leader refuses proposals while too much is uncommitted, but never the first', () => {
    const cluster = new Cluster([1, 2, 3], { maxUncommittedBytes: 100 });
    const { node } = cluster.elect(1);
    cluster.isolate(1);
    expect(node.propose(new Uint8Array(1000))).toBeUndefined();
    expect(node.propose(new Uint8Array(1))).toBe('uncommitted-full');
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    cluster.tick(1, 1);
    cluster.settle();
    expect(node.propose(new Uint8Array(1))).toBeUndefined();
  });

  test('no more than maxApplyingBytes are handed out to be applied', () => {
    const cluster = new Cluster([1], { maxApplyingBytes: 100 });
    const server = cluster.elect(1);
    server.node.proposeBatch(Array.from({ length: 10 }, () => new Uint8Array(40)));
    server.workOnce();
    const sizes: number[] = [];
    while (server.node.hasReady) {
      const before = server.appliedCount;
      server.workOnce();
      sizes.push(server.appliedCount - before);
    }
    expect(sizes).toEqual([2, 2, 2, 2, 2]);
  });

  test('more reads than maxPendingReads are refused', () => {
    const cluster = new Cluster([1, 2, 3], { maxPendingReads: 2 });
    const { node } = cluster.elect(1);
    const answers = ['a', 'b', 'c'].map((name) => node.readIndex(bytes(name)));
    expect(answers).toEqual([undefined, undefined, 'too-many-reads']);
  });
});

test('a batch is one message and one write', () => {
  const cluster = new Cluster([1, 2, 3]);
  const server = cluster.elect(1);
  server.node.proposeBatch([bytes('a'), bytes('b'), bytes('c')]);
  const ready = server.node.ready();
  expect(ready.entries).toHaveLength(3);
  expect(ready.messages).toHaveLength(2);
  // All followers and the storage get the same array: nothing is copied.
  expect(ready.messages[0]?.entries).toBe(ready.entries);
  expect(ready.messages[1]?.entries).toBe(ready.entries);
});

describe('Raft thesis, §10.2.1: writing in parallel', () => {
  test('with asynchronous storage a leader replicates before its own write is done', () => {
    const cluster = new Cluster([1, 2, 3], { asyncStorageWrites: true });
    const server = cluster.get(1);
    server.node.campaign();
    server.work();
    server.store();
    server.node.step(raftMessage({ type: 'vote-response', from: 2, to: 1, term: 1 }));
    expect(server.work().map(({ type }) => type)).toEqual(['append', 'append']);
    // It may even be committed without the leader's own disk.
    for (const from of [2, 3]) {
      server.node.step(raftMessage({ type: 'append-response', from, to: 1, term: 1, index: 1 }));
    }
    expect(server.node.status().commit).toBe(1);
    expect(server.applyWork).toEqual([]);
  });

  test('§3.8: a follower acknowledges only what is stored', () => {
    const cluster = new Cluster([1, 2, 3], { asyncStorageWrites: true });
    const server = cluster.get(2);
    const entries = entriesOf([1]);
    server.node.step(raftMessage({ type: 'append', from: 1, to: 2, term: 1, entries }));
    expect(server.work()).toEqual([]);
    expect(server.store()).toMatchObject([{ type: 'append-response', to: 1, index: 1 }]);
  });
});
