import { memoryNetwork, memoryTransport } from '@dwcp/core';
import type { Transport } from '@dwcp/core';
import { describe, expect, it } from 'vitest';
import { transportSuite, type ConformanceCase, type TransportSuiteOptions } from '../src/index.ts';
import { defects } from './defects.ts';

function suite(make: () => Transport, options?: TransportSuiteOptions): readonly ConformanceCase[] {
  return transportSuite(() => {
    const transport = make();
    return { dialer: transport, listener: transport, listenAddress: 'node:0' };
  }, options);
}

describe('the memory transport', () => {
  it.each(suite(memoryTransport))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

describe('the memory transport with a delay and a slow path', () => {
  const make = () => memoryNetwork({ delayMs: 1, rateBps: 4e9 }).transport();
  it.each(suite(make, { largeBytes: 8 * 1024 * 1024 }))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

describe('a transport that is broken', () => {
  it.each(defects)('$defect: noticed by "$caughtBy"', async ({ caughtBy, transport }) => {
    const cases = suite(transport, { patienceMs: 200 });
    const found = cases.filter(({ name }) => name === caughtBy);
    expect(found).toHaveLength(1);
    await expect(found[0]?.run()).rejects.toThrow(/./);
  });
});

describe('the suite', () => {
  it('names every case once', () => {
    const names = suite(memoryTransport).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('releases the subject of a case that fails, too', async () => {
    let torn = 0;
    const inner = memoryTransport();
    const deaf: Transport = {
      ...inner,
      listen: inner.listen.bind(inner),
      dial: () => new Promise(() => {}),
    };
    const cases = transportSuite(
      () => ({
        dialer: deaf,
        listener: deaf,
        listenAddress: 'node:0',
        teardown: () => void torn++,
      }),
      { patienceMs: 20 },
    );
    await expect(cases[0]?.run()).rejects.toThrow('waited in vain for dial');
    expect(torn).toBe(1);
  });
});
