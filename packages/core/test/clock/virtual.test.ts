import { seededRandom, virtualClock } from '@dwcp/core';
import type { Timer } from '@dwcp/core';
import { describe, expect, it } from 'vitest';

describe('virtual clock', () => {
  it('makes calls by time, and calls of the same time in the order of scheduling', () => {
    const clock = virtualClock({ startMs: 100, startWallMs: 5000 });
    const log: string[] = [];
    const note = (name: string) => () => log.push(`${name}@${clock.nowMs()}`);
    clock.schedule(10, note('b'));
    clock.schedule(5, note('a'));
    clock.schedule(10, note('c'));
    clock.schedule(-3, note('now'));
    clock.advance(9);
    expect(log).toEqual(['now@100', 'a@105']);
    expect([clock.nowMs(), clock.wallMs(), clock.pending]).toEqual([109, 5009, 2]);
    clock.advance(1);
    expect(log.slice(2)).toEqual(['b@110', 'c@110']);
  });

  it('makes calls that are scheduled on the way', () => {
    const clock = virtualClock();
    const at: number[] = [];
    const tick = (): void => {
      at.push(clock.nowMs());
      clock.schedule(10, tick);
    };
    clock.schedule(10, tick);
    clock.advance(35);
    expect(at).toEqual([10, 20, 30]);
    expect(() => clock.runUntilIdle({ maxCalls: 50 })).toThrow(/50 calls/);
    expect(at).toHaveLength(53);
  });

  it('cancels, also twice and too late', () => {
    const clock = virtualClock();
    const log: string[] = [];
    const kept = clock.schedule(2, () => log.push('kept'));
    const cancelled = clock.schedule(1, () => log.push('cancelled'));
    cancelled.cancel();
    cancelled.cancel();
    expect(clock.pending).toBe(1);
    expect(clock.runUntilIdle()).toBe(1);
    kept.cancel();
    expect(log).toEqual(['kept']);
    expect(clock.pending).toBe(0);
  });

  it('agrees with a sorted list under any mix of calls and cancels', () => {
    const random = seededRandom(3);
    const clock = virtualClock();
    const made: number[] = [];
    const expected: { readonly atMs: number; readonly id: number }[] = [];
    const timers: Timer[] = [];
    for (let id = 0; id < 3000; id += 1) {
      const delayMs = random.integer(500);
      expected.push({ atMs: delayMs, id });
      timers.push(clock.schedule(delayMs, () => made.push(id)));
    }
    const cancelled = new Set(Array.from({ length: 2000 }, () => random.integer(3000)));
    for (const id of cancelled) timers[id]?.cancel();
    expect(clock.pending).toBe(3000 - cancelled.size);
    clock.runUntilIdle();
    const kept = expected.filter(({ id }) => !cancelled.has(id));
    expect(made).toEqual(
      kept.toSorted((a, b) => a.atMs - b.atMs || a.id - b.id).map(({ id }) => id),
    );
  });

  it('refuses to go back or to the end of time', () => {
    const clock = virtualClock();
    for (const ms of [-1, Number.NaN, Infinity]) {
      expect(() => clock.advance(ms)).toThrow(`by ${ms} ms`);
    }
  });

  it('runs until a promise is settled and lets others react in between', async () => {
    const clock = virtualClock();
    const wait = (ms: number): Promise<void> =>
      new Promise((resolve) => clock.schedule(ms, resolve));
    const work = async (): Promise<number> => {
      await wait(10);
      await wait(20);
      for (let reaction = 0; reaction < 100; reaction += 1) await Promise.resolve();
      await wait(30);
      return clock.nowMs();
    };
    clock.schedule(1000, () => expect.unreachable('past the promise'));
    expect(await clock.until(work())).toBe(60);
    await expect(clock.until(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('waits at a standing clock for real work', async () => {
    const clock = virtualClock();
    const work = new Promise<void>((resolve) => {
      setTimeout(() => clock.schedule(5, resolve), 5);
    });
    await clock.until(work);
    expect(clock.nowMs()).toBe(5);
  });
});
