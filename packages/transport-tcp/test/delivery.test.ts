import { describe, expect, it } from 'vitest';
import { DwcpError } from '@dwcp/core';
import { Delivery } from '../src/delivery.ts';
import { Recorder } from './recorder.ts';

const lost = new DwcpError('ERR_DWCP_CONNECTION_LOST', 'lost');

function setUp() {
  const tap: string[] = [];
  const delivery = new Delivery({ start: () => tap.push('start'), stop: () => tap.push('stop') });
  return { tap, delivery, recorder: new Recorder() };
}

async function microtasks(): Promise<void> {
  await Promise.resolve();
}

describe('Delivery', () => {
  it('lets bytes in at open, not before', () => {
    const { tap, delivery, recorder } = setUp();
    expect(tap).toEqual([]);
    delivery.open(recorder);
    expect(tap).toEqual(['start']);
    delivery.data(Buffer.from('direct'));
    expect(recorder.text).toBe('direct');
  });

  it('keeps a copy of what comes too early, from a buffer that is used again', async () => {
    const { tap, delivery, recorder } = setUp();
    const buffer = Buffer.from('one');
    delivery.data(buffer);
    buffer.write('two');
    delivery.data(buffer);
    delivery.end();
    delivery.open(recorder);
    expect(recorder.calls).toEqual([]);
    await microtasks();
    expect(recorder.calls).toEqual(['data', 'data', 'end']);
    expect(recorder.text).toBe('onetwo');
    expect(tap).toEqual(['stop', 'stop']);
  });

  it('stops between kept chunks when it is paused there', async () => {
    const { delivery, recorder } = setUp();
    delivery.open(recorder);
    delivery.pause();
    for (const text of ['a', 'b', 'c']) delivery.data(Buffer.from(text));
    const onData = recorder.onData.bind(recorder);
    recorder.onData = (chunk) => {
      delivery.pause();
      onData(chunk);
    };
    for (const text of ['a', 'ab', 'abc']) {
      delivery.resume();
      delivery.resume();
      await microtasks();
      expect(recorder.text).toBe(text);
    }
  });

  it('reads on after the last kept chunk', async () => {
    const { tap, delivery, recorder } = setUp();
    delivery.open(recorder);
    delivery.pause();
    delivery.data(Buffer.from('kept'));
    delivery.resume();
    expect(tap).toEqual(['start', 'stop', 'stop']);
    await microtasks();
    expect(tap).toEqual(['start', 'stop', 'stop', 'start']);
  });

  it('does not start reading when paused before open', () => {
    const { tap, delivery, recorder } = setUp();
    delivery.pause();
    delivery.open(recorder);
    expect(tap).toEqual(['stop']);
    delivery.resume();
    expect(tap).toEqual(['stop', 'start']);
  });

  it('waits with an orderly close until everything was heard', async () => {
    const { delivery, recorder } = setUp();
    delivery.open(recorder);
    delivery.pause();
    delivery.data(Buffer.from('kept'));
    delivery.end();
    delivery.close(undefined);
    await microtasks();
    expect(recorder.calls).toEqual([]);
    delivery.resume();
    await microtasks();
    expect(recorder.calls).toEqual(['data', 'end', 'close']);
  });

  it('does not wait with a failure', async () => {
    const { delivery, recorder } = setUp();
    delivery.open(recorder);
    delivery.pause();
    delivery.data(Buffer.from('kept'));
    delivery.close(lost);
    delivery.close(undefined);
    await microtasks();
    expect(recorder.calls).toEqual(['close']);
    expect(recorder.error).toBe(lost);
  });

  it('lets nothing but the close through after a cut', async () => {
    const { delivery, recorder } = setUp();
    delivery.open(recorder);
    delivery.cut();
    delivery.data(Buffer.from('late'));
    delivery.end();
    delivery.drain();
    delivery.close(undefined);
    await microtasks();
    expect(recorder.calls).toEqual(['close']);
  });

  it('drops what was waiting for a handler that closes', async () => {
    const { delivery, recorder } = setUp();
    delivery.open(recorder);
    delivery.pause();
    delivery.close(undefined);
    delivery.cut();
    await microtasks();
    expect(recorder.calls).toEqual(['close']);
  });

  it('tells a late handler about the drain', async () => {
    const { delivery, recorder } = setUp();
    delivery.drain();
    delivery.open(recorder);
    await microtasks();
    expect(recorder.calls).toEqual(['drain']);
  });
});
