import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SocketConnection } from '../src/connection.ts';
import { tcp } from '../src/index.ts';
import { connectPair, Recorder } from './recorder.ts';

const paths = ['buffer', 'events'] as const;

describe.each(paths)('a plain connection that receives by %s', (receivePath) => {
  const transport = tcp({ receivePath });

  it('takes that path on both sides', async () => {
    await using pair = await connectPair(transport);
    for (const end of [pair.dialed, pair.accepted]) {
      end.open(new Recorder());
      expect(end).toBeInstanceOf(SocketConnection);
      expect(end instanceof SocketConnection && end.receivePath).toBe(receivePath);
    }
  });

  it('carries bytes both ways and ends on both sides', async () => {
    await using pair = await connectPair(transport);
    const left = new Recorder();
    const right = new Recorder();
    pair.dialed.open(left);
    pair.accepted.open(right);
    pair.dialed.send([Buffer.from('hello '), new Uint8Array(0), Buffer.from('there')]);
    await right.until(() => right.text === 'hello there');
    pair.accepted.send([Buffer.from('welcome')]);
    pair.accepted.end();
    await left.until(() => left.ended);
    expect(left.text).toBe('welcome');
    pair.dialed.send([Buffer.from(', bye')]);
    pair.dialed.end();
    await right.until(() => right.closed);
    await left.until(() => left.closed);
    expect(right.text).toBe('hello there, bye');
    expect([left.error, right.error]).toEqual([undefined, undefined]);
    expect(left.calls.slice(-2)).toEqual(['end', 'close']);
  });

  it('delivers nothing before open and loses nothing', async () => {
    await using pair = await connectPair(transport);
    pair.dialed.send([Buffer.from('early')]);
    pair.dialed.end();
    await setImmediate();
    const right = new Recorder();
    pair.accepted.open(right);
    expect(right.calls).toEqual([]);
    await right.until(() => right.ended);
    expect(right.text).toBe('early');
  });

  it('resets the peer at close and says so there', async () => {
    await using pair = await connectPair(transport);
    const left = new Recorder();
    const right = new Recorder();
    pair.dialed.open(left);
    pair.accepted.open(right);
    pair.dialed.close();
    expect(pair.dialed.send([Buffer.from('dropped')])).toBe(false);
    await Promise.all([left.until(() => left.closed), right.until(() => right.closed)]);
    expect(left.error).toBeUndefined();
    expect(right.error).toMatchObject({
      code: 'ERR_DWCP_CONNECTION_LOST',
      cause: { code: 'ECONNRESET' },
    });
  });

  it('closes on a throwing handler with what it threw', async () => {
    await using pair = await connectPair(transport);
    const cause = new Error('handler broke');
    const right = new Recorder();
    right.onData = () => {
      throw cause;
    };
    pair.accepted.open(right);
    pair.dialed.send([Buffer.from('x')]);
    await right.until(() => right.closed);
    expect(right.error).toMatchObject({ code: 'ERR_DWCP_HANDLER_FAILED', cause });
  });
});

describe('a portable connection', () => {
  it('has counters but no control', async () => {
    await using pair = await connectPair(tcp());
    expect(pair.dialed.stats()).toEqual({ sentBytes: 0, receivedBytes: 0, queuedBytes: 0 });
    expect(() => pair.dialed.control({ pacingRateBps: 1 })).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_UNSUPPORTED' }),
    );
    expect([pair.dialed.encrypted, pair.dialed.peerName]).toEqual([false, undefined]);
    expect(pair.dialed.localAddress).toBe(pair.accepted.remoteAddress);
  });

  it('holds back a peer that is not read from, within bounds, and drains after that', async () => {
    await using pair = await connectPair(tcp({ sendHighWaterBytes: 256 * 1024 }));
    const left = new Recorder();
    const right = new Recorder();
    pair.dialed.open(left);
    pair.accepted.open(right);
    pair.accepted.pause();
    const chunk = new Uint8Array(64 * 1024);
    let sent = 0;
    while (pair.dialed.send([chunk])) {
      sent += chunk.byteLength;
      await setImmediate();
      expect(sent).toBeLessThan(64 * 1024 * 1024);
    }
    sent += chunk.byteLength;
    expect(right.receivedBytes).toBe(0);
    expect(pair.dialed.stats().queuedBytes).toBeGreaterThanOrEqual(256 * 1024);
    pair.accepted.resume();
    await Promise.all([
      left.until(() => left.drains === 1),
      right.until(() => right.receivedBytes === sent),
    ]);
    expect(pair.dialed.stats()).toEqual({ sentBytes: sent, receivedBytes: 0, queuedBytes: 0 });
  });
});
