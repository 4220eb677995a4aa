import { describe, expect, test } from 'vitest';
import { root } from '../../dev/toolchain.mjs';
import { house, readHouse } from '../house.ts';
import { rules } from '../rules/index.ts';

/** The report of one rule over the given files, as `file:line: message`. */
function report(rule: string, texts: Record<string, string>): string[] {
  const findings = rules[rule]?.(house(texts)) ?? [];
  return findings.map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

const repeat = (line: string, times: number) =>
  Array.from({ length: times }, () => line).join('\n');

describe('rooms', () => {
  test('a component may import core and nothing else of ours', () => {
    const file = 'packages/hde/src/a.ts';
    const text = "import type { A } from '@dwcp/core';\nimport { b } from '@dwcp/amst';";
    expect(report('rooms', { [file]: text })).toEqual([
      `${file}:2: @dwcp/hde may not import @dwcp/amst, only @dwcp/core`,
    ]);
  });

  test('re-exports, dynamic imports, type imports and subpaths count', () => {
    const texts = {
      'packages/tree/src/a.ts': "export * from '@dwcp/hde/v1';",
      'packages/tree/src/b.ts': "const c = await import('@dwcp/node');",
      'packages/core/src/c.ts': "type D = import('@dwcp/cli').D;",
    };
    expect(report('rooms', texts)).toEqual([
      'packages/tree/src/a.ts:1: @dwcp/tree may not import @dwcp/hde, only @dwcp/core',
      'packages/tree/src/b.ts:1: @dwcp/tree may not import @dwcp/node, only @dwcp/core',
      'packages/core/src/c.ts:1: @dwcp/core may not import @dwcp/cli, only none of our packages',
    ]);
  });

  test('no relative path leaves the src folder', () => {
    const texts = { 'packages/tree/src/a.ts': "import '../../core/src/clock.ts';" };
    expect(report('rooms', texts)).toEqual([
      'packages/tree/src/a.ts:1: "../../core/src/clock.ts" leaves the src folder of tree',
    ]);
  });

  test('a new package has to be given its room', () => {
    expect(report('rooms', { 'packages/attic/src/a.ts': '' })).toEqual([
      'packages/attic/src/a.ts:1: packages/attic has no room yet; add it to scripts/house/rules/rooms.ts',
    ]);
  });

  test('node sees the components, tests see what they like', () => {
    const texts = {
      'packages/node/src/a.ts': "import { hde } from '@dwcp/hde';",
      'packages/hde/test/a.test.ts': "import { amst } from '@dwcp/amst';",
    };
    expect(report('rooms', texts)).toEqual([]);
  });
});

describe('machines', () => {
  const file = 'packages/acp/src/machine/raft.ts';

  test.each([
    ['setTimeout(f, 1);', 'setTimeout: ask the driver for a deadline through an effect'],
    ['const t = Date.now();', 'Date: take the time as an argument'],
    ['const t = performance.now();', 'performance: take the time as an argument'],
    ['const r = Math.random();', 'Math.random: take randomness as an argument'],
    ['let p: Promise<void>;', 'Promise: return effects and take their results as inputs'],
    ['const e = process.env;', 'process: input and output belong to the driver'],
    ['const g = globalThis;', 'globalThis: name what is used'],
  ])('%s', (code, problem) => {
    expect(report('machines', { [file]: `\n${code}` })).toEqual([
      `${file}:2: a machine may not use ${problem}`,
    ]);
  });

  test.each(['async () => 1;', 'await x;', 'for await (const y of z) y();'])('%s', (code) => {
    expect(report('machines', { [file]: code })).toEqual([
      `${file}:1: a machine is synchronous: return effects, take results as inputs`,
    ]);
  });

  test('imports only machine files and the pure parts of core', () => {
    const code = [
      "import type { Clock } from '@dwcp/core';",
      "import { BinaryReader, systemClock } from '@dwcp/core';",
      "import { createHash } from 'node:crypto';",
      "import { pack } from 'msgpackr';",
    ];
    expect(report('machines', { [file]: code.join('\n') })).toEqual([
      `${file}:2: a machine may not use systemClock of @dwcp/core: it is not known as pure`,
      `${file}:3: a machine imports only machine files and @dwcp/core, not "node:crypto"`,
      `${file}:4: a machine imports only machine files and @dwcp/core, not "msgpackr"`,
    ]);
  });

  test('what a machine imports is held to the same', () => {
    const texts = {
      [file]: "import { quorum } from '../quorum.ts';\nimport type { Log } from '../log.ts';",
      'packages/acp/src/quorum.ts': 'export const startedMs = Date.now();',
      'packages/acp/src/log.ts': 'export const openedMs = Date.now();',
    };
    expect(report('machines', texts)).toEqual([
      'packages/acp/src/quorum.ts:1: a machine may not use Date: take the time as an argument',
    ]);
  });

  test('members and own names may be called like a global', () => {
    const code = [
      'function step(process: Input, now: { Date: number }) {',
      '  return { fetch: process.Date, console: now.Date };',
      '}',
    ];
    expect(report('machines', { [file]: code.join('\n') })).toEqual([]);
  });
});

describe('documentation', () => {
  const file = 'packages/core/src/a.ts';
  const exportAll = { 'packages/core/src/index.ts': "export * from './a.ts';" };

  test('exports need a doc comment', () => {
    const code = [
      '/** The module. */',
      "import { b } from './b.ts';",
      'export function f() {}',
      'export const c = 1;',
      'export type T = string;',
      '/** Documented. */',
      'export const d = 1;',
      'const e = 1;',
      'const hidden = 1;',
      'export { e };',
    ];
    expect(report('documentation', { [file]: code.join('\n') })).toEqual([
      `${file}:3: f is exported without a doc comment`,
      `${file}:4: c is exported without a doc comment`,
      `${file}:5: T is exported without a doc comment`,
      `${file}:8: e is exported without a doc comment`,
    ]);
  });

  test('members of what a package exports need one', () => {
    const code = [
      '/** I. */ export interface I {',
      '  open(): void;',
      '}',
      '/** C. */ export class C {',
      '  size = 1;',
      '  #secret = 1;',
      '  private own = 1;',
      '  constructor() {}',
      '  get length() { return 1; }',
      '  [Symbol.iterator]() {}',
      '}',
    ];
    expect(report('documentation', { [file]: code.join('\n'), ...exportAll })).toEqual([
      `${file}:2: I.open has no doc comment`,
      `${file}:5: C.size has no doc comment`,
      `${file}:9: C.length has no doc comment`,
    ]);
  });

  test('members of what stays inside a package need none', () => {
    const member = (name: string) => `/** N. */ export interface ${name} {\n  size: number;\n}`;
    const texts = {
      'packages/core/src/index.ts': "export type { A } from './a.ts';\nimport './b.ts';",
      [file]: [member('A'), member('B')].join('\n'),
      'packages/core/src/b.ts': member('C'),
    };
    expect(report('documentation', texts)).toEqual([`${file}:2: A.size has no doc comment`]);
  });

  test('a class inherits the comments of what it implements, across packages', () => {
    const texts = {
      'packages/hde/src/index.ts': "export { C } from './a.ts';",
      'packages/core/src/base.ts':
        '/** B. */ export interface B {\n  /** Stops. */\n  stop(): void;\n}',
      'packages/core/src/more.ts':
        '/** M. */ export interface M extends B {\n  /** Goes. */\n  go(): void;\n}',
      'packages/hde/src/a.ts':
        '/** C. */ export class C implements M {\n  stop() {}\n  go() {}\n  extra() {}\n}',
    };
    expect(report('documentation', texts)).toEqual([
      'packages/hde/src/a.ts:4: C.extra has no doc comment',
    ]);
  });

  test('the first of several signatures is enough', () => {
    const code = '/** F. */\nexport function f(a: 1): 1;\nexport function f(a: 2): 2;';
    expect(report('documentation', { [file]: code })).toEqual([]);
  });
});

describe('sizes', () => {
  test('a function may have 70 lines', () => {
    const bodies = (lines: number) => `function f() {\n${repeat('  g();', lines - 2)}\n}`;
    expect(report('sizes', { 'scripts/a.ts': bodies(70) })).toEqual([]);
    expect(report('sizes', { 'scripts/a.ts': bodies(71) })).toEqual([
      'scripts/a.ts:1: f has 71 lines; 70 is the limit',
    ]);
  });

  test('the body of a describe is a chapter, the body of a test is a function', () => {
    const body = (name: string) => `${name}('x', () => {\n${repeat('  g();', 80)}\n});`;
    expect(report('sizes', { 'packages/core/test/a.test.ts': body('describe') })).toEqual([]);
    expect(report('sizes', { 'packages/core/test/a.test.ts': body('test') })).toEqual([
      'packages/core/test/a.test.ts:1: this function has 82 lines; 70 is the limit',
    ]);
  });
});

test('names says which name is empty', () => {
  const texts = {
    'packages/core/src/utils/bytes.ts': '',
    'packages/core/src/helpers.ts': '',
    'packages/core/src/common-prefix.ts': '',
  };
  expect(report('names', texts)).toEqual([
    'packages/core/src/utils/bytes.ts:1: "utils" does not say what it holds',
    'packages/core/src/helpers.ts:1: "helpers.ts" does not say what it holds',
  ]);
});

describe('errors', () => {
  const table = 'packages/core/src/errors.ts';
  const texts = {
    [table]: 'const errorTable = {\n  ERR_DWCP_A: {},\n  ERR_DWCP_B: {},\n};',
    'docs/errors.md': '## ERR_DWCP_A',
    'packages/hde/src/a.ts': "throw new DwcpError('ERR_DWCP_A', 'no');",
  };

  test('a code is thrown and explained', () => {
    expect(report('errors', texts)).toEqual([
      `${table}:3: nothing in packages/*/src throws ERR_DWCP_B`,
      `${table}:3: docs/errors.md does not explain ERR_DWCP_B`,
    ]);
  });

  test('asking for a code is not throwing it', () => {
    const code = [
      "isDwcpError(error, 'ERR_DWCP_B');",
      "error.code === 'ERR_DWCP_B';",
      "switch (code) { case 'ERR_DWCP_B': }",
      "let expected: 'ERR_DWCP_B';",
    ];
    const asked = { ...texts, 'packages/hde/src/b.ts': code.join('\n') };
    expect(report('errors', asked)).toHaveLength(2);
  });
});

test('the house that stands here is read with its packages, tests, scripts and pages', () => {
  const { sources, pages } = readHouse(root);
  expect([...sources.keys()]).toEqual(
    expect.arrayContaining(['packages/core/src/index.ts', 'scripts/dev.mjs', 'vitest.config.ts']),
  );
  expect([...pages.keys()]).toContain('docs/architecture.md');
});
