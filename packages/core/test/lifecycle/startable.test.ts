import { abortable, startable } from '@dwcp/core';
import { describe, expect, it } from 'vitest';

const aborted = expect.objectContaining({ code: 'ERR_DWCP_ABORTED' });

/** A promise and the functions that settle it; `Promise.withResolvers` came after ES2023. */
function gate() {
  let resolve: () => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** A part whose start and stop end when the test says so. */
function gated() {
  const log: string[] = [];
  const starts: ReturnType<typeof gate>[] = [];
  const stops: ReturnType<typeof gate>[] = [];
  const signals: AbortSignal[] = [];
  const part = startable({
    start({ signal }) {
      log.push('start');
      signals.push(signal);
      const end = gate();
      starts.push(end);
      return end.promise;
    },
    stop() {
      log.push('stop');
      const end = gate();
      stops.push(end);
      return end.promise;
    },
  });
  return { part, log, starts, stops, signals };
}

/** Lets every promise react that can. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('startable', () => {
  it('shares one start and one stop between calls', async () => {
    const { part, log, starts, stops } = gated();
    const calls = [part.start(), part.start()];
    expect(calls[0]).toBe(calls[1]);
    await settle();
    expect(part.state).toBe('starting');
    starts[0]?.resolve();
    await Promise.all(calls);
    await part.start();
    expect(part.state).toBe('started');
    const ends = [part.stop(), part.stop(), part[Symbol.asyncDispose]()];
    await settle();
    expect(part.state).toBe('stopping');
    stops[0]?.resolve();
    await Promise.all(ends);
    await part.stop();
    expect(part.state).toBe('stopped');
    expect(log).toEqual(['start', 'stop']);
  });

  it('stops without a start, and starts again after a stop', async () => {
    const log: string[] = [];
    const part = startable({
      start: () => void log.push('start'),
      stop: () => void log.push('stop'),
    });
    await part.stop();
    await part.start();
    await part.stop();
    await part.start();
    expect(log).toEqual(['start', 'stop', 'start']);
  });

  it('rejects with the error of the hook and may be tried again', async () => {
    const failure = new Error('no');
    let attempts = 0;
    const stops: number[] = [];
    const part = startable({
      start() {
        attempts += 1;
        if (attempts === 1) throw failure;
      },
      stop: () => void stops.push(attempts),
    });
    const calls = [part.start(), part.start()];
    await expect(calls[0]).rejects.toBe(failure);
    await expect(calls[1]).rejects.toBe(failure);
    expect(part.state).toBe('stopped');
    await part.stop();
    expect(stops).toEqual([]);
    await part.start();
    expect(part.state).toBe('started');
  });

  it('aborts a start by stop and waits for it', async () => {
    const { part, log, starts, signals } = gated();
    const start = part.start();
    await settle();
    const stop = part.stop();
    expect(signals[0]?.aborted).toBe(true);
    starts[0]?.reject(new Error('gave up'));
    await expect(start).rejects.toThrow('gave up');
    await stop;
    expect(log).toEqual(['start']);
  });

  it('stops what ended well in spite of the abort', async () => {
    const { part, log, starts, stops } = gated();
    const controller = new AbortController();
    const start = part.start({ signal: controller.signal });
    await settle();
    controller.abort();
    starts[0]?.resolve();
    await settle();
    stops[0]?.resolve();
    await expect(start).rejects.toEqual(aborted);
    expect(part.state).toBe('stopped');
    expect(log).toEqual(['start', 'stop']);
  });

  it('takes the last call: start, stop, start', async () => {
    const { part, log, starts, stops } = gated();
    const first = part.start();
    await settle();
    const stop = part.stop();
    const second = part.start();
    starts[0]?.resolve();
    await settle();
    expect(log).toEqual(['start', 'stop']);
    stops[0]?.resolve();
    await expect(first).rejects.toEqual(aborted);
    await stop;
    await settle();
    starts[1]?.resolve();
    await second;
    expect(part.state).toBe('started');
    expect(log).toEqual(['start', 'stop', 'start']);
  });

  it('takes the last call: a queued start is stopped before it begins', async () => {
    const { part, log, starts, stops } = gated();
    const first = part.start();
    await settle();
    starts[0]?.resolve();
    await first;
    const stopFirst = part.stop();
    const second = part.start();
    const stopSecond = part.stop();
    await settle();
    stops[0]?.resolve();
    await stopFirst;
    await expect(second).rejects.toEqual(aborted);
    await stopSecond;
    expect(log).toEqual(['start', 'stop']);
    expect(part.state).toBe('stopped');
  });

  it('does not begin with a signal that has fired, and keeps the signal quiet after the start', async () => {
    const { part, log, starts, stops, signals } = gated();
    await expect(part.start({ signal: AbortSignal.abort() })).rejects.toEqual(aborted);
    expect(log).toEqual([]);
    const start = part.start();
    await settle();
    starts[0]?.resolve();
    await start;
    const stop = part.stop();
    await settle();
    stops[0]?.resolve();
    await stop;
    expect(signals[0]?.aborted).toBe(false);
  });

  it('ends only the wait of a later call by its signal', async () => {
    const { part, starts } = gated();
    const first = part.start();
    const controller = new AbortController();
    const second = part.start({ signal: controller.signal });
    controller.abort();
    await expect(second).rejects.toEqual(aborted);
    await settle();
    starts[0]?.resolve();
    await first;
    expect(part.state).toBe('started');
  });

  it('reports a failed stop to those who called it, once, and may start again', async () => {
    const failure = new Error('stuck');
    let stops = 0;
    const part = startable({
      start: () => {},
      stop() {
        stops += 1;
        if (stops === 1) throw failure;
      },
    });
    await part.start();
    await expect(part.stop()).rejects.toBe(failure);
    await part.stop();
    expect(stops).toBe(1);
    await part.start();
    await part.stop();
    expect(stops).toBe(2);
  });
});

describe('abortable', () => {
  it('passes results on and removes its listener', async () => {
    const { signal } = new AbortController();
    const added: string[] = [];
    const removed: string[] = [];
    const spy = Object.assign(signal, {
      addEventListener: (name: string) => void added.push(name),
      removeEventListener: (name: string) => void removed.push(name),
    });
    await expect(abortable(Promise.resolve(7), spy)).resolves.toBe(7);
    await expect(abortable(Promise.reject(new Error('x')), spy)).rejects.toThrow('x');
    await expect(abortable(Promise.resolve(7))).resolves.toBe(7);
    await settle();
    expect([added.length, removed.length]).toEqual([2, 2]);
  });

  it('rejects when the signal fires, with its reason as the cause', async () => {
    const controller = new AbortController();
    const waiting = abortable(new Promise(() => {}), controller.signal);
    controller.abort('enough');
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_DWCP_ABORTED', cause: 'enough' });
  });
});
