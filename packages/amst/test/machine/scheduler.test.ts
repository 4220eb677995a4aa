import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Scheduler } from '../../src/machine/scheduler.ts';

test('the stream that waited longest is served first, the first stream last', () => {
  const scheduler = new Scheduler<string>();
  for (const stream of [0, 2, 1]) scheduler.ready(stream);
  expect(scheduler.linkIdle).toBe(true);
  for (let block = 0; block < 4; block += 1) scheduler.enqueue('a');
  expect(
    [scheduler.next(), scheduler.next(), scheduler.next()].map((turn) => turn?.stream),
  ).toEqual([2, 1, 0]);
  expect(scheduler.next()).toBeUndefined();
  scheduler.ready(1);
  expect(scheduler.next()).toEqual({ stream: 1, transfer: 'a' });
  expect(scheduler.linkIdle).toBe(false);
});

test('transfers take turns', () => {
  const scheduler = new Scheduler<string>();
  for (const transfer of ['a', 'a', 'a', 'b', 'c', 'c']) scheduler.enqueue(transfer);
  const order: (string | undefined)[] = [];
  for (let block = 0; block < 6; block += 1) {
    scheduler.ready(1);
    order.push(scheduler.next()?.transfer);
  }
  expect(order.join('')).toBe('abcaca');
});

test('no block is lost or sent twice, and no stream takes two at once', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('ready' as const), value: fc.nat(5) }),
    fc.record({ kind: fc.constant('enqueue' as const), value: fc.nat(3) }),
    fc.record({ kind: fc.constant('remove' as const), value: fc.nat(3) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const scheduler = new Scheduler<number>();
      const waiting = new Map<number, number>();
      const idle = new Set<number>();
      for (const { kind, value } of steps) {
        if (kind === 'ready') idle.add(value);
        if (kind === 'enqueue') waiting.set(value, (waiting.get(value) ?? 0) + 1);
        if (kind === 'remove') waiting.delete(value);
        scheduler[kind](value);
        for (let turn = scheduler.next(); turn !== undefined; turn = scheduler.next()) {
          expect(idle.delete(turn.stream)).toBe(true);
          const left = (waiting.get(turn.transfer) ?? 0) - 1;
          expect(left).toBeGreaterThanOrEqual(0);
          if (left === 0) waiting.delete(turn.transfer);
          else waiting.set(turn.transfer, left);
        }
        expect(idle.size === 0 || waiting.size === 0).toBe(true);
      }
    }),
  );
});
