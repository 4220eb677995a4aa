import {
  createStack,
  memoryTransport,
  part,
  startable,
  systemClock,
  virtualClock,
} from '@dwcp/core';
import type { Clock, Startable, Transport } from '@dwcp/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Complete } from '../../src/stack/check.ts';

/** A startable piece that writes down what happens to it. */
function running(name: string, log: string[]): Startable {
  return startable({
    start: () => void log.push(`+${name}`),
    stop: () => void log.push(`-${name}`),
  });
}

describe('createStack', () => {
  it('makes pieces of what they need, and starts and stops in order', async () => {
    const log: string[] = [];
    const stack = createStack({
      service: part(['transport', 'store'], (needs: { transport: Transport; store: Startable }) =>
        Object.assign(running('service', log), { transport: needs.transport }),
      ),
      transport: part(['clock'], ({ clock }) => memoryTransport({ clock })),
      store: running('store', log),
      clock: systemClock(),
      greeting: 'hello',
    });
    expect(stack.order).toEqual(['clock', 'transport', 'store', 'service', 'greeting']);
    expect(stack.pieces.service.transport).toBe(stack.pieces.transport);
    expect(stack.pieces.greeting).toBe('hello');
    expect(log).toEqual([]);
    await stack.start();
    expect(stack.state).toBe('started');
    await stack[Symbol.asyncDispose]();
    expect(log).toEqual(['+store', '+service', '-service', '-store']);
  });

  it('makes every part once and starts a shared piece once', async () => {
    const log: string[] = [];
    let made = 0;
    const stack = createStack({
      session: part([], () => {
        made += 1;
        return running('session', log);
      }),
      messenger: part(['session'], (needs: { session: Startable }) => needs.session),
      bulk: part(
        ['session', 'messenger'],
        (needs: { session: Startable; messenger: Startable }) => needs.session,
      ),
    });
    await stack.start();
    await stack.stop();
    expect(made).toBe(1);
    expect(log).toEqual(['+session', '-session']);
  });

  it('lets a preset be spread and changed', () => {
    const preset = {
      clock: systemClock(),
      transport: part(['clock'], ({ clock }) => memoryTransport({ clock })),
    };
    const clock = virtualClock();
    const stack = createStack({ ...preset, clock });
    expect(stack.pieces.clock).toBe(clock);
    expectTypeOf(stack.pieces.transport).toEqualTypeOf<Transport>();
  });

  it('reports the name of a piece that fails to start', async () => {
    const broken = startable({ start: () => Promise.reject(new Error('no disk')), stop: () => {} });
    await expect(createStack({ store: broken }).start()).rejects.toMatchObject({
      code: 'ERR_DWCP_START_FAILED',
      message: '"store" could not start: no disk',
    });
  });

  it('gives a part only what it lists', () => {
    const stack = createStack({
      clock: systemClock(),
      probe: part(['clock'], (needs) => Object.keys(needs)),
      other: 1,
    });
    expect(stack.pieces.probe).toEqual(['clock']);
  });

  it('refuses a circle, and passes on what a part throws', () => {
    const circle = {
      a: part(['b'], (needs: { b: number }) => needs.b),
      b: part(['a'], (needs: { a: number }) => needs.a),
    };
    expect(() => createStack(circle)).toThrow('in a circle: "a" needs "b" needs "a"');
    const throwing = part([], () => {
      throw new TypeError('no');
    });
    expect(() => createStack({ throwing })).toThrow(TypeError);
  });
});

describe('createStack: what the compiler refuses', () => {
  const transport = part(['clock'], ({ clock }) => memoryTransport({ clock }));
  const wanClock: Clock = systemClock();

  it('a missing piece', () => {
    // @ts-expect-error needs a piece "clock", which the stack does not have
    expect(() => createStack({ transport })).toThrow(
      '"transport" needs "clock", which is not there',
    );
    type Problem = Complete<{ transport: typeof transport }>['transport'];
    expectTypeOf<Problem>().toEqualTypeOf<'needs a piece "clock", which the stack does not have'>();
  });

  it('a piece of another type', () => {
    const clock = { nowMs: () => 0 };
    // @ts-expect-error needs another type of "clock" than the stack has
    expect(createStack({ transport, clock }).order).toEqual(['clock', 'transport']);
    type Problem = Complete<{ transport: typeof transport; clock: typeof clock }>['transport'];
    expectTypeOf<Problem>().toEqualTypeOf<'needs another type of "clock" than the stack has'>();
  });

  it('a part that makes another type than is needed', () => {
    const clock = part([], () => 'noon');
    // @ts-expect-error needs another type of "clock" than the stack has
    expect(createStack({ transport, clock }).pieces.clock).toBe('noon');
  });

  it('a use of what is not listed', () => {
    const needy = part(['lan'], (needs: { lan: Clock; wan: Clock }) => needs.wan);
    // @ts-expect-error uses "wan" without listing it among its needs
    expect(createStack({ needy, lan: wanClock, wan: wanClock }).pieces.needy).toBeUndefined();
  });

  it('a wrong use of what is made', () => {
    const stack = createStack({ clock: wanClock, transport });
    // @ts-expect-error there is no such piece
    expect(stack.pieces.session).toBeUndefined();
    expectTypeOf(stack.pieces).toEqualTypeOf<{
      readonly clock: Clock;
      readonly transport: Transport;
    }>();
  });

  it('an unknown role used without a type', () => {
    const loose = part(['lan'], ({ lan }) => {
      // @ts-expect-error "lan" is no well-known role: without an annotation its type is unknown
      return lan.nowMs;
    });
    expect(createStack({ loose, lan: wanClock }).pieces.loose).toBe(wanClock.nowMs);
  });
});
