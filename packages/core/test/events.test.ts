import { TypedEmitter } from '@dwcp/core';
import { describe, expect, expectTypeOf, it } from 'vitest';

interface Map {
  readonly progress: (sizeBytes: number) => void;
  readonly done: () => void;
}

describe('typed events', () => {
  it('calls listeners in the order in which they were added', () => {
    const events = new TypedEmitter<Map>();
    const log: string[] = [];
    const first = (sizeBytes: number): void => void log.push(`first ${sizeBytes}`);
    events
      .on('progress', first)
      .once('progress', (sizeBytes) => void log.push(`once ${sizeBytes}`));
    expect(events.emit('progress', 1)).toBe(true);
    events.emit('progress', 2);
    events.off('progress', first);
    expect(events.emit('progress', 3)).toBe(false);
    expect(log).toEqual(['first 1', 'once 1', 'first 2']);
  });

  it('forgets all listeners', () => {
    const events = new TypedEmitter<Map>();
    events.on('done', () => expect.unreachable('it was removed'));
    events.clear();
    expect(events.emit('done')).toBe(false);
  });

  it('knows its names and arguments at compile time', () => {
    const events = new TypedEmitter<Map>();
    expectTypeOf(events.emit<'progress'>).parameters.toEqualTypeOf<['progress', number]>();
    // @ts-expect-error there is no such event
    expect(events.emit('nothing')).toBe(false);
    // @ts-expect-error progress comes with a size
    expect(events.emit('progress')).toBe(false);
  });
});
