import { raftMessage } from '@dwcp/acp';
import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';

describe('Raft paper, §5.1: terms', () => {
  test('a server with an older term takes the newer one and becomes a follower', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    node.step(raftMessage({ type: 'append', from: 2, to: 1, term: 5, commit: 0 }));
    expect(node.status()).toMatchObject({ term: 5, role: 'follower', lead: 2 });
  });

  test('a request with an old term is not followed', () => {
    const cluster = new Cluster([1, 2, 3]);
    cluster.elect(1);
    const { node } = cluster.get(2);
    node.step(raftMessage({ type: 'heartbeat', from: 3, to: 2, term: 0 + 1, commit: 0 }));
    cluster.elect(3);
    node.step(raftMessage({ type: 'append', from: 1, to: 2, term: 1, index: 1, logTerm: 1 }));
    expect(node.status()).toMatchObject({ term: 2, lead: 3 });
  });
});

describe('Raft paper, §5.2: leader election', () => {
  test('servers start up as followers', () => {
    const cluster = new Cluster([1, 2, 3]);
    for (const { node } of cluster.servers.values()) {
      expect(node.status()).toMatchObject({ role: 'follower', term: 0, lead: 0 });
    }
  });

  test('a follower that hears nothing increments its term, votes for itself and asks all others', () => {
    const cluster = new Cluster([1, 2, 3]);
    const server = cluster.get(1);
    cluster.tick(1, 20);
    expect(server.node.status()).toMatchObject({ role: 'candidate', term: 1, vote: 1 });
    const asked = server.work().filter(({ type }) => type === 'vote');
    expect(asked.map(({ to, term }) => [to, term])).toEqual([
      [2, 1],
      [3, 1],
    ]);
  });

  test('heartbeats keep followers from standing for election', () => {
    const cluster = new Cluster([1, 2, 3]);
    cluster.elect(1);
    for (let round = 0; round < 100; round += 1) {
      for (const id of [1, 2, 3]) cluster.tick(id, 1);
      cluster.settle();
    }
    expect(cluster.get(1).node.status()).toMatchObject({ role: 'leader', term: 1 });
  });

  test('a leader sends heartbeats to all', () => {
    const cluster = new Cluster([1, 2, 3], { heartbeatTicks: 3 });
    const server = cluster.elect(1);
    cluster.tick(1, 2);
    expect(server.work()).toEqual([]);
    cluster.tick(1, 1);
    const sent = server.work().map(({ type, to }) => [type, to]);
    expect(sent).toEqual([
      ['heartbeat', 2],
      ['heartbeat', 3],
    ]);
  });

  test.each([
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
    [7, 3],
  ])('of %i voters a candidate needs its own vote and %i more', (size, more) => {
    const cluster = new Cluster(Array.from({ length: size }, (_, at) => at + 1));
    const server = cluster.get(1);
    server.node.campaign();
    server.work();
    for (let from = 2; from <= more; from += 1) {
      server.node.step(raftMessage({ type: 'vote-response', from, to: 1, term: 1 }));
    }
    const before = server.node.status().role;
    const last = raftMessage({ type: 'vote-response', from: more + 1, to: 1, term: 1 });
    if (more > 0) server.node.step(last);
    expect(before).toBe(more === 0 ? 'leader' : 'candidate');
    expect(server.node.status().role).toBe('leader');
  });

  test('votes are counted by voter, not by message', () => {
    const cluster = new Cluster([1, 2, 3, 4, 5]);
    const { node } = cluster.get(1);
    node.campaign();
    cluster.get(1).work();
    const vote = raftMessage({ type: 'vote-response', from: 2, to: 1, term: 1 });
    for (let times = 0; times < 5; times += 1) node.step(vote);
    expect(node.status().role).toBe('candidate');
  });

  test('a server votes for at most one candidate a term, first come first served', () => {
    const cluster = new Cluster([1, 2, 3]);
    const server = cluster.get(1);
    for (const from of [2, 3, 2]) {
      server.node.step(raftMessage({ type: 'vote', from, to: 1, term: 1 }));
    }
    expect(server.work().map(({ to, reject }) => [to, reject])).toEqual([
      [2, false],
      [3, true],
      [2, false],
    ]);
  });

  test('votes of all others do not suffice before its own term and vote are stored', () => {
    const cluster = new Cluster([1, 2, 3], { asyncStorageWrites: true });
    const server = cluster.get(1);
    server.node.campaign();
    server.work();
    for (const from of [2, 3]) {
      server.node.step(raftMessage({ type: 'vote-response', from, to: 1, term: 1 }));
    }
    expect(server.node.status().role).toBe('candidate');
    server.store();
    expect(server.node.status().role).toBe('leader');
  });

  test('a vote is remembered over a restart (figure 2: persistent state)', () => {
    const cluster = new Cluster([1, 2, 3]);
    const server = cluster.get(1);
    server.node.step(raftMessage({ type: 'vote', from: 2, to: 1, term: 1 }));
    server.work();
    server.restart();
    server.node.step(raftMessage({ type: 'vote', from: 3, to: 1, term: 1 }));
    expect(server.work()).toMatchObject([{ to: 3, reject: true }]);
  });

  test('a candidate that hears of a leader of its term follows it', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.get(1);
    node.campaign();
    node.step(raftMessage({ type: 'append', from: 2, to: 1, term: 1 }));
    expect(node.status()).toMatchObject({ role: 'follower', lead: 2, term: 1 });
  });

  test('a candidate that hears of an old leader goes on', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.get(1);
    node.campaign();
    node.campaign();
    node.step(raftMessage({ type: 'append', from: 2, to: 1, term: 1 }));
    expect(node.status()).toMatchObject({ role: 'candidate', term: 2 });
  });

  test('a majority of refusals ends a candidacy', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.get(1);
    node.campaign();
    cluster.get(1).work();
    for (const from of [2, 3]) {
      node.step(raftMessage({ type: 'vote-response', from, to: 1, term: 1, reject: true }));
    }
    expect(node.status().role).toBe('follower');
  });

  test('election timeouts are spread over 1 … 2 times the shortest', () => {
    const cluster = new Cluster([1, 2, 3], { electionTicks: 8 });
    const { core } = cluster.get(1).node;
    const seen = new Set<number>();
    for (let term = 1; term < 500; term += 1) {
      core.becomeFollower(term, 0);
      seen.add(core.electionTimeout);
    }
    expect([...seen].toSorted((a, b) => a - b)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });
});

describe('Raft paper, §5.4.1: election restriction', () => {
  test.each([
    { mine: [1, 2], index: 1, logTerm: 1, granted: false, why: 'the last term is older' },
    { mine: [1], index: 1, logTerm: 1, granted: true, why: 'the logs are equal' },
    { mine: [1, 1], index: 1, logTerm: 1, granted: false, why: 'it is shorter' },
    { mine: [1], index: 2, logTerm: 1, granted: true, why: 'it is longer' },
    { mine: [1, 1, 1], index: 1, logTerm: 2, granted: true, why: 'the last term is newer' },
  ])('$why: granted is $granted', ({ mine, index, logTerm, granted }) => {
    const cluster = new Cluster([1, 2, 3]);
    const server = cluster.get(1);
    const data = new Uint8Array();
    const entries = mine.map((term, at) => ({
      type: 'normal' as const,
      term,
      index: at + 1,
      data,
    }));
    const term = Math.max(...mine);
    server.node.step(raftMessage({ type: 'append', from: 2, to: 1, term, entries }));
    server.work();
    server.node.step(raftMessage({ type: 'vote', from: 3, to: 1, term: 9, index, logTerm }));
    expect(server.work()).toMatchObject([{ type: 'vote-response', reject: !granted }]);
  });
});

describe('Raft thesis, §4.2.3: disruptive servers', () => {
  test('a follower that hears of its leader ignores candidates, and keeps its term', () => {
    const cluster = new Cluster([1, 2, 3], { checkQuorum: true });
    cluster.elect(1);
    const { node } = cluster.get(2);
    node.step(raftMessage({ type: 'vote', from: 3, to: 2, term: 9, index: 1, logTerm: 1 }));
    expect(node.status()).toMatchObject({ term: 1, lead: 1 });
    expect(cluster.get(2).work()).toEqual([]);
  });

  test('a transfer that the leader asked for is not held up', () => {
    const cluster = new Cluster([1, 2, 3], { checkQuorum: true });
    cluster.elect(1);
    cluster.get(1).node.transferLeadership(3);
    cluster.settle();
    expect(cluster.get(3).node.status()).toMatchObject({ role: 'leader', term: 2 });
  });
});

describe('Raft thesis, §6.2: a leader without a quorum', () => {
  test('steps down after an election timeout', () => {
    const cluster = new Cluster([1, 2, 3], { checkQuorum: true });
    const { node } = cluster.elect(1);
    cluster.isolate(1);
    cluster.tick(1, 20);
    expect(node.status().role).toBe('follower');
  });

  test('stays when a quorum answers', () => {
    const cluster = new Cluster([1, 2, 3], { checkQuorum: true });
    const { node } = cluster.elect(1);
    cluster.isolate(3);
    for (let round = 0; round < 50; round += 1) {
      cluster.tick(1, 1);
      cluster.settle();
    }
    expect(node.status().role).toBe('leader');
  });
});

describe('Raft thesis, §9.6: pre-vote', () => {
  test('a server that was cut off does not raise the term when it returns', () => {
    const cluster = new Cluster([1, 2, 3], { preVote: true });
    cluster.elect(1);
    cluster.isolate(3);
    cluster.tick(3, 200);
    cluster.settle();
    cluster.propose(1, 'while 3 is away');
    expect(cluster.get(3).node.status()).toMatchObject({ role: 'pre-candidate', term: 1 });
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    expect(cluster.get(1).node.status()).toMatchObject({ role: 'leader', term: 1 });
    expect(cluster.get(3).payloads).toEqual(['while 3 is away']);
  });

  test('asking changes neither term nor vote, granting neither', () => {
    const cluster = new Cluster([1, 2, 3], { preVote: true });
    cluster.get(1).node.campaign();
    const asked = cluster.get(1).work();
    expect(asked).toMatchObject([
      { type: 'pre-vote', term: 1 },
      { type: 'pre-vote', term: 1 },
    ]);
    for (const message of asked) cluster.deliver(message);
    expect(cluster.get(2).node.status()).toMatchObject({ term: 0, vote: 0 });
    expect(cluster.get(2).work()).toMatchObject([{ type: 'pre-vote-response', reject: false }]);
  });

  test('after a majority agreed the real election is held', () => {
    const cluster = new Cluster([1, 2, 3], { preVote: true });
    cluster.elect(2);
    expect(cluster.get(2).node.status()).toMatchObject({ role: 'leader', term: 1 });
  });
});

describe('Raft thesis, §3.10: leadership transfer', () => {
  test('the leader first brings the target up to date, and takes no proposals meanwhile', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    cluster.isolate(3);
    cluster.propose(1, 'late for 3');
    cluster.heal();
    node.transferLeadership(3);
    expect(node.propose(new Uint8Array(1))).toBe('transferring');
    cluster.tick(1, 1);
    cluster.settle();
    expect(cluster.get(3).node.status()).toMatchObject({ role: 'leader', term: 2 });
    expect(cluster.get(3).payloads).toEqual(['late for 3']);
  });

  test('when it takes longer than an election timeout the leader goes on', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    cluster.isolate(3);
    node.transferLeadership(3);
    cluster.tick(1, 10);
    cluster.propose(1, 'again');
    expect(cluster.get(2).payloads).toEqual(['again']);
  });

  test('a follower passes the wish on; learners and strangers cannot lead', () => {
    const cluster = new Cluster([1, 2], {}, [3]);
    cluster.elect(1);
    cluster.get(1).node.transferLeadership(3);
    cluster.get(1).node.transferLeadership(9);
    cluster.settle();
    expect(cluster.get(1).node.status()).toMatchObject({ role: 'leader', transferee: 0 });
    cluster.get(2).node.transferLeadership(2);
    cluster.settle();
    expect(cluster.get(2).node.status().role).toBe('leader');
  });
});

test('a node without members, a learner and a removed node never stand for election', () => {
  const cluster = new Cluster([1], {}, [2]);
  cluster.add(3);
  for (const id of [2, 3]) {
    cluster.tick(id, 100);
    cluster.get(id).node.campaign();
    expect(cluster.get(id).node.status()).toMatchObject({ role: 'follower', term: 0 });
  }
});

test('a node that forgets its leader votes at once', () => {
  const cluster = new Cluster([1, 2, 3], { checkQuorum: true, preVote: true });
  cluster.elect(1);
  for (const id of [2, 3]) cluster.get(id).node.forgetLeader();
  cluster.elect(2);
  expect(cluster.get(2).node.status()).toMatchObject({ role: 'leader', term: 2 });
});
