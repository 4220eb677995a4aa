import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../dev/toolchain.mjs';
import { findFences } from '../fences.ts';
import { fenceModule } from '../module.ts';
import { checkTypes } from '../types.ts';

const page = (info: string, ...code: string[]) =>
  ['# Page', '```' + info, ...code, '```'].join('\n');

describe('findFences', () => {
  test('finds a fence with the line of its code', () => {
    expect(findFences('a.md', page('ts', 'one();'))).toEqual([
      { file: 'a.md', line: 3, code: 'one();', runs: true },
    ]);
  });

  test('reads doc comments without their margin', () => {
    const source = ['/**', ' * @example', ' * ```ts', ' * one();', ' *   two();', ' * ```', ' */'];
    expect(findFences('a.ts', source.join('\n'))).toEqual([
      { file: 'a.ts', line: 4, code: 'one();\n  two();', runs: true },
    ]);
  });

  test('leaves fences in ordinary code and in other languages alone', () => {
    expect(findFences('a.ts', page('ts', 'one();'))).toEqual([]);
    expect(findFences('a.md', page('sh', 'npm test'))).toEqual([]);
  });

  test('takes no-run only with a reason', () => {
    const because = '// Not run here: it needs a second machine.';
    expect(findFences('a.md', page('ts no-run', because))[0]?.runs).toBe(false);
    expect(() => findFences('a.md', page('ts no-run', 'one();'))).toThrow(
      'a.md:2: a `no-run` fence',
    );
  });

  test.each([
    ['an unknown tag', page('ts skip', 'one();'), 'a.md:2: unknown tag "skip"'],
    ['JavaScript', page('js', 'one();'), 'a.md:2: write `ts`, not `js`'],
    ['a fence without an end', '```ts\none();', 'a.md:1: this code fence is never closed'],
  ])('refuses %s', (_, text, message) => {
    expect(() => findFences('a.md', text)).toThrow(message);
  });
});

describe('fenceModule', () => {
  const moduleOf = (code: string) =>
    fenceModule({ file: 'a.md', line: 1, code, runs: true }).split('\n').slice(1);

  test('turns expected values into assertions on the same line', () => {
    expect(moduleOf("const a = 1;\na + 1; // => 2\nawait f('x'); // => { b: 3 }")).toEqual([
      'const a = 1;',
      'dwcpCheck(a + 1, (2)); // => 2',
      "dwcpCheck(await f('x'), ({ b: 3 })); // => { b: 3 }",
      '',
    ]);
  });

  test('checks a declared name', () => {
    expect(moduleOf('const a = f(\n  1,\n); // => 2')).toEqual([
      'const a = f(',
      '  1,',
      '); dwcpCheck(a, (2)); // => 2',
      '',
    ]);
  });

  test('refuses an expectation that nothing would check', () => {
    expect(() => moduleOf('if (a) { b(); } // => 2')).toThrow('does not follow an expression');
    expect(() => moduleOf('if (a) {\n  b(); // => 2\n}')).toThrow('does not follow an expression');
  });
});

test('checkTypes names the line of the page', () => {
  const fence = { file: 'a.md', line: 10, code: '', runs: true };
  const errors = checkTypes(
    new Map([[path.join(import.meta.dirname, 'fixtures/wrong-type.ts'), fence]]),
    path.join(root, 'tsconfig.base.json'),
  );
  expect([...errors.values()].flat()).toEqual([
    "a.md:11: Type 'string' is not assignable to type 'number'.",
  ]);
});
