/** The clock of the running machine. */
import type { Clock, Timer } from '../roles/host.ts';

/** Longest delay that `setTimeout` keeps; a longer one would fire at once (Node documentation, Timers). */
const maxTimeoutMs = 2 ** 31 - 1;

/**
 * The clock of the running process. Delays keep the promise of {@link Clock.schedule} to the
 * microsecond: `setTimeout` alone drops fractions, fires up to 1 ms early, and at once above
 * 24.8 days. A delay of 0 takes no timer but the next turn of the event loop.
 *
 * @example
 * ```ts
 * import { systemClock } from '@dwcp/core';
 *
 * const clock = systemClock();
 * const startMs = clock.nowMs();
 * await new Promise<void>((resolve) => clock.schedule(2.5, resolve));
 * clock.nowMs() - startMs >= 2.5; // => true
 * ```
 */
export function systemClock(): Clock {
  return {
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    schedule: (delayMs, callback) => (delayMs > 0 ? later(delayMs, callback) : nextTurn(callback)),
  };
}

function nextTurn(callback: () => void): Timer {
  const handle = setImmediate(callback);
  return { cancel: () => clearImmediate(handle) };
}

function later(delayMs: number, callback: () => void): Timer {
  const deadlineMs = performance.now() + delayMs;
  const wait = (): NodeJS.Timeout => {
    const leftMs = deadlineMs - performance.now();
    return setTimeout(check, Math.min(Math.ceil(leftMs), maxTimeoutMs));
  };
  const check = (): void => {
    if (performance.now() >= deadlineMs) callback();
    else handle = wait();
  };
  let handle = wait();
  return { cancel: () => clearTimeout(handle) };
}
