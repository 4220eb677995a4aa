import { raftMessage } from '@dwcp/acp';
import { describe, expect, test } from 'vitest';
import { bytes, Cluster, text } from './cluster.ts';

function served(cluster: Cluster, id: number): [string, number][] {
  return cluster.get(id).readStates.map(({ context, index }) => [text(context), index]);
}

describe('Raft thesis, §6.4: read-only queries', () => {
  test('a read is answered with the commit index once a quorum confirmed the leader', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    cluster.propose(1, 'x');
    node.readIndex(bytes('r'));
    cluster.get(1).work();
    expect(served(cluster, 1)).toEqual([]);
    node.step(raftMessage({ type: 'heartbeat-response', from: 3, to: 1, term: 1, context: 1 }));
    cluster.get(1).work();
    expect(served(cluster, 1)).toEqual([['r', 2]]);
  });

  test('a leader that was replaced answers nothing', () => {
    const cluster = new Cluster([1, 2, 3]);
    cluster.elect(1);
    cluster.isolate(1);
    cluster.elect(2);
    cluster.propose(2, 'newer');
    cluster.get(1).node.readIndex(bytes('stale'));
    cluster.settle();
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    expect(served(cluster, 1)).toEqual([]);
  });

  test('a new leader answers only after the first commit of its term', () => {
    const cluster = new Cluster([1, 2, 3]);
    cluster.elect(1);
    cluster.propose(1, 'x');
    cluster.isLost = ({ type, from }) => type === 'append' && from === 2;
    const { node } = cluster.elect(2);
    node.readIndex(bytes('early'));
    cluster.settle();
    expect(node.status()).toMatchObject({ role: 'leader', commit: 2 });
    expect(served(cluster, 2)).toEqual([]);
    cluster.heal();
    cluster.tick(2, 1);
    cluster.settle();
    cluster.tick(2, 1);
    cluster.settle();
    expect(served(cluster, 2)).toEqual([['early', 3]]);
  });

  test('a heartbeat confirms every read that arrived before it, in order', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    node.readIndex(bytes('a'));
    node.readIndex(bytes('b'));
    node.readIndex(bytes('c'));
    cluster.get(1).work();
    node.step(raftMessage({ type: 'heartbeat-response', from: 2, to: 1, term: 1, context: 2 }));
    cluster.get(1).work();
    expect(served(cluster, 1).map(([name]) => name)).toEqual(['a', 'b']);
  });

  test('a lost heartbeat is made up for by the next one', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    cluster.isolate(1);
    node.readIndex(bytes('r'));
    cluster.settle();
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    expect(served(cluster, 1)).toEqual([['r', 1]]);
  });

  test('a follower passes reads on and gets the answer', () => {
    const cluster = new Cluster([1, 2, 3]);
    cluster.elect(1);
    cluster.get(3).node.readIndex(bytes('from 3'));
    cluster.settle();
    expect(served(cluster, 3)).toEqual([['from 3', 1]]);
    expect(served(cluster, 1)).toEqual([]);
  });

  test('a single voter needs nobody', () => {
    const cluster = new Cluster([1]);
    cluster.elect(1).node.readIndex(bytes('alone'));
    cluster.settle();
    expect(served(cluster, 1)).toEqual([['alone', 1]]);
  });

  test('during a joint change both majorities must confirm', () => {
    const cluster = new Cluster([1, 2, 3], {}, [], 1);
    for (const id of [4, 5]) cluster.add(id);
    const { node } = cluster.elect(1);
    const changes = [2, 3].map((nodeId) => ({ type: 'remove' as const, nodeId }));
    const added = [4, 5].map((nodeId) => ({ type: 'add-voter' as const, nodeId }));
    cluster.reconfigure(1, { transition: 'explicit', changes: [...changes, ...added] });
    node.readIndex(bytes('joint'));
    cluster.get(1).work();
    const confirm = (from: number) => {
      node.step(raftMessage({ type: 'heartbeat-response', from, to: 1, term: 1, context: 1 }));
      cluster.get(1).work();
      return served(cluster, 1).length;
    };
    expect([4, 5, 2].map(confirm)).toEqual([0, 0, 1]);
  });
});

describe('Raft thesis, §6.4.1: leases', () => {
  test('with leases a leader answers without asking', () => {
    const cluster = new Cluster([1, 2, 3], { checkQuorum: true, reads: 'lease' });
    cluster.elect(1).node.readIndex(bytes('r'));
    cluster.get(1).work();
    expect(served(cluster, 1)).toEqual([['r', 1]]);
  });

  test('without a quorum its lease ends with it', () => {
    const cluster = new Cluster([1, 2, 3], { checkQuorum: true, reads: 'lease' });
    const { node } = cluster.elect(1);
    cluster.isolate(1);
    cluster.tick(1, 20);
    expect(node.readIndex(bytes('r'))).toBe('no-leader');
  });

  test('a leader cannot be forgotten while reads rely on its lease', () => {
    const cluster = new Cluster([1, 2, 3], { checkQuorum: true, reads: 'lease' });
    cluster.elect(1);
    expect(cluster.get(2).node.forgetLeader()).toBe('lease-based-reads');
    expect(cluster.get(2).node.status().lead).toBe(1);
  });
});
