import { describe, expect, test } from 'vitest';
import { parseBenchArguments, UsageError } from '../harness/arguments.ts';

describe('the command line', () => {
  test('a suite alone takes the defaults', () => {
    const defaults = { quick: false, rounds: undefined, json: undefined, folder: undefined };
    expect(parseBenchArguments(['push'])).toEqual({ suite: 'push', ...defaults });
  });

  test('all options, before or after the suite', () => {
    const argv = ['--quick', 'push', '--rounds', '5', '--json', 'rows.json', '--folder', '/data'];
    expect(parseBenchArguments(argv)).toEqual({
      suite: 'push',
      quick: true,
      rounds: 5,
      json: 'rows.json',
      folder: '/data',
    });
  });

  test.each([
    ['no suite', []],
    ['two suites', ['push', 'pull']],
    ['an unknown option', ['push', '--fast']],
    ['no rounds', ['push', '--rounds', '0']],
    ['half a round', ['push', '--rounds', '1.5']],
    ['rounds that are no number', ['push', '--rounds', 'many']],
  ])('%s is an error for the user', (_case, argv) => {
    expect(() => parseBenchArguments(argv)).toThrow(UsageError);
  });
});
