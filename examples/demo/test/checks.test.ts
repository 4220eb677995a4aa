import { describe, expect, test } from 'vitest';
import { checkSame, checkWhole, DemoFailure } from '../checks.ts';

function contents(entries: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(entries));
}

describe('checkSame', () => {
  const many = new Map(Array.from({ length: 1000 }, (_, index) => [`${index}`, 'hash']));

  test('takes equal trees', () => {
    expect(() => checkSame(many, new Map(many))).not.toThrow();
  });

  test.each([
    ['a file is missing', new Map([...many].slice(1)), '999 files arrived, not 1000'],
    ['one is too many', new Map([...many, ['more', 'hash']]), '1001 files arrived, not 1000'],
    [
      'one differs',
      new Map([...many, ['7', 'other']]),
      '1 files differ on the two sides, such as 7',
    ],
  ])('fails when %s', (_case, received, message) => {
    expect(() => checkSame(many, received)).toThrow(new DemoFailure(message));
  });

  test('is not content with a handful of files', () => {
    expect(() => checkSame(contents({ a: '1' }), contents({ a: '1' }))).toThrow('only 1 files');
  });
});

describe('checkWhole', () => {
  const before = contents({ a: 'old', b: 'old', same: '1' });
  const after = contents({ a: 'new', b: 'new', same: '1' });

  test('counts what arrived and what did not', () => {
    const received = contents({ a: 'new', b: 'old', same: '1' });
    expect(checkWhole(before, after, received)).toEqual({ newFiles: 1, oldFiles: 1 });
  });

  test.each([
    ['a file is half written', { a: 'new', b: 'half', same: '1' }, 'neither old nor new'],
    ['a file is gone', { a: 'new', same: '1' }, 'neither old nor new'],
    ['an unchanged file is gone', { a: 'new', b: 'old' }, 'neither old nor new'],
    ['a file came from nowhere', { a: 'new', b: 'old', same: '1', x: '1' }, 'neither old nor new'],
    ['nothing had arrived', { a: 'old', b: 'old', same: '1' }, 'before any file'],
    ['all had arrived', { a: 'new', b: 'new', same: '1' }, 'after all files'],
  ])('fails when %s', (_case, received, message) => {
    expect(() => checkWhole(before, after, contents(received))).toThrow(message);
  });
});
