import { DwcpError } from '@dwcp/core';
import { expect, test } from 'vitest';
import { pair, settle } from './pair.ts';

const text = (message: Uint8Array): string => Buffer.from(message).toString();

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('resolved'),
    (error: unknown) => error,
  );
}

test('messages of a channel arrive in order and only there', async () => {
  const { clock, dialer, listener } = await pair({ network: { rateBps: 1e7 } });
  const seen: string[] = [];
  listener.onMessage('a', (message) => seen.push(text(message)));
  listener.onMessage('b', () => seen.push('wrong channel'));
  const sends = Array.from({ length: 200 }, (_, n) => dialer.send('a', Buffer.from(`m${n}`)));
  await clock.until(Promise.all(sends));
  await settle({ clock }, 100);
  expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => `m${n}`));
});

test('requests are answered in both directions, in any order', async () => {
  const { clock, dialer, listener } = await pair();
  const slow: ((answer: Uint8Array) => void)[] = [];
  listener.onRequest('slow', () => new Promise((resolve) => slow.push(resolve)));
  dialer.onRequest('length', (message) => Uint8Array.of(message.byteLength));
  const first = dialer.request('slow', Buffer.from('1'));
  const second = dialer.request('slow', Buffer.from('2'));
  expect([...(await clock.until(listener.request('length', new Uint8Array(9))))]).toEqual([9]);
  slow[1]?.(Buffer.from('second'));
  expect(text(await clock.until(second))).toBe('second');
  slow[0]?.(Buffer.from('first'));
  expect(text(await clock.until(first))).toBe('first');
});

test('a handler error arrives with its code', async () => {
  const { clock, dialer, listener } = await pair();
  listener.onRequest('coded', () => {
    throw new DwcpError('ERR_DWCP_BUSY', 'come back later');
  });
  listener.onRequest('plain', () => Promise.reject(new Error('boom')));
  const coded = await clock.until(failureOf(dialer.request('coded', new Uint8Array(0))));
  expect(coded).toMatchObject({ code: 'ERR_DWCP_BUSY', retryable: true });
  expect(String(coded)).toContain('come back later');
  const plain = await clock.until(failureOf(dialer.request('plain', new Uint8Array(0))));
  expect(plain).toMatchObject({ code: 'ERR_DWCP_HANDLER_FAILED' });
  const nobody = await clock.until(failureOf(dialer.request('nobody', new Uint8Array(0))));
  expect(nobody).toMatchObject({ code: 'ERR_DWCP_REFUSED' });
});

test('a request ends by time limit or signal, and a late answer is ignored', async () => {
  const { clock, dialer, listener } = await pair();
  const answers: ((answer: Uint8Array) => void)[] = [];
  listener.onRequest('late', () => new Promise((resolve) => answers.push(resolve)));
  const timed = failureOf(dialer.request('late', new Uint8Array(1), { timeoutMs: 50 }));
  const controller = new AbortController();
  const aborted = failureOf(
    dialer.request('late', new Uint8Array(1), { signal: controller.signal }),
  );
  expect(await clock.until(timed)).toMatchObject({ code: 'ERR_DWCP_TIMEOUT' });
  controller.abort(new Error('changed my mind'));
  expect(await aborted).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
  for (const answer of answers) answer(new Uint8Array(1));
  await settle({ clock }, 10);
  expect(dialer.stats().connections).toBe(4);
});

test('sizes are bounded by the smaller limit of the two sides', async () => {
  const { clock, dialer, listener } = await pair({
    listener: { limits: { maxMessageBytes: 100 } },
  });
  expect([dialer.maxMessageBytes, listener.maxMessageBytes]).toEqual([100, 100]);
  const sent = failureOf(dialer.send('a', new Uint8Array(101)));
  expect(await sent).toMatchObject({ code: 'ERR_DWCP_LIMIT_EXCEEDED' });
  dialer.onRequest('exact', () => new Uint8Array(100));
  dialer.onRequest('big', () => new Uint8Array(101));
  expect(await clock.until(listener.request('exact', new Uint8Array(100)))).toHaveLength(100);
  const big = await clock.until(failureOf(listener.request('big', new Uint8Array(0))));
  expect(big).toMatchObject({ code: 'ERR_DWCP_LIMIT_EXCEEDED' });
});

test.each(['', 'x'.repeat(256)])('channel names are bounded', async (channel) => {
  const { dialer } = await pair();
  const error = await failureOf(dialer.send(channel, new Uint8Array(0)));
  expect(error).toMatchObject({ code: 'ERR_DWCP_INVALID_ARGUMENT' });
});

test('a message is copied: the caller may change it at once', async () => {
  const { clock, dialer, listener } = await pair();
  const seen: string[] = [];
  listener.onMessage('a', (message) => seen.push(text(message)));
  const message = Buffer.from('before');
  const sent = dialer.send('a', message);
  message.write('after!');
  await clock.until(sent);
  await settle({ clock }, 10);
  expect(seen).toEqual(['before']);
});

test('a handler that throws is logged and the session goes on', async () => {
  const lines: string[] = [];
  const logger = { log: (_level: string, message: string) => lines.push(message) };
  const { clock, dialer, listener } = await pair({ listener: { logger } });
  listener.onMessage('a', () => {
    throw new Error('boom');
  });
  await dialer.send('a', new Uint8Array(0));
  await settle({ clock }, 10);
  expect(lines).toContain('a message handler threw');
  expect(listener.stats().connections).toBe(4);
});

test('one handler per channel, removable', async () => {
  const { listener } = await pair();
  const remove = listener.onMessage('a', () => undefined);
  expect(() => listener.onMessage('a', () => undefined)).toThrow(/has a handler/);
  remove();
  listener.onMessage('a', () => undefined);
  const removeRequest = listener.onRequest('a', (message) => message);
  expect(() => listener.onRequest('a', (message) => message)).toThrow(/has a handler/);
  removeRequest();
  listener.onRequest('a', (message) => message);
});

test('a peer that does not read: send waits, then refuses, then the silence ends the session', async () => {
  const limits = { maxQueuedMessageBytes: 1_000_000, keepAliveTimeoutMs: 5000 };
  const { clock, network, dialer } = await pair({ both: { limits } });
  network.partition();
  const outcomes: unknown[] = [];
  for (let sent = 0; sent < 12; sent += 1) {
    void dialer.send('a', new Uint8Array(500_000)).then(
      () => outcomes.push('sent'),
      (error: unknown) => outcomes.push(error),
    );
  }
  await settle({ clock }, 10);
  expect(outcomes).toContainEqual(expect.objectContaining({ code: 'ERR_DWCP_LIMIT_EXCEEDED' }));
  const error = await clock.until(dialer.closed);
  expect(error).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST' });
  expect(String(error)).toContain('keepAliveTimeoutMs');
  expect(clock.nowMs()).toBeLessThan(7500);
});

test('a request waits behind at most one block per connection of a bulk transfer', async () => {
  const network = { rateBps: 1e8, delayMs: 1 };
  const { clock, dialer, listener } = await pair({ network });
  listener.onRequest('ping', (message) => message);
  listener.onBulk((transfer) => {
    void (async () => {
      for await (const chunk of transfer.chunks()) if (chunk.byteLength === 0) return;
    })().catch(() => undefined);
  });
  const controller = new AbortController();
  const { signal } = controller;
  const bulk = failureOf(dialer.sendBulk(new Uint8Array(40_000_000), { signal }));
  await settle({ clock }, 500);
  const startMs = clock.nowMs();
  await clock.until(dialer.request('ping', new Uint8Array(1)));
  const wholeMs = (40_000_000 * 8) / 1e5;
  expect(clock.nowMs() - startMs).toBeLessThan(wholeMs / 2);
  controller.abort();
  expect(await bulk).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
});
