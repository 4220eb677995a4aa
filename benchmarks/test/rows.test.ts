import { describe, expect, test } from 'vitest';
import type { Environment } from '../harness/environment.ts';
import { renderRows, renderVerdict } from '../harness/report.ts';
import { type Comparison, isBelowGoal, type Row, toRow } from '../harness/rows.ts';

const env: Environment = {
  date: '2026-01-01T00:00:00.000Z',
  commit: 'abc1234',
  node: 'v24.0.0',
  kernel: 'Linux 6.1',
  cpu: 'a processor',
  cores: 2,
  fileSystem: 'ext4',
  loadStart: 0.5,
  loadEnd: 1.5,
};

const comparison: Comparison = {
  case: 'first push',
  metric: 'wall time',
  unit: 'ms',
  ours: [900, 1100, 1000],
  peer: [2000, 1800, 2500],
  peerName: 'rsync -a',
  goal: 1,
};

function row(changes: Partial<Comparison>): Row {
  return toRow('push', { ...comparison, ...changes }, env);
}

describe('toRow', () => {
  test('holds medians, ranges, the number of rounds and where it was measured', () => {
    expect(row({})).toEqual({
      suite: 'push',
      case: 'first push',
      metric: 'wall time',
      unit: 'ms',
      ours: 1000,
      oursRange: [900, 1100],
      peer: 2000,
      peerRange: [1800, 2500],
      peerName: 'rsync -a',
      ratio: 2,
      goal: 1,
      rounds: 3,
      env,
    });
  });

  test.each([
    ['ms', 2],
    ['bytes', 2],
    ['bytes/s', 0.5],
  ] as const)('knows which direction of %s is the better one', (unit, ratio) => {
    expect(row({ unit }).ratio).toBe(ratio);
  });

  test('counts the rounds of the side that has fewer', () => {
    expect(row({ peer: [2000] }).rounds).toBe(1);
  });
});

describe('isBelowGoal', () => {
  test('only below: a goal that is met exactly is met', () => {
    expect(isBelowGoal(row({ goal: 2 }))).toBe(false);
    expect(isBelowGoal(row({ goal: 2.01 }))).toBe(true);
  });

  test('never without a goal', () => {
    expect(isBelowGoal(row({ goal: null, ours: [1e9] }))).toBe(false);
  });
});

describe('the printed table', () => {
  const rows = [
    row({}),
    row({
      case: '1 % edited',
      metric: 'bytes on the wire',
      unit: 'bytes',
      ours: [400_000],
      peer: [150_000],
      goal: 0.5,
    }),
    row({ peerName: 'cp -r (limit)', goal: null, peer: [100] }),
  ];

  test('has aligned columns and marks what is below its goal', () => {
    expect(renderRows(rows)).toMatchInlineSnapshot(`
      "case        metric               ours               peer                                ratio  goal
      ----------  -----------------  ------  -----------  -------------  ------  -----------  -----  ----  --------------
      first push  wall time          1.00 s  0.90–1.10 s  rsync -a       2.00 s  1.80–2.50 s   2.00  1.00
      1 % edited  bytes on the wire  400 kB               rsync -a       150 kB                0.38  0.50  <-- below goal
      first push  wall time          1.00 s  0.90–1.10 s  cp -r (limit)  100 ms                0.10"
    `);
  });

  test('is followed by how many goals are met', () => {
    expect(renderVerdict(rows)).toBe('1 of 2 goals met');
  });
});
