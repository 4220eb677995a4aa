import * as fc from 'fast-check';
import { isDwcpError } from '@dwcp/core';
import { describe, expect, test } from 'vitest';
import { encodeGreeting, GreetingReader, maxGreetingBytes } from '../../src/machine/greeting.ts';
import {
  chooseVersion,
  decodeHello,
  decodeWelcome,
  encodeHello,
  encodeWelcome,
  type Hello,
  type PeerLimits,
} from '../../src/machine/handshake.ts';

const limits: PeerLimits = {
  maxMessageBytes: 1000,
  maxMetaBytes: 100,
  maxBlockBytes: 65_536,
  maxTransfers: 3,
  keepAliveTimeoutMs: 30_000,
};

const hello: Hello = {
  lowestVersion: 3,
  highestVersion: 3,
  sessionId: new Uint8Array(16).fill(1),
  nodeId: new Uint8Array(16).fill(2),
  index: 4,
  count: 8,
  features: 0,
  limits,
};

/** What `decode` throws, unless it is a coded error. */
function uncoded(decode: () => unknown): unknown {
  try {
    decode();
    return undefined;
  } catch (error) {
    return isDwcpError(error) ? undefined : error;
  }
}

describe('versions', () => {
  test.each([
    [3, 3, 3],
    [1, 3, 3],
    [3, 9, 3],
    [0, 65_535, 3],
  ])('a peer with %i … %i speaks %i with us', (lowest, highest, version) => {
    expect(chooseVersion(lowest, highest)).toBe(version);
  });

  test.each([
    [1, 2],
    [4, 9],
    [3, 2],
  ])('a peer with %i … %i does not', (lowest, highest) => {
    expect(() => chooseVersion(lowest, highest)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_VERSION_MISMATCH' }),
    );
  });

  test('are checked before anything else is read: later fields may have changed', () => {
    const body = encodeHello({ ...hello, lowestVersion: 7, highestVersion: 9 }).subarray(0, 5);
    expect(() => decodeHello(body)).toThrow(/versions 7 to 9/);
  });
});

describe('bodies', () => {
  test('read back as they were written; what a later version appends is ignored', () => {
    const welcome = { version: 3, nodeId: hello.nodeId, count: 2, features: 5, limits };
    expect(decodeHello(encodeHello(hello))).toEqual(hello);
    expect(decodeWelcome(encodeWelcome(welcome))).toEqual(welcome);
    expect(decodeHello(Buffer.concat([encodeHello(hello), Buffer.alloc(9)]))).toEqual(hello);
  });

  test.each([
    ['index', { index: 512 }],
    ['count', { count: 0 }],
    ['count', { count: 513 }],
    ['maxBlockBytes', { limits: { ...limits, maxBlockBytes: 4095 } }],
    ['maxTransfers', { limits: { ...limits, maxTransfers: 0 } }],
    ['keepAliveTimeoutMs', { limits: { ...limits, keepAliveTimeoutMs: 999 } }],
    ['keepAliveTimeoutMs', { limits: { ...limits, keepAliveTimeoutMs: 3_600_001 } }],
  ])('%s out of range is malformed', (name, change) => {
    expect(() => decodeHello(encodeHello({ ...hello, ...change }))).toThrow(name);
  });

  test('any bytes either decode or are refused with a code', () => {
    const start = fc.constantFrom(encodeHello(hello), new Uint8Array(0));
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 120 }), fc.nat(80), (base, noise, keep) => {
        const body = Buffer.concat([base.subarray(0, keep), noise]);
        for (const decode of [decodeHello, decodeWelcome]) {
          expect(uncoded(() => decode(body))).toBeUndefined();
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the reader', () => {
  test('finds a message cut at any byte, and what follows it', () => {
    const body = encodeHello(hello);
    const stream = Buffer.concat([encodeGreeting(1, body), Uint8Array.of(7, 8)]);
    for (let cut = 0; cut <= stream.byteLength - 2; cut += 1) {
      const reader = new GreetingReader();
      const early = reader.push(stream.subarray(0, cut));
      const late = early ?? reader.push(stream.subarray(cut));
      expect(late?.kind).toBe(1);
      expect(Buffer.compare(late?.body ?? Buffer.alloc(0), body)).toBe(0);
      expect([...(late?.rest ?? [])]).toEqual(early === undefined ? [7, 8] : []);
    }
  });

  test('refuses at the first byte that cannot be right', () => {
    for (const [text, position] of [
      ['GET / HTTP/1.1', 0],
      ['DWCx', 3],
    ] as const) {
      const reader = new GreetingReader();
      const bytes = Buffer.from(text);
      for (let at = 0; at < position; at += 1) reader.push(bytes.subarray(at, at + 1));
      expect(() => reader.push(bytes.subarray(position, position + 1))).toThrow(/does not speak/);
    }
  });

  test('refuses a long body before it reserves memory', () => {
    const bytes = encodeGreeting(1, new Uint8Array(maxGreetingBytes + 1));
    expect(() => new GreetingReader().push(bytes.subarray(0, 8))).toThrow(/limit of 4096/);
    expect(
      new GreetingReader().push(encodeGreeting(1, new Uint8Array(maxGreetingBytes))),
    ).toBeDefined();
  });
});
