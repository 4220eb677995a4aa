import { isDwcpError, memoryNetwork, memoryTransport, virtualClock } from '@dwcp/core';
import type { Connection } from '@dwcp/core';
import { describe, expect, it } from 'vitest';
import { connect } from './recorder.ts';

const ignore = { onConnection: () => {} };
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('memory network: dial and listen', () => {
  it('takes one round trip to connect', async () => {
    const clock = virtualClock();
    const transport = memoryNetwork({ clock, delayMs: 15 }).transport();
    const accepted: Connection[] = [];
    const listener = await transport.listen('a:0', {
      onConnection: (connection) => accepted.push(connection),
    });
    const connection = await clock.until(transport.dial(listener.address));
    expect(clock.nowMs()).toBe(30);
    expect(listener.address).toBe('a:1');
    expect(connection.remoteAddress).toBe('a:1');
    expect(accepted[0]?.remoteAddress).toBe(connection.localAddress);
  });

  it('fails to connect where nobody listens, also after a listener closed', async () => {
    const clock = virtualClock();
    const transport = memoryNetwork({ clock }).transport();
    const listener = await transport.listen('a', ignore);
    await listener.close();
    await listener.close();
    await expect(clock.until(transport.dial('a'))).rejects.toEqual(code('ERR_DWCP_CONNECT_FAILED'));
  });

  it('keeps accepted connections when the listener closes', async () => {
    const clock = virtualClock();
    const { dialer, acceptedEvents } = await connect(memoryNetwork({ clock }), clock);
    dialer.send([Uint8Array.of(1)]);
    clock.runUntilIdle();
    expect(acceptedEvents.received).toEqual([1]);
  });

  it('refuses an address in use, and an old listener never closes a new one', async () => {
    const transport = memoryTransport();
    const old = await transport.listen('a', ignore);
    await expect(transport.listen('a', ignore)).rejects.toEqual(code('ERR_DWCP_LISTEN_FAILED'));
    await old.close();
    await transport.listen('a', ignore);
    await old[Symbol.asyncDispose]();
    await expect(transport.listen('a', ignore)).rejects.toEqual(code('ERR_DWCP_LISTEN_FAILED'));
  });

  it.each(['', 'with space', 'ü', 'x'.repeat(256)])('refuses the address %j', async (address) => {
    const transport = memoryTransport();
    await expect(transport.dial(address)).rejects.toEqual(code('ERR_DWCP_INVALID_ARGUMENT'));
    await expect(transport.listen(address, ignore)).rejects.toEqual(
      code('ERR_DWCP_INVALID_ARGUMENT'),
    );
  });

  it('times out, and takes the accepted connection back', async () => {
    const clock = virtualClock();
    const network = memoryNetwork({ clock, delayMs: 60 });
    const transport = network.transport();
    const errors: unknown[] = [];
    await transport.listen('a', {
      onConnection: (connection) =>
        connection.open({
          onData() {},
          onDrain() {},
          onEnd() {},
          onClose: (error) => errors.push(error),
        }),
    });
    await expect(clock.until(transport.dial('a', { timeoutMs: 100 }))).rejects.toEqual(
      code('ERR_DWCP_TIMEOUT'),
    );
    expect(clock.nowMs()).toBe(100);
    clock.runUntilIdle();
    expect(errors).toEqual([code('ERR_DWCP_CONNECTION_LOST')]);
    expect(network.links()).toEqual([]);
    await expect(transport.dial('a', { timeoutMs: 0 })).rejects.toEqual(
      code('ERR_DWCP_INVALID_ARGUMENT'),
    );
  });

  it('aborts before and during a dial and leaves no timer', async () => {
    const clock = virtualClock();
    const transport = memoryNetwork({ clock, delayMs: 50 }).transport();
    await transport.listen('a', ignore);
    const reason = new Error('not wanted any more');
    const controller = new AbortController();
    const dial = transport.dial('a', { signal: controller.signal });
    clock.advance(10);
    controller.abort(reason);
    await expect(dial).rejects.toMatchObject({ code: 'ERR_DWCP_ABORTED', cause: reason });
    clock.runUntilIdle();
    expect(clock.nowMs()).toBeLessThan(10_000);
    await expect(transport.dial('a', { signal: controller.signal })).rejects.toEqual(
      code('ERR_DWCP_ABORTED'),
    );
    await expect(transport.listen('b', ignore, { signal: controller.signal })).rejects.toEqual(
      code('ERR_DWCP_ABORTED'),
    );
  });

  it('names the option that is out of range', () => {
    const cases = [
      { delayMs: -1 },
      { rateBps: 0 },
      { lossRatio: 1 },
      { segmentBytes: 0 },
      { windowBytes: 10 },
      { highWaterBytes: 0 },
      { lowWaterBytes: 300_000 },
      { delayMs: Number.NaN },
    ];
    for (const options of cases) {
      const [name = ''] = Object.keys(options);
      expect(() => memoryNetwork(options)).toThrow(name);
    }
    expect(() => memoryNetwork().shape({ lossRatio: 2 })).toThrow('lossRatio');
  });
});

describe('memory network: faults', () => {
  it('resets both ends of one connection or of all', async () => {
    const clock = virtualClock();
    const network = memoryNetwork({ clock });
    const first = await connect(network, clock);
    const second = await connect(network, clock);
    const third = await connect(network, clock);
    network.links()[1]?.reset();
    clock.runUntilIdle();
    expect([first, second, third].map((pair) => pair.dialerEvents.log.length)).toEqual([0, 1, 0]);
    expect(isDwcpError(second.acceptedEvents.closeError, 'ERR_DWCP_CONNECTION_LOST')).toBe(true);
    network.reset();
    clock.runUntilIdle();
    expect(third.acceptedEvents.log).toHaveLength(1);
    expect(network.links()).toEqual([]);
  });

  it('delivers nothing in a partition and everything after it', async () => {
    const clock = virtualClock();
    const network = memoryNetwork({ clock, delayMs: 10 });
    const { dialer, dialerEvents, acceptedEvents } = await connect(network, clock);
    dialer.send([Uint8Array.of(1)]);
    clock.advance(5);
    network.partition();
    network.partition();
    dialer.send([Uint8Array.of(2)]);
    dialer.end();
    clock.advance(10_000);
    expect(acceptedEvents.log).toEqual([]);
    expect(clock.pending).toBe(0);
    network.heal();
    network.heal();
    clock.runUntilIdle();
    expect(acceptedEvents.received).toEqual([1, 2]);
    expect(acceptedEvents.log.at(-1)).toBe('10025: end');
    expect(dialerEvents.log).toEqual([]);
  });

  it('holds a dial made in a partition until it heals or times out', async () => {
    const clock = virtualClock();
    const network = memoryNetwork({ clock, delayMs: 10 });
    const transport = network.transport();
    await transport.listen('a', ignore);
    network.partition();
    await expect(clock.until(transport.dial('a', { timeoutMs: 500 }))).rejects.toEqual(
      code('ERR_DWCP_TIMEOUT'),
    );
    clock.schedule(1000, () => network.heal());
    await clock.until(transport.dial('a'));
    expect(clock.nowMs()).toBe(1510);
  });

  it('partitions one connection and leaves the others', async () => {
    const clock = virtualClock();
    const network = memoryNetwork({ clock });
    const first = await connect(network, clock);
    const second = await connect(network, clock);
    const link = network.links().find((open) => open.dialerAddress === first.dialer.localAddress);
    link?.partition();
    first.dialer.send([Uint8Array.of(1)]);
    second.dialer.send([Uint8Array.of(2)]);
    clock.runUntilIdle();
    expect(first.acceptedEvents.received).toEqual([]);
    expect(second.acceptedEvents.received).toEqual([2]);
    link?.heal();
    clock.runUntilIdle();
    expect(first.acceptedEvents.received).toEqual([1]);
  });
});

describe('memory network: real time', () => {
  it('moves a payload with the clock of the process', async () => {
    const transport = memoryTransport({ delayMs: 1 });
    const payload = new Uint8Array(1_000_000).map((_, at) => at);
    const received: Uint8Array[] = [];
    const done = new Promise<void>((resolve) => {
      void transport.listen('a', {
        onConnection: (connection) =>
          connection.open({
            onData: (chunk) => received.push(chunk.slice()),
            onDrain: () => {},
            onEnd: () => connection.end(),
            onClose: () => resolve(),
          }),
      });
    });
    const dialer = await transport.dial('a');
    dialer.open({ onData: () => {}, onDrain: () => {}, onEnd: () => {}, onClose: () => {} });
    dialer.send([payload]);
    dialer.end();
    await done;
    expect(Buffer.concat(received).equals(payload)).toBe(true);
  });
});
