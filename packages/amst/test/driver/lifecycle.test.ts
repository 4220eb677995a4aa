import { DwcpError, memoryNetwork, virtualClock, type Session } from '@dwcp/core';
import { expect, test } from 'vitest';
import { amst } from '../../src/index.ts';
import { pair, settle } from './pair.ts';

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('resolved'),
    (error: unknown) => error,
  );
}

test('both sides know each other and count their connections', async () => {
  const nodeId = '00112233445566778899aabbccddeeff';
  const { dialer, listener } = await pair({ dialer: { nodeId, streams: 3 } });
  expect(listener.peerId).toBe(nodeId);
  expect(dialer.peerId).toMatch(/^[0-9a-f]{32}$/);
  expect(dialer.remoteAddress).toBe('server:1');
  expect(dialer.peerName).toBeUndefined();
  expect([dialer.stats().connections, listener.stats().connections]).toEqual([3, 3]);
  expect(dialer.stats().sentBytes).toBe(listener.stats().receivedBytes);
});

test.each([1, 2, 20])('a session of %i connections opens', async (streams) => {
  const { dialer, listener } = await pair({ both: { streams } });
  expect([dialer.stats().connections, listener.stats().connections]).toEqual([streams, streams]);
});

test('a listener grants fewer connections than asked for', async () => {
  const limits = { maxConnectionsPerSession: 2 };
  const { dialer, listener, errors } = await pair({ listener: { limits } });
  expect([dialer.stats().connections, listener.stats().connections]).toEqual([2, 2]);
  expect(errors).toEqual([]);
});

test('an orderly close delivers what is queued and ends without an error on both sides', async () => {
  const { clock, network, dialer, listener } = await pair({ network: { rateBps: 1e7 } });
  let seen = 0;
  listener.onMessage('a', () => (seen += 1));
  for (let sent = 0; sent < 20; sent += 1) void dialer.send('a', new Uint8Array(50_000));
  await clock.until(dialer.close());
  expect(await clock.until(listener.closed)).toBeUndefined();
  expect(await dialer.closed).toBeUndefined();
  expect(seen).toBe(20);
  expect(network.links()).toEqual([]);
});

test('after the end everything rejects and nothing waits', async () => {
  const { clock, dialer, listener } = await pair();
  listener.onRequest('never', () => new Promise(() => undefined));
  const pending = failureOf(dialer.request('never', new Uint8Array(1)));
  await settle({ clock }, 10);
  await clock.until(listener.close());
  expect(await pending).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST' });
  for (const call of [
    dialer.send('a', new Uint8Array(1)),
    dialer.request('a', new Uint8Array(1)),
    dialer.sendBulk(new Uint8Array(1)),
    listener.send('a', new Uint8Array(1)),
  ]) {
    expect(await failureOf(call)).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST' });
  }
  await clock.until(dialer.close());
  expect(dialer.stats().connections).toBe(0);
});

test('an error given to close reaches the peer with its code', async () => {
  const { clock, dialer, listener } = await pair();
  const closing = dialer.close(new DwcpError('ERR_DWCP_INVALID_STATE', 'shutting down'));
  const seen = await clock.until(listener.closed);
  expect(seen).toMatchObject({ code: 'ERR_DWCP_INVALID_STATE' });
  expect(String(seen)).toContain('shutting down');
  expect(await dialer.closed).toMatchObject({ message: 'shutting down' });
  await clock.until(closing);
});

test('the signal of a request handler fires at the end of the session', async () => {
  const { clock, dialer, listener } = await pair();
  const fired = new Promise<unknown>((resolve) => {
    listener.onRequest('wait', (_message, { signal }) => {
      signal.addEventListener('abort', () => resolve(signal.reason));
      return new Promise(() => undefined);
    });
  });
  const request = failureOf(dialer.request('wait', new Uint8Array(0)));
  await settle({ clock }, 10);
  await clock.until(dialer.close());
  expect(await fired).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST' });
  expect(await request).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST' });
});

test('an idle session lives by its pings', async () => {
  const { clock, dialer, listener } = await pair({
    both: { limits: { keepAliveTimeoutMs: 3000 } },
  });
  await settle({ clock }, 60_000);
  expect([dialer.stats().connections, listener.stats().connections]).toEqual([4, 4]);
});

test('a side with a short time limit is kept alive by one with a long one', async () => {
  const { clock, dialer, listener } = await pair({
    dialer: { limits: { keepAliveTimeoutMs: 1000 } },
    listener: { limits: { keepAliveTimeoutMs: 600_000 } },
  });
  await settle({ clock }, 60_000);
  expect([dialer.stats().connections, listener.stats().connections]).toEqual([4, 4]);
});

test('a silent peer is noticed on both sides within the time limit and a third', async () => {
  const { clock, network, dialer, listener } = await pair();
  const startMs = clock.nowMs();
  network.links()[1]?.partition();
  for (const session of [dialer, listener]) {
    expect(await clock.until(session.closed)).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST' });
  }
  expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(30_000 - 100);
  expect(clock.nowMs() - startMs).toBeLessThan(41_000);
  await clock.until(Promise.all([dialer.close(), listener.close()]));
  expect(network.links()).toEqual([]);
});

test('a full listener says so', async () => {
  const clock = virtualClock();
  const transport = memoryNetwork({ clock }).transport();
  const server = amst({ transport, clock, limits: { maxSessions: 1 } });
  await server.listen('server:1', { onSession: () => undefined });
  const client = amst({ transport, clock });
  const first = await clock.until(client.dial('server:1'));
  const refused = await clock.until(failureOf(client.dial('server:1')));
  expect(refused).toMatchObject({ code: 'ERR_DWCP_BUSY', retryable: true });
  await clock.until(first.close());
  const second: Session = await clock.until(client.dial('server:1'));
  expect(second.stats().connections).toBeGreaterThan(0);
});

test('handlers added right after dial miss nothing', async () => {
  const clock = virtualClock();
  const transport = memoryNetwork({ clock }).transport();
  const node = amst({ transport, clock });
  await node.listen('server:1', {
    onSession: (session) => void session.send('greeting', Buffer.from('hello')),
  });
  const session = await clock.until(node.dial('server:1'));
  const greeting = new Promise<Uint8Array>((resolve) => session.onMessage('greeting', resolve));
  expect(Buffer.from(await clock.until(greeting)).toString()).toBe('hello');
});

test('a session handler that throws closes its session', async () => {
  const clock = virtualClock();
  const transport = memoryNetwork({ clock }).transport();
  const node = amst({ transport, clock });
  await node.listen('server:1', {
    onSession: () => {
      throw new Error('boom');
    },
  });
  const session = await clock.until(node.dial('server:1'));
  expect(await clock.until(session.closed)).toMatchObject({ code: 'ERR_DWCP_HANDLER_FAILED' });
});

test('dial ends by signal and leaves nothing behind', async () => {
  const clock = virtualClock();
  const network = memoryNetwork({ clock });
  const transport = network.transport();
  // Accepts connections and never says a word.
  await transport.listen('server:1', {
    onConnection: (connection) =>
      connection.open({
        onData: () => undefined,
        onDrain: () => undefined,
        onEnd: () => undefined,
        onClose: () => undefined,
      }),
  });
  const node = amst({ transport, clock });
  const controller = new AbortController();
  const dialing = failureOf(node.dial('server:1', { signal: controller.signal }));
  await settle({ clock }, 100);
  controller.abort();
  expect(await clock.until(dialing)).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
  const slow = failureOf(node.dial('server:1'));
  expect(await clock.until(slow)).toMatchObject({ code: 'ERR_DWCP_TIMEOUT' });
  await settle({ clock }, 100);
  expect(network.links()).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('a closed listener takes no more sessions and leaves the open ones', async () => {
  const clock = virtualClock();
  const transport = memoryNetwork({ clock }).transport();
  const node = amst({ transport, clock });
  const listener = await node.listen('server:1', { onSession: () => undefined });
  const session = await clock.until(node.dial('server:1'));
  await settle({ clock }, 10);
  await clock.until(listener.close());
  expect(await clock.until(failureOf(node.dial('server:1')))).toMatchObject({
    code: 'ERR_DWCP_CONNECT_FAILED',
  });
  expect(session.stats().connections).toBe(4);
});

test.each([
  [{ streams: 0 }, /streams is 0/],
  [{ streams: 513 }, /streams is 513/],
  [{ blockBytes: 100 }, /blockBytes is 100/],
  [{ nodeId: 'me' }, /nodeId/],
  [{ limits: { windowBytes: 1 } }, /limits.windowBytes is 1/],
  [{ limits: { keepAliveTimeoutMs: 999 } }, /keepAliveTimeoutMs/],
])('options are checked: %o', (options, message) => {
  const transport = memoryNetwork().transport();
  expect(() => amst({ transport, ...options })).toThrow(message);
});
