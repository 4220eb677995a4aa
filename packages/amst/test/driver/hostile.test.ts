/** Bad input on real sockets: a typed error, that session closed, nothing else disturbed. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import type { DwcpError, Listener, Session } from '@dwcp/core';
import { tcp } from '@dwcp/transport-tcp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { amst, type AmstLimits } from '../../src/index.ts';
import { frame, frameHeaderBytes, frameType, writeFrameHeader } from '../../src/machine/frame.ts';
import { encodeGreeting, greetingKind } from '../../src/machine/greeting.ts';
import { encodeWelcome } from '../../src/machine/handshake.ts';
import { encodeCredit, encodeOffer } from '../../src/machine/transfer-frames.ts';
import { RawPeer, rawHello } from './raw-peer.ts';

const transport = tcp();

/** A listener with a session of honest peers that must not notice anything. */
interface Server {
  readonly address: string;
  readonly errors: DwcpError[];
  /** The next session that somebody opens. */
  nextSession(): Promise<Session>;
  /** Fails unless the honest session still works. */
  check(): Promise<void>;
  close(): Promise<void>;
}

let server: Server;

async function serve(limits: Partial<AmstLimits> = {}): Promise<Server> {
  const node = amst({ transport, streams: 1, limits: { closeTimeoutMs: 200, ...limits } });
  const errors: DwcpError[] = [];
  const sessions: Session[] = [];
  let arrived: (session: Session) => void = () => undefined;
  const listener: Listener = await node.listen('127.0.0.1:0', {
    onSession(session) {
      sessions.push(session);
      session.onRequest('echo', (message) => message);
      arrived(session);
    },
    onError: (error) => errors.push(error),
  });
  const honest = await node.dial(listener.address);
  return {
    address: listener.address,
    errors,
    nextSession: () =>
      new Promise((resolve) => {
        arrived = resolve;
      }),
    async check() {
      const answer = await honest.request('echo', Uint8Array.of(1, 2));
      expect([...answer]).toEqual([1, 2]);
    },
    async close() {
      await honest.close();
      await Promise.all(sessions.map((session) => session.close()));
      await listener.close();
    },
  };
}

beforeEach(async () => {
  server = await serve();
});

afterEach(async () => {
  await server.check();
  await server.close();
});

function header(type: number, sizeBytes: number, rawBytes = 0, id = 1): Uint8Array {
  const bytes = new Uint8Array(frameHeaderBytes);
  writeFrameHeader(new DataView(bytes.buffer), 0, { type, id, sequence: 0, rawBytes, sizeBytes });
  return bytes;
}

describe('a connection that does not greet well', () => {
  const version = rawHello({ lowestVersion: 8, highestVersion: 9 });
  const oversized = Uint8Array.of(0x44, 0x57, 0x43, 0x50, 1, 0, 0xff, 0xff);
  const stranger = rawHello({ index: 1, count: 2, sessionId: randomBytes(16) });

  test.each([
    ['garbage', randomBytes(4000).fill(0x99, 0, 1), 'ERR_DWCP_MALFORMED'],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'ERR_DWCP_MALFORMED'],
    ['another version', version, 'ERR_DWCP_VERSION_MISMATCH'],
    ['a greeting that is too long', oversized, 'ERR_DWCP_MALFORMED'],
    [
      'a truncated HELLO',
      encodeGreeting(1, new Uint8Array(5).fill(3)),
      'ERR_DWCP_VERSION_MISMATCH',
    ],
    ['a WELCOME', encodeGreeting(greetingKind.welcome, new Uint8Array(60)), 'ERR_DWCP_MALFORMED'],
    ['more than HELLO', Buffer.concat([rawHello(), Buffer.alloc(1)]), 'ERR_DWCP_MALFORMED'],
    ['a join of no session', stranger, 'ERR_DWCP_REFUSED'],
  ])('%s is rejected with a code', async (_case, bytes, code) => {
    const peer = await RawPeer.connect(server.address);
    peer.socket.write(bytes);
    expect(await peer.rejection()).toMatchObject({ code });
    expect(server.errors).toEqual([expect.objectContaining({ code })]);
  });

  test('one that ends or resets in the middle is reported', async () => {
    const ending = await RawPeer.connect(server.address);
    ending.socket.end(rawHello().subarray(0, 30));
    await ending.closed;
    const resetting = await RawPeer.connect(server.address);
    resetting.socket.write(rawHello().subarray(0, 30));
    resetting.socket.resetAndDestroy();
    await resetting.closed;
    await expect.poll(() => server.errors.length).toBe(2);
    for (const error of server.errors) expect(error.code).toBe('ERR_DWCP_CONNECTION_LOST');
  });
});

describe('peers that are slow or many', () => {
  test('a silent one is dropped after the time for the handshake', async () => {
    const strict = await serve({ handshakeTimeoutMs: 50 });
    const peer = await RawPeer.connect(strict.address);
    peer.socket.write(rawHello().subarray(0, 10));
    expect(await peer.rejection()).toMatchObject({ code: 'ERR_DWCP_TIMEOUT' });
    await strict.check();
    await strict.close();
  });

  test('connections above the limit are closed at once, the others keep their place', async () => {
    const strict = await serve({ maxPendingHandshakes: 20 });
    const count = (code: string): number =>
      strict.errors.filter((error) => error.code === code).length;
    const peers = await Promise.all(
      Array.from({ length: 100 }, () => RawPeer.connect(strict.address)),
    );
    await expect.poll(() => count('ERR_DWCP_BUSY')).toBe(80);
    await strict.check();
    for (const peer of peers) peer.socket.destroy();
    await expect.poll(() => count('ERR_DWCP_CONNECTION_LOST')).toBe(20);
    expect(await RawPeer.open(strict.address)).toBeDefined();
    await strict.check();
    await strict.close();
  });
});

describe('an open session whose peer breaks the rules ends with ERR_DWCP_MALFORMED on both sides', () => {
  const offer = encodeOffer({
    transferId: new Uint8Array(16),
    totalBytes: 1,
    meta: new Uint8Array(0),
  });
  const badFlags = header(frameType.ping, 0);
  badFlags[1] = 1;

  test.each<[string, Uint8Array]>([
    ['an unknown frame', frame(99, 0, new Uint8Array(3))],
    ['a frame of type 0', frame(0, 0, new Uint8Array(0))],
    ['garbage', randomBytes(300).fill(0xaa, 0, 20)],
    ['a message above the limit', header(frameType.message, 0xffff_ffff)],
    ['a ping with a payload', header(frameType.ping, 1)],
    ['flags', badFlags],
    ['a message without a channel', frame(frameType.message, 0, new Uint8Array(0))],
    ['an answer to no request', frame(frameType.response, 1, new Uint8Array(3))],
    ['credit for no transfer', frame(frameType.credit, 1, encodeCredit(100))],
    ['an end of no transfer', header(frameType.end, 44)],
    ['a block of no transfer', header(frameType.block, 100, 100)],
    ['a block without credit', Buffer.concat([frame(16, 1, offer), header(18, 100, 100)])],
    ['a block above the limit', Buffer.concat([frame(16, 1, offer), header(18, 9, 0xffff_ffff)])],
    ['a block of nothing', Buffer.concat([frame(16, 1, offer), header(18, 9, 0)])],
    ['an offer out of turn', frame(frameType.offer, 2, offer)],
    ['an offer that is cut', frame(frameType.offer, 1, offer.subarray(0, 9))],
  ])('%s', async (_case, bytes) => {
    const next = server.nextSession();
    const peer = await RawPeer.open(server.address);
    const session = await next;
    session.onBulk(() => undefined);
    peer.socket.write(bytes);
    if (bytes.byteLength === frameHeaderBytes && bytes[0] === frameType.end) {
      peer.socket.write(new Uint8Array(44));
    }
    expect(await session.closed).toMatchObject({ code: 'ERR_DWCP_MALFORMED' });
    expect(await peer.goodbye()).toMatchObject({ code: 'ERR_DWCP_MALFORMED' });
    expect(session.stats().connections).toBe(0);
  });

  test('a control frame on another connection than the first', async () => {
    const next = server.nextSession();
    const ids = { sessionId: randomBytes(16), nodeId: randomBytes(16), count: 2 };
    const first = await RawPeer.open(server.address, ids);
    const session = await next;
    const second = await RawPeer.open(server.address, { ...ids, index: 1 });
    second.send(frameType.ping, 0);
    second.send(frameType.message, 0, Uint8Array.of(1, 97));
    expect(await session.closed).toMatchObject({ code: 'ERR_DWCP_MALFORMED' });
    for (const peer of [first, second]) {
      expect(await peer.goodbye()).toMatchObject({ code: 'ERR_DWCP_MALFORMED' });
    }
  });

  test('a peer that vanishes inside a frame is a lost connection', async () => {
    const next = server.nextSession();
    const peer = await RawPeer.open(server.address);
    const session = await next;
    peer.socket.end(header(frameType.message, 1000));
    expect(await session.closed).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST' });
    await session.close();
    await peer.closed;
  });
});

describe('a peer that grants all credit and stops reading', () => {
  async function stuck(limits: Partial<AmstLimits>) {
    const strict = await serve(limits);
    const next = strict.nextSession();
    const peer = await RawPeer.open(strict.address);
    const session = await next;
    let pulled = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        pulled += 256 * 1024;
        yield new Uint8Array(256 * 1024);
      }
    }
    const controller = new AbortController();
    const sending = session.sendBulk(endless(), { signal: controller.signal }).then(
      () => expect.fail('resolved'),
      (error: unknown) => error,
    );
    await peer.until(() => peer.frames.length > 0);
    peer.socket.pause();
    peer.send(frameType.credit, 1, encodeCredit(2 ** 50));
    return { strict, peer, session, controller, sending, pulled: () => pulled };
  }

  test('holds the sender at the socket’s buffers; a signal ends the transfer', async () => {
    const { strict, peer, session, controller, sending, pulled } = await stuck({});
    // Full when nothing more is pulled while requests of the honest session go round.
    for (let before = -1; before !== pulled();) {
      before = pulled();
      for (let round = 0; round < 50; round += 1) await strict.check();
    }
    expect(pulled()).toBeLessThan(32 * 1024 * 1024);
    controller.abort();
    expect(await sending).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
    expect(session.stats().connections).toBe(1);
    peer.socket.destroy();
    expect(await session.closed).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST' });
    await strict.close();
  });

  test('is given up after keepAliveTimeoutMs, and the connection is dropped', async () => {
    const { strict, peer, session, sending } = await stuck({ keepAliveTimeoutMs: 1000 });
    const error = await sending;
    expect(error).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST' });
    expect(String(error)).toContain('keepAliveTimeoutMs');
    await session.close();
    peer.socket.destroy();
    await strict.close();
  });
});

describe('a listener that does not greet well', () => {
  const limits = {
    maxMessageBytes: 1,
    maxMetaBytes: 1,
    maxBlockBytes: 4096,
    maxTransfers: 1,
    keepAliveTimeoutMs: 1000,
  };
  const welcome = { version: 3, nodeId: new Uint8Array(16), count: 1, features: 0, limits };

  test.each<[string, Uint8Array, string]>([
    ['garbage', randomBytes(100).fill(0x99, 0, 1), 'ERR_DWCP_MALFORMED'],
    ['a HELLO', rawHello(), 'ERR_DWCP_MALFORMED'],
    [
      'a version that was not offered',
      encodeGreeting(2, encodeWelcome({ ...welcome, version: 4 })),
      'ERR_DWCP_VERSION_MISMATCH',
    ],
    [
      'more connections than asked for',
      encodeGreeting(2, encodeWelcome({ ...welcome, count: 5 })),
      'ERR_DWCP_MALFORMED',
    ],
    ['a short WELCOME', encodeGreeting(2, Uint8Array.of(0, 3)), 'ERR_DWCP_MALFORMED'],
    ['nothing at all', new Uint8Array(0), 'ERR_DWCP_TIMEOUT'],
  ])('%s rejects the dial', async (_case, bytes, code) => {
    const hostile = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(bytes));
    });
    hostile.listen(0, '127.0.0.1');
    await once(hostile, 'listening');
    const { port } = hostile.address() as net.AddressInfo;
    const node = amst({ transport, limits: { handshakeTimeoutMs: 200 } });
    await expect(node.dial(`127.0.0.1:${port}`)).rejects.toMatchObject({ code });
    hostile.close();
    await once(hostile, 'close');
  });
});
