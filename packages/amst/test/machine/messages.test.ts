import { expect, test } from 'vitest';
import { frameHeaderBytes, frameType } from '../../src/machine/frame.ts';
import {
  encodeChannel,
  messageFrame,
  PendingRequests,
  readMessage,
} from '../../src/machine/messages.ts';

test('a message reads back with its channel', () => {
  const bytes = messageFrame(frameType.message, 0, encodeChannel('größe'), Uint8Array.of(1, 2));
  const { channel, body } = readMessage(bytes.subarray(frameHeaderBytes), 2);
  expect(channel).toBe('größe');
  expect([...body]).toEqual([1, 2]);
});

test.each([
  ['nothing', []],
  ['an empty channel', [0, 1]],
  ['a truncated channel', [3, 97, 98]],
  ['a channel that is not UTF-8', [1, 0xff]],
  ['a body above the limit', [1, 97, 1, 2, 3]],
])('%s is malformed', (_case, payload) => {
  expect(() => readMessage(Uint8Array.from(payload), 2)).toThrow(
    expect.objectContaining({ code: 'ERR_DWCP_MALFORMED' }),
  );
});

test('an answer finds its request once; a late one is ignored, an impossible one malformed', () => {
  const pending = new PendingRequests<string>();
  const [first, second] = [pending.add('a'), pending.add('b')];
  expect(pending.answered(second)).toBe('b');
  expect(pending.answered(second)).toBeUndefined();
  expect(pending.forget(first)).toBe('a');
  expect(pending.answered(first)).toBeUndefined();
  expect(() => pending.answered(3)).toThrow(/no request had/);
  expect(() => pending.answered(0)).toThrow(/no request had/);
  expect(pending.add('c')).toBe(3);
  expect(pending.drain()).toEqual(['c']);
  expect(pending.size).toBe(0);
});
