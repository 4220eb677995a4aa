import { DwcpError, isDwcpError, memoryNetwork, seededRandom, virtualClock } from '@dwcp/core';
import type { MemoryNetworkOptions } from '@dwcp/core';
import { describe, expect, it } from 'vitest';
import { connect } from './recorder.ts';
import type { Pair } from './recorder.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

async function setUp(options: MemoryNetworkOptions = {}) {
  const clock = virtualClock();
  const network = memoryNetwork({ clock, ...options });
  const pair: Pair = await connect(network, clock);
  return { clock, network, ...pair };
}

describe('memory connection: bytes', () => {
  it('carries bytes both ways, in order, after the one-way delay', async () => {
    const { clock, dialer, accepted, dialerEvents, acceptedEvents } = await setUp({ delayMs: 10 });
    dialer.send([bytes(1, 2), bytes(), bytes(3)]);
    accepted.send([bytes(9)]);
    clock.advance(9.99);
    expect(acceptedEvents.received).toEqual([]);
    clock.advance(0.01);
    expect(acceptedEvents.received).toEqual([1, 2, 3]);
    expect(dialerEvents.received).toEqual([9]);
  });

  it('overwrites a chunk after the call, so that keeping it is noticed', async () => {
    const { clock, dialer, acceptedEvents } = await setUp();
    dialer.send([bytes(1, 2, 3)]);
    clock.runUntilIdle();
    expect(acceptedEvents.received).toEqual([1, 2, 3]);
    expect(acceptedEvents.kept[0]).toEqual(bytes(0xdb, 0xdb, 0xdb));
  });

  it('gives a chunk back to its owner once nothing is queued', async () => {
    const { clock, dialer, acceptedEvents } = await setUp({ delayMs: 5 });
    const chunk = bytes(1, 2, 3);
    dialer.send([chunk]);
    expect(dialer.stats().queuedBytes).toBe(0);
    chunk.fill(0);
    clock.runUntilIdle();
    expect(acceptedEvents.received).toEqual([1, 2, 3]);
  });

  it('carries any cutting of a stream through any path unchanged', async () => {
    const random = seededRandom(42);
    for (let round = 0; round < 20; round += 1) {
      const { clock, dialer, acceptedEvents } = await setUp({
        delayMs: random.integer(30),
        rateBps: 1e6 + random.integer(1e7),
        lossRatio: random.next() / 2,
        random,
        segmentBytes: 1 + random.integer(500),
        windowBytes: 500 + random.integer(5000),
        highWaterBytes: 1 + random.integer(3000),
      });
      const payload = random.bytes(new Uint8Array(20_000));
      for (let at = 0; at < payload.byteLength;) {
        const next = at + random.integer(2000);
        dialer.send([payload.slice(at, next)]);
        at = next;
        clock.advance(random.integer(5));
      }
      clock.runUntilIdle();
      expect(Uint8Array.from(acceptedEvents.received)).toEqual(payload);
    }
  });
});

describe('memory connection: path', () => {
  it('keeps the rate', async () => {
    const { clock, dialer, acceptedEvents } = await setUp({ rateBps: 8000, segmentBytes: 100 });
    dialer.send([new Uint8Array(1000)]);
    clock.advance(500);
    expect(acceptedEvents.received).toHaveLength(500);
    clock.advance(500);
    expect(acceptedEvents.received).toHaveLength(1000);
  });

  it('shares the rate in turns between connections', async () => {
    const clock = virtualClock();
    const network = memoryNetwork({ clock, rateBps: 8000, segmentBytes: 100 });
    const first = await connect(network, clock);
    const second = await connect(network, clock);
    first.dialer.send([new Uint8Array(1000)]);
    second.dialer.send([new Uint8Array(100)]);
    clock.advance(300);
    expect(first.acceptedEvents.received).toHaveLength(200);
    expect(second.acceptedEvents.received).toHaveLength(100);
  });

  it('is never faster than one window per round trip', async () => {
    const { clock, dialer, acceptedEvents } = await setUp({
      delayMs: 10,
      segmentBytes: 100,
      windowBytes: 1000,
    });
    dialer.send([new Uint8Array(5000)]);
    clock.advance(10 + 3 * 20);
    expect(acceptedEvents.received).toHaveLength(4000);
    expect(dialer.stats()).toMatchObject({
      inFlightBytes: 1000,
      queuedBytes: 1000,
      sentBytes: 5000,
    });
  });

  it('delays a lost segment by a round trip, and those behind it', async () => {
    const draws = [0.9, 0.1, 0.9, 0.9];
    const random = { ...seededRandom(1), next: () => draws.shift() ?? 0.9 };
    const { clock, dialer, acceptedEvents } = await setUp({
      delayMs: 10,
      lossRatio: 0.5,
      random,
      segmentBytes: 10,
    });
    dialer.send([new Uint8Array(30)]);
    const startMs = clock.nowMs();
    clock.runUntilIdle();
    const expected = [10, 30, 30].map((ms) => `${startMs + ms}: data 10`);
    expect(acceptedEvents.log).toEqual(expected);
    expect(dialer.stats().lossRatio).toBe(1 / 4);
  });

  it('measures round trip, rate and loss', async () => {
    const { clock, network, dialer, accepted } = await setUp({ delayMs: 25, rateBps: 8e6 });
    expect(accepted.stats()).toEqual({
      sentBytes: 0,
      receivedBytes: 0,
      queuedBytes: 0,
      inFlightBytes: 0,
    });
    expect(dialer.stats()).toMatchObject({ roundTripMs: 50, minRoundTripMs: 50 });
    dialer.send([new Uint8Array(1e6)]);
    clock.runUntilIdle();
    const { deliveryRateBps = 0, ...rest } = dialer.stats();
    expect(deliveryRateBps).toBeGreaterThan(7e6);
    expect(deliveryRateBps).toBeLessThan(8.001e6);
    expect(rest).toMatchObject({ sentBytes: 1e6, queuedBytes: 0, inFlightBytes: 0, lossRatio: 0 });
    network.shape({ delayMs: 50 });
    dialer.send([new Uint8Array(1)]);
    clock.runUntilIdle();
    expect(dialer.stats().minRoundTripMs).toBe(50);
    expect(accepted.stats().receivedBytes).toBe(1e6 + 1);
  });
});

describe('memory connection: back-pressure', () => {
  it('says stop above the high-water mark and drains at the low one', async () => {
    const { clock, dialer, dialerEvents } = await setUp({
      rateBps: 8000,
      segmentBytes: 100,
      highWaterBytes: 500,
      lowWaterBytes: 200,
    });
    expect(dialer.send([new Uint8Array(600)])).toBe(true);
    expect(dialer.send([new Uint8Array(100)])).toBe(false);
    expect(dialer.stats().queuedBytes).toBe(600);
    clock.runUntilIdle();
    expect(dialerEvents.log).toEqual(['400: drain']);
    expect(dialer.send([new Uint8Array(1)])).toBe(true);
  });

  it('holds a paused peer to one window and goes on when it resumes', async () => {
    const { clock, dialer, accepted, acceptedEvents } = await setUp({
      segmentBytes: 100,
      windowBytes: 1000,
    });
    accepted.pause();
    dialer.send([new Uint8Array(3000)]);
    dialer.end();
    clock.runUntilIdle();
    expect(acceptedEvents.log).toEqual([]);
    expect(dialer.stats().queuedBytes).toBe(2000);
    accepted.resume();
    expect(acceptedEvents.log).toEqual([]);
    clock.runUntilIdle();
    expect(acceptedEvents.received).toHaveLength(3000);
    expect(acceptedEvents.log.at(-1)).toMatch(/end$/);
  });

  it('stops at once when the handler pauses inside onData', async () => {
    const { clock, dialer, accepted, acceptedEvents } = await setUp({ segmentBytes: 10 });
    acceptedEvents.onEachData = () => accepted.pause();
    dialer.send([new Uint8Array(30)]);
    clock.runUntilIdle();
    expect(acceptedEvents.received).toHaveLength(10);
    accepted.resume();
    clock.runUntilIdle();
    expect(acceptedEvents.received).toHaveLength(20);
  });

  it('loses nothing that arrives before open', async () => {
    const clock = virtualClock();
    const transport = memoryNetwork({ clock }).transport();
    await transport.listen('a', {
      onConnection(connection) {
        connection.send([bytes(1, 2)]);
        connection.close(new DwcpError('ERR_DWCP_BUSY', 'come back later'));
      },
    });
    const connection = await clock.until(transport.dial('a'));
    clock.runUntilIdle();
    const closed = new Promise<unknown>((resolve) => {
      connection.open({ onData: () => {}, onDrain: () => {}, onEnd: () => {}, onClose: resolve });
    });
    expect(isDwcpError(await clock.until(closed), 'ERR_DWCP_BUSY')).toBe(true);
  });
});

describe('memory connection: ends', () => {
  it('closes both ends in peace after both have ended', async () => {
    const { clock, network, dialer, accepted, dialerEvents, acceptedEvents } = await setUp({
      delayMs: 10,
    });
    dialer.send([bytes(1)]);
    dialer.end();
    dialer.end();
    clock.advance(10);
    expect(acceptedEvents.log).toEqual(['30: data 1', '30: end']);
    accepted.send([bytes(2)]);
    accepted.end();
    clock.runUntilIdle();
    expect(dialerEvents.log).toEqual(['40: data 1', '40: end', '40: close']);
    expect(acceptedEvents.log).toEqual(['30: data 1', '30: end', '50: close']);
    expect(network.links()).toEqual([]);
  });

  it('refuses to send after end, and drops what is sent after close', async () => {
    const { dialer, accepted } = await setUp();
    dialer.end();
    expect(() => dialer.send([bytes(1)])).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_INVALID_STATE' }),
    );
    accepted.close();
    expect(accepted.send([bytes(1)])).toBe(false);
    accepted.end();
    expect(accepted.stats().sentBytes).toBe(0);
  });

  it('carries the code and message of close to the peer, without its cause', async () => {
    const { clock, dialer, dialerEvents, acceptedEvents } = await setUp({ delayMs: 10 });
    const error = new DwcpError('ERR_DWCP_MALFORMED', 'wrong magic', {
      cause: new Error('secret'),
    });
    dialer.send([bytes(1)]);
    dialer.close(error);
    dialer.close();
    clock.runUntilIdle();
    expect(dialerEvents.closeError).toBe(error);
    expect(dialerEvents.log).toEqual(['20: close with error']);
    expect(acceptedEvents.log).toEqual(['30: data 1', '30: close with error']);
    expect(acceptedEvents.closeError).toMatchObject({
      code: 'ERR_DWCP_MALFORMED',
      message: 'wrong magic',
    });
    expect(acceptedEvents.closeError).not.toHaveProperty('cause');
  });

  it('reports a drop without a reason as a lost connection, also to a paused peer', async () => {
    const { clock, dialer, accepted, acceptedEvents } = await setUp();
    accepted.pause();
    dialer.send([bytes(1)]);
    dialer.close();
    clock.runUntilIdle();
    expect(acceptedEvents.log).toEqual(['0: close with error']);
    expect(acceptedEvents.closeError).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST' });
  });

  it('reports one close when both ends close at once', async () => {
    const { clock, dialer, accepted, dialerEvents, acceptedEvents } = await setUp();
    dialer.close();
    accepted.close();
    clock.runUntilIdle();
    expect(dialerEvents.log).toEqual(['0: close']);
    expect(acceptedEvents.log).toEqual(['0: close']);
  });

  it('never calls the handler again after a close inside onData', async () => {
    const { clock, dialer, accepted, acceptedEvents } = await setUp({ segmentBytes: 10 });
    acceptedEvents.onEachData = () => accepted.close();
    dialer.send([new Uint8Array(30)]);
    dialer.end();
    clock.runUntilIdle();
    expect(acceptedEvents.log).toEqual(['0: data 10', '0: close']);
  });

  it('opens once, and grants no control', async () => {
    const { dialer, dialerEvents } = await setUp();
    expect(() => dialer.open(dialerEvents)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_INVALID_STATE' }),
    );
    expect(dialer.control({})).toEqual({});
    expect(() => dialer.control({ pacingRateBps: 1 })).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_UNSUPPORTED' }),
    );
  });
});
