import type { ConfChangeStep } from '@dwcp/acp';
import { decodeConfChange, encodeConfChange } from '@dwcp/acp';
import { describe, expect, test } from 'vitest';
import { bytes, Cluster } from './cluster.ts';

const add = (nodeId: number): ConfChangeStep => ({ type: 'add-voter', nodeId });
const learn = (nodeId: number): ConfChangeStep => ({ type: 'add-learner', nodeId });
const remove = (nodeId: number): ConfChangeStep => ({ type: 'remove', nodeId });

describe('Raft thesis, §4.1: one voter at a time', () => {
  test('a voter is added, gets the log and counts', () => {
    const cluster = new Cluster([1], {}, [], 1);
    cluster.elect(1);
    cluster.propose(1, 'before');
    cluster.add(2);
    cluster.reconfigure(1, { changes: [add(2)] });
    expect(cluster.get(2).payloads).toEqual(['before']);
    cluster.isolate(2);
    cluster.propose(1, 'needs both');
    expect(cluster.get(1).payloads).toEqual(['before']);
  });

  test('a change is refused while another is not applied', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    node.proposeConfChange({ changes: [add(4)] });
    node.proposeConfChange({ changes: [add(5)] });
    cluster.settle();
    expect(node.status().confState.voters).toEqual([1, 2, 3, 4]);
  });

  test('two voters at once need a joint configuration', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    const { votersOutgoing } = node.applyConfChange({ changes: [add(4), add(5)] });
    expect(votersOutgoing).toEqual([1, 2, 3]);
  });

  test('the last voter cannot be removed, and a failed change leaves all as it was', () => {
    const cluster = new Cluster([1]);
    const { node } = cluster.elect(1);
    expect(() => node.applyConfChange({ changes: [remove(1)] })).toThrow('removed all voters');
    expect(node.status().confState.voters).toEqual([1]);
  });
});

describe('Raft thesis, §4.2.1: catching up', () => {
  test('a learner gets the log without a vote, and can be promoted', () => {
    const cluster = new Cluster([1], {}, [], 1);
    cluster.elect(1);
    cluster.add(2);
    cluster.reconfigure(1, { changes: [learn(2)] });
    cluster.isolate(2);
    cluster.propose(1, 'without 2');
    expect(cluster.get(1).payloads).toEqual(['without 2']);
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    expect(cluster.get(2).payloads).toEqual(['without 2']);
    cluster.reconfigure(1, { changes: [add(2)] });
    expect(cluster.get(2).node.status().confState).toMatchObject({ voters: [1, 2], learners: [] });
  });
});

describe('Raft thesis, §4.2.2: removing the leader', () => {
  test('it steps down when the change is applied, and another is elected', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    cluster.reconfigure(1, { changes: [remove(1)] });
    expect(node.status().role).toBe('follower');
    cluster.elect(2);
    cluster.propose(2, 'x');
    expect(cluster.get(3).payloads).toEqual(['x']);
    expect(cluster.get(1).payloads).toEqual([]);
  });

  test('it does not count itself for what comes after the change', () => {
    const cluster = new Cluster([1, 2, 3], { stepDownOnRemoval: false });
    const { node } = cluster.elect(1);
    node.proposeConfChange({ changes: [remove(1)] });
    node.propose(bytes('after'));
    cluster.isLost = ({ from, to }) => from === 3 || to === 3;
    cluster.settle();
    expect(node.status().confState.voters).toEqual([2, 3]);
    // 1 and 2 of three old voters agree to the change; of the two new ones only 2 has what follows.
    expect(node.propose(bytes('never'))).toBe('not-member');
    expect(node.status().progress.map(({ id }) => id)).toEqual([2, 3]);
  });
});

describe('Raft thesis, §4.3: joint consensus', () => {
  test('any change in one step, left by itself', () => {
    const cluster = new Cluster([1, 2, 3], {}, [], 1);
    for (const id of [4, 5]) cluster.add(id);
    cluster.elect(1);
    cluster.reconfigure(1, { changes: [remove(2), remove(3), add(4), add(5)] });
    cluster.tick(1, 1);
    cluster.settle();
    for (const id of [1, 4, 5]) {
      expect(cluster.get(id).node.status().confState).toMatchObject({
        voters: [1, 4, 5],
        votersOutgoing: [],
      });
    }
  });

  test('while joint, entries and elections need both majorities', () => {
    const cluster = new Cluster([1, 2, 3], {}, [], 1);
    for (const id of [4, 5]) cluster.add(id);
    const { node } = cluster.elect(1);
    const changes = [remove(2), remove(3), add(4), add(5)];
    cluster.reconfigure(1, { transition: 'explicit', changes });
    expect(node.status().confState).toMatchObject({
      voters: [1, 4, 5],
      votersOutgoing: [1, 2, 3],
    });
    cluster.isolate(2, 3);
    cluster.propose(1, 'new half only');
    expect(cluster.get(1).payloads).toEqual([]);
    cluster.elect(4);
    expect(cluster.get(4).node.status().role).not.toBe('leader');
    cluster.isolate(4, 5);
    cluster.elect(2);
    expect(cluster.get(2).node.status().role).not.toBe('leader');
  });

  test('an explicit change stays joint until an empty one is proposed, and takes no other', () => {
    const cluster = new Cluster([1, 2, 3]);
    const { node } = cluster.elect(1);
    cluster.reconfigure(1, { transition: 'explicit', changes: [learn(3)] });
    expect(node.status().confState).toMatchObject({ voters: [1, 2], learnersNext: [3] });
    cluster.reconfigure(1, { changes: [remove(2)] });
    expect(node.status().confState.voters).toEqual([1, 2]);
    cluster.reconfigure(1, {});
    expect(node.status().confState).toMatchObject({
      voters: [1, 2],
      votersOutgoing: [],
      learners: [3],
      learnersNext: [],
    });
  });

  test('a new leader finishes a joint change that its predecessor began', () => {
    const cluster = new Cluster([1, 2, 3, 4, 5]);
    cluster.elect(1);
    // The change is committed, but the entry that would end it never leaves the old leader.
    cluster.isLost = ({ entries }) =>
      entries.some(({ type, data }) => type === 'conf-change-v2' && data.length === 0);
    cluster.reconfigure(1, { transition: 'implicit', changes: [remove(5)] });
    expect(cluster.get(2).node.status().confState).toMatchObject({
      voters: [1, 2, 3, 4],
      votersOutgoing: [1, 2, 3, 4, 5],
      autoLeave: true,
    });
    cluster.isolate(1);
    cluster.elect(2);
    expect(cluster.get(2).node.status().confState).toMatchObject({
      voters: [1, 2, 3, 4],
      votersOutgoing: [],
    });
  });
});

describe('bootstrap', () => {
  test('the same voters on every node make a cluster', () => {
    const cluster = new Cluster([]);
    for (const id of [1, 2, 3]) cluster.add(id).node.bootstrap([1, 2, 3]);
    cluster.settle();
    cluster.elect(2);
    cluster.propose(2, 'x');
    for (const { payloads } of cluster.servers.values()) expect(payloads).toEqual(['x']);
    cluster.get(3).restart();
    cluster.settle();
    expect(cluster.get(3).node.status().confState.voters).toEqual([1, 2, 3]);
  });

  test('a log that is not empty is not bootstrapped', () => {
    const cluster = new Cluster([1]);
    cluster.elect(1);
    expect(() => cluster.get(1).node.bootstrap([1])).toThrow('empty log');
    expect(() => cluster.add(2).node.bootstrap([])).toThrow('at least one voter');
  });
});

describe('membership changes as bytes', () => {
  test.each([
    { changes: [] },
    { changes: [add(1)], singleStep: true },
    { transition: 'explicit' as const, changes: [add(1), learn(300), remove(2 ** 40)] },
    { changes: [{ type: 'update' as const, nodeId: 7 }], context: bytes('address') },
  ])('%j survives', (change) => {
    const data = encodeConfChange(change);
    const type = change.singleStep === true ? 'conf-change' : 'conf-change-v2';
    const decoded = decodeConfChange({ type, term: 1, index: 1, data });
    expect(decoded.changes).toEqual(change.changes);
    expect(decoded.transition ?? 'auto').toBe(change.transition ?? 'auto');
    expect(decoded.context ?? bytes('')).toEqual(change.context ?? bytes(''));
  });

  test('what cannot be written is refused', () => {
    const many = Array.from({ length: 2000 }, (_, at) => add(at + 1));
    expect(() => encodeConfChange({ changes: many })).toThrow('1024 is the limit');
    expect(() => encodeConfChange({ singleStep: true })).toThrow('exactly one step');
    expect(() => encodeConfChange({ changes: [add(1.5)] })).toThrow('1.5 is no node id');
  });
});
