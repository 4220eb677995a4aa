/** Clocks: the running machine's, and one that only moves when it is told to. */
import type { Clock, Timer } from './roles/host.ts';

/** The clock of the running process. */
export function systemClock(): Clock {
  return {
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    schedule(delayMs, callback): Timer {
      const handle = setTimeout(callback, delayMs);
      return { cancel: () => clearTimeout(handle) };
    },
  };
}
