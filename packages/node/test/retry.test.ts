import { DwcpError, seededRandom, virtualClock } from '@dwcp/core';
import { describe, expect, it } from 'vitest';
import type { FailedAttempt } from '../src/index.ts';
import { withRetries } from '../src/retry.ts';

const lost = (): DwcpError => new DwcpError('ERR_DWCP_CONNECTION_LOST', 'lost');

function host(signal?: AbortSignal) {
  return { clock: virtualClock(), random: seededRandom(1), signal };
}

describe('attempts', () => {
  it('go on after retryable failures, with growing waits', async () => {
    const own = host();
    const failed: FailedAttempt[] = [];
    let attempts = 0;
    const result = withRetries(
      own,
      { retries: 6, retryDelayMs: 100, onRetry: (attempt) => failed.push(attempt) },
      async (number) => {
        attempts = number;
        if (number < 7) throw lost();
        return 'done';
      },
    );
    expect(await own.clock.until(result)).toBe('done');
    expect(attempts).toBe(7);
    const fullMs = [100, 200, 400, 800, 1600, 3200];
    for (const [index, { attempt, delayMs }] of failed.entries()) {
      expect(attempt).toBe(index + 1);
      expect(delayMs).toBeGreaterThanOrEqual((fullMs[index] ?? 0) / 2);
      expect(delayMs).toBeLessThanOrEqual(fullMs[index] ?? 0);
    }
    expect(own.clock.nowMs()).toBeCloseTo(
      failed.reduce((sum, { delayMs }) => sum + delayMs, 0),
      6,
    );
  });

  it('end at the limit with the last error', async () => {
    const own = host();
    let attempts = 0;
    const result = withRetries(own, { retries: 2 }, async () => {
      attempts += 1;
      throw lost();
    });
    await expect(own.clock.until(result)).rejects.toMatchObject({
      code: 'ERR_DWCP_CONNECTION_LOST',
    });
    expect(attempts).toBe(3);
  });

  it('start counting again when something moved', async () => {
    const own = host();
    const result = withRetries(own, { retries: 1 }, async (number, onMoved) => {
      if (number === 6) return number;
      onMoved();
      throw lost();
    });
    expect(await own.clock.until(result)).toBe(6);
  });

  it.each([new DwcpError('ERR_DWCP_UNSAFE_PATH', 'no'), new Error('a bug')])(
    'end at once with %s',
    async (error) => {
      const own = host();
      let attempts = 0;
      const result = withRetries(own, {}, async () => {
        attempts += 1;
        throw error;
      });
      await expect(result).rejects.toBe(error);
      expect(attempts).toBe(1);
    },
  );

  it('end in the middle of a wait when the caller gives up', async () => {
    const stop = new AbortController();
    const own = host(stop.signal);
    const result = withRetries(own, { onRetry: () => stop.abort() }, async () => {
      throw lost();
    });
    await expect(result).rejects.toMatchObject({ code: 'ERR_DWCP_ABORTED' });
    expect(own.clock.pending).toBe(0);
  });
});
