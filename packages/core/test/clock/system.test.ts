import { systemClock } from '@dwcp/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

describe('system clock', () => {
  it('tells the time of the process', () => {
    const clock = systemClock();
    const beforeMs = performance.now();
    expect(clock.nowMs()).toBeGreaterThanOrEqual(beforeMs);
    expect(Math.abs(clock.wallMs() - Date.now())).toBeLessThan(1000);
  });

  it('never calls early, and not inside schedule', async () => {
    const clock = systemClock();
    const lateMs = await Promise.all(
      [0, -5, 0.3, 1, 1.7, 3.01].map(
        (delayMs) =>
          new Promise<number>((resolve) => {
            const startMs = clock.nowMs();
            let inside = true;
            clock.schedule(delayMs, () => resolve(inside ? -1 : clock.nowMs() - startMs - delayMs));
            inside = false;
          }),
      ),
    );
    expect(lateMs.filter((ms) => ms < 0)).toEqual([]);
  });

  it('cancels', async () => {
    const clock = systemClock();
    const log: string[] = [];
    for (const delayMs of [0, 1])
      clock.schedule(delayMs, () => log.push(`after ${delayMs}`)).cancel();
    await new Promise<void>((resolve) => clock.schedule(3, resolve));
    expect(log).toEqual([]);
  });

  describe('with faked timers', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('keeps delays beyond the 24.8 days of setTimeout', () => {
      const days = 24 * 60 * 60 * 1000;
      let called = false;
      const clock = systemClock();
      clock.schedule(60 * days, () => {
        called = true;
      });
      vi.advanceTimersByTime(59 * days);
      expect(called).toBe(false);
      vi.advanceTimersByTime(days);
      expect(called).toBe(true);
    });

    it('cancels a delay that was already prolonged', () => {
      const timer = systemClock().schedule(2 ** 32, () => expect.unreachable('it was cancelled'));
      vi.advanceTimersByTime(2 ** 31);
      timer.cancel();
      vi.advanceTimersByTime(2 ** 33);
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});
