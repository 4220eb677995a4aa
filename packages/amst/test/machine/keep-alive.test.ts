import { expect, test } from 'vitest';
import { KeepAlive } from '../../src/machine/keep-alive.ts';

test('a quiet side pings, a busy one does not', () => {
  const keepAlive = new KeepAlive(3);
  keepAlive.heard();
  expect(keepAlive.tick()).toBe('ping');
  keepAlive.heard();
  keepAlive.sent();
  expect(keepAlive.tick()).toBe('none');
});

test('a peer is dead after the silent ticks in a row, not before', () => {
  const keepAlive = new KeepAlive(3);
  expect([keepAlive.tick(), keepAlive.tick()]).toEqual(['ping', 'ping']);
  keepAlive.heard();
  expect([keepAlive.tick(), keepAlive.tick(), keepAlive.tick()]).toEqual(['ping', 'ping', 'ping']);
  expect(keepAlive.tick()).toBe('dead');
});
