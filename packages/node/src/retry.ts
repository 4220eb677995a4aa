/** Tries again after retryable failures, with growing and spread waits. */
import {
  abortedError,
  type Clock,
  type DwcpError,
  isDwcpError,
  type Random,
  throwIfAborted,
} from '@dwcp/core';
import type { RetryOptions } from './options.ts';

/** Longest wait between two attempts. */
const maxDelayMs = 5000;

/** Where waits come from. */
export interface RetryHost {
  /** Times the waits. */
  readonly clock: Clock;
  /** Spreads them. */
  readonly random: Random;
  /** Ends a wait at once. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs `attempt` until it resolves, fails with an error that is not retryable, or has failed
 * `retries` times in a row without moving anything. `attempt` gets its number, from 1, and a
 * function to call when it moved something.
 */
export async function withRetries<Result>(
  host: RetryHost,
  options: RetryOptions,
  attempt: (number: number, onMoved: () => void) => Promise<Result>,
): Promise<Result> {
  const { onRetry, retries = 5, retryDelayMs = 200 } = options;
  let failures = 0;
  for (let number = 1; ; number += 1) {
    throwIfAborted(host.signal);
    try {
      return await attempt(number, () => {
        failures = 0;
      });
    } catch (error) {
      if (!isDwcpError(error) || !error.retryable || failures >= retries) throw error;
      failures += 1;
      const delayMs = backoffMs(failures, retryDelayMs, host.random);
      onRetry?.({ attempt: number, error, delayMs });
      throwIfAborted(host.signal);
      await wait(host, delayMs);
    }
  }
}

/** Doubles with each failure, then takes a random half off so that many nodes do not return at once. */
function backoffMs(failures: number, firstMs: number, random: Random): number {
  const fullMs = Math.min(maxDelayMs, firstMs * 2 ** (failures - 1));
  return fullMs / 2 + (fullMs / 2) * random.next();
}

function wait({ clock, signal }: RetryHost, delayMs: number): Promise<void> {
  return new Promise((resolve, reject: (error: DwcpError) => void) => {
    const onAbort = (): void => {
      timer.cancel();
      if (signal) reject(abortedError(signal));
    };
    const timer = clock.schedule(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
