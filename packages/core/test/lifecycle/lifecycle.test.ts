import { createLifecycle, startable } from '@dwcp/core';
import type { DwcpError, LifecyclePart } from '@dwcp/core';
import { describe, expect, it } from 'vitest';

interface Faults {
  readonly failStart?: string;
  readonly failStop?: readonly string[];
}

/** Parts that write down what they do. `a: 'b c'` starts after b and c. */
function build(after: Readonly<Record<string, string>>, faults: Faults = {}) {
  const log: string[] = [];
  const parts = Object.entries(after).map(([name, needs]): LifecyclePart => {
    const part = startable({
      start() {
        if (faults.failStart === name) throw new Error(`${name} is broken`);
        log.push(`+${name}`);
      },
      stop() {
        log.push(`-${name}`);
        if (faults.failStop?.includes(name) === true) throw new Error(`${name} is stuck`);
      },
    });
    return { name, part, after: needs.split(' ').filter(Boolean) };
  });
  return { log, lifecycle: createLifecycle(parts) };
}

const failure = (promise: Promise<void>): Promise<DwcpError> =>
  promise.then(
    () => expect.unreachable('it resolved'),
    (error: DwcpError) => error,
  );

describe('lifecycle: order', () => {
  it('starts after what is needed, else in the order given, and stops in reverse', async () => {
    const { lifecycle, log } = build({
      web: 'store bus',
      log: '',
      store: 'disk',
      bus: '',
      disk: '',
    });
    expect(lifecycle.order).toEqual(['disk', 'store', 'bus', 'web', 'log']);
    await lifecycle.start();
    await lifecycle[Symbol.asyncDispose]();
    expect(log.join(' ')).toBe('+disk +store +bus +web +log -log -web -bus -store -disk');
    expect(lifecycle.state).toBe('stopped');
  });

  it('refuses circles, unknown names and duplicates, and names them', () => {
    expect(() => build({ a: 'b', b: 'c', c: 'a' })).toThrow('"a" needs "b" needs "c" needs "a"');
    expect(() => build({ a: 'a' })).toThrow('"a" needs "a"');
    expect(() => build({ a: 'x' })).toThrow('"a" needs "x", which is not there');
    const part = startable({ start: () => {}, stop: () => {} });
    expect(() =>
      createLifecycle([
        { name: 'a', part },
        { name: 'a', part },
      ]),
    ).toThrow('the name "a"');
  });

  it('starts and stops nothing', async () => {
    const { lifecycle } = build({});
    await lifecycle.start();
    expect(lifecycle.state).toBe('started');
    await lifecycle.stop();
  });
});

describe('lifecycle: failures', () => {
  it('stops only what started, in reverse, when a start fails', async () => {
    const { lifecycle, log } = build({ a: '', b: 'a', c: 'b', d: 'c' }, { failStart: 'c' });
    const error = await failure(lifecycle.start());
    expect(error).toMatchObject({
      code: 'ERR_DWCP_START_FAILED',
      retryable: true,
      message: '"c" could not start: c is broken',
    });
    expect(error.cause).toEqual(new Error('c is broken'));
    expect(log).toEqual(['+a', '+b', '-b', '-a']);
    expect(lifecycle.state).toBe('stopped');
    await lifecycle.stop();
    expect(log).toHaveLength(4);
  });

  it('keeps the errors of stopping beside the error of the start', async () => {
    const { lifecycle, log } = build(
      { a: '', b: '', c: '' },
      { failStart: 'c', failStop: ['a', 'b'] },
    );
    const error = await failure(lifecycle.start());
    expect(error.code).toBe('ERR_DWCP_START_FAILED');
    expect(error.message).toBe('"c" could not start: c is broken; then "b", "a" failed to stop');
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect(error.cause).toMatchObject({
      errors: [new Error('c is broken'), new Error('b is stuck'), new Error('a is stuck')],
    });
    expect(log).toEqual(['+a', '+b', '-b', '-a']);
  });

  it('asks every part to stop and reports all that fail', async () => {
    const { lifecycle, log } = build({ a: '', b: 'a', c: 'b' }, { failStop: ['c', 'a'] });
    await lifecycle.start();
    const error = await failure(lifecycle.stop());
    expect(error).toMatchObject({
      code: 'ERR_DWCP_STOP_FAILED',
      message: '2 of 3 parts failed to stop: "c", "a"',
      cause: { errors: [new Error('c is stuck'), new Error('a is stuck')] },
    });
    expect(log.slice(3)).toEqual(['-c', '-b', '-a']);
    await lifecycle.stop();
  });

  it('aborts a start by its signal and by stop, and leaves nothing behind', async () => {
    const log: string[] = [];
    let startsWaiting: () => void = () => {};
    const waiting = new Promise<void>((resolve) => {
      startsWaiting = resolve;
    });
    const slow = startable({
      start({ signal }) {
        startsWaiting();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('gave up')), { once: true });
        });
      },
      stop: () => void log.push('-slow'),
    });
    const quick = startable({
      start: () => void log.push('+quick'),
      stop: () => void log.push('-quick'),
    });
    const lifecycle = createLifecycle([
      { name: 'quick', part: quick },
      { name: 'slow', part: slow, after: ['quick'] },
    ]);
    const controller = new AbortController();
    const bySignal = lifecycle.start({ signal: controller.signal });
    await waiting;
    controller.abort();
    expect((await failure(bySignal)).code).toBe('ERR_DWCP_ABORTED');
    const byStop = failure(lifecycle.start());
    await lifecycle.stop();
    expect((await byStop).code).toBe('ERR_DWCP_ABORTED');
    expect(log.filter((line) => line === '-slow')).toEqual([]);
    expect(log.filter((line) => line === '+quick').length).toBe(
      log.filter((line) => line === '-quick').length,
    );
  });

  it('may start again after a failed start', async () => {
    let broken = true;
    const part = startable({
      start() {
        if (broken) throw new Error('broken');
      },
      stop: () => {},
    });
    const lifecycle = createLifecycle([{ name: 'a', part }]);
    await expect(lifecycle.start()).rejects.toThrow('"a" could not start');
    broken = false;
    await lifecycle.start();
    expect(lifecycle.state).toBe('started');
  });
});
