import { describe, expect, test } from 'vitest';
import type { Tally } from './chaos.ts';
import { Chaos } from './chaos.ts';

const seeds = Array.from({ length: 80 }, (_, seed) => seed);

describe('Raft paper, figure 3, under loss, reordering, duplication, crashes and changes', () => {
  const sum: Record<string, number> = {};

  test.each(seeds)('seed %i is safe, and lives again when faults end', (seed) => {
    const chaos = new Chaos(seed);
    chaos.run(2500);
    chaos.heal();
    for (const [name, count] of Object.entries(chaos.tally)) sum[name] = (sum[name] ?? 0) + count;
    expect(chaos.tally.committed).toBeGreaterThan(0);
  });

  test('everything that was to happen did happen', () => {
    const names: (keyof Tally)[] = [
      'lost',
      'doubled',
      'restarts',
      'elections',
      'changes',
      'snapshots',
      'committed',
    ];
    expect(names.filter((name) => !((sum[name] ?? 0) > 20))).toEqual([]);
  });

  test('the same seed gives the same run', () => {
    const tallies = [1, 2].map(() => {
      const chaos = new Chaos(7);
      chaos.run(2000);
      return JSON.stringify([chaos.tally, ...[...chaos.cluster.servers.values()].map(show)]);
    });
    expect(tallies[0]).toBe(tallies[1]);
  });
});

function show({ node }: { node: { status(): unknown } }): unknown {
  return node.status();
}
