import { expect, test } from 'vitest';
import type { Hello } from '../../src/machine/handshake.ts';
import { SessionTable, type Origin } from '../../src/machine/session-table.ts';

const limits = { maxSessions: 2, maxConnectionsPerSession: 4, joinTimeoutMs: 1000 };
const origin: Origin = { peerName: 'alice', host: '10.0.0.1' };

function hello(session: number, index: number, node = 9): Hello {
  return {
    lowestVersion: 3,
    highestVersion: 3,
    sessionId: new Uint8Array(16).fill(session),
    nodeId: new Uint8Array(16).fill(node),
    index,
    count: 8,
    features: 0,
    limits: {
      maxMessageBytes: 1,
      maxMetaBytes: 1,
      maxBlockBytes: 4096,
      maxTransfers: 1,
      keepAliveTimeoutMs: 1000,
    },
  };
}

function opened(): SessionTable<string> {
  const table = new SessionTable<string>(limits);
  expect(table.checkOpen(hello(1, 0))).toBe(4);
  table.open(hello(1, 0), origin, 'one', 0);
  return table;
}

test('further connections join once each, up to what was granted', () => {
  const table = opened();
  expect(table.join(hello(1, 1), origin, 10)).toEqual({ session: 'one', count: 4 });
  expect(table.join(hello(1, 3), origin, 1000)).toEqual({ session: 'one', count: 4 });
  expect(() => table.join(hello(1, 1), origin, 10)).toThrow(/no such session/);
  expect(() => table.join(hello(1, 4), origin, 10)).toThrow(/no such session/);
});

test.each([
  ['another id', hello(2, 1), origin, 10],
  ['another node', hello(1, 1, 8), origin, 10],
  ['another name', hello(1, 1), { ...origin, peerName: 'mallory' }, 10],
  ['no name', hello(1, 1), { ...origin, peerName: undefined }, 10],
  ['another host', hello(1, 1), { ...origin, host: '10.0.0.2' }, 10],
  ['a late one', hello(1, 1), origin, 1001],
])('%s cannot join', (_case, request, from, nowMs) => {
  expect(() => opened().join(request, from, nowMs)).toThrow(
    expect.objectContaining({ code: 'ERR_DWCP_REFUSED' }),
  );
});

test('sessions are bounded and an id opens once', () => {
  const table = opened();
  expect(() => table.checkOpen(hello(1, 0))).toThrow(/in use/);
  table.open(hello(2, 0), origin, 'two', 0);
  expect(() => table.checkOpen(hello(3, 0))).toThrow(
    expect.objectContaining({ code: 'ERR_DWCP_BUSY' }),
  );
  table.remove(hello(1, 0).sessionId);
  expect(table.checkOpen(hello(3, 0))).toBe(4);
  expect(table.size).toBe(1);
});
