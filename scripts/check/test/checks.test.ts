import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deadLinks } from '../links.ts';
import type { Manifest } from '../packages.ts';
import { problemsOf } from '../packed/contents.ts';

describe('deadLinks', () => {
  test('finds links to missing files and headings, and only those', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'dwcp-links-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const page = [
      '# The first & only',
      '[here](#the-first--only) [there](b.md#two-words) [out](https://example.org/x)',
      '[gone](c.md) [nowhere](b.md#three)',
      '`[code](d.md)`',
      '```sh',
      '[code](e.md)',
      '```',
    ];
    writeFileSync(path.join(folder, 'a.md'), page.join('\n'));
    writeFileSync(path.join(folder, 'b.md'), '## Two words');
    expect(deadLinks(folder, 'a.md')).toEqual([
      'a.md:3: no such file: c.md',
      'a.md:3: no such heading: b.md#three',
    ]);
  });
});

describe('problemsOf', () => {
  const manifest: Manifest = {
    name: '@dwcp/hde',
    version: '1.0.0',
    license: 'MIT',
    description: 'd',
    engines: { node: '>=22.15' },
    dependencies: { '@dwcp/core': '^1.0.0' },
  };
  const contents = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];
  const tarball = (change: { contents?: string[]; manifest?: Partial<Manifest> }) => {
    const changed = { ...manifest, ...change.manifest };
    return {
      contents: change.contents ?? contents,
      manifest: changed,
      manifestText: JSON.stringify(changed),
    };
  };

  test('has nothing against a proper package', () => {
    const more = ['dist/a/b.js.map', 'dist/a/b.d.ts.map', 'src/a/b.ts'];
    expect(problemsOf(tarball({ contents: [...contents, ...more] }))).toEqual([]);
  });

  test.each([
    ['a file too many', { contents: [...contents, 'test/a.test.ts'] }, 'contains test/a.test.ts'],
    [
      'a build note',
      { contents: [...contents, 'dist/.tsbuildinfo'] },
      'contains dist/.tsbuildinfo',
    ],
    ['a missing license', { contents: contents.filter((f) => f !== 'LICENSE') }, 'lacks LICENSE'],
    [
      'a missing readme',
      { contents: contents.filter((f) => f !== 'README.md') },
      'lacks README.md',
    ],
    [
      'an unpublished range',
      { manifest: { dependencies: { '@dwcp/core': 'workspace:^' } } },
      'still says workspace:',
    ],
    [
      'six dependencies',
      { manifest: { dependencies: { a: '1', b: '1', c: '1', d: '1', e: '1', f: '1' } } },
      'has 6 run-time dependencies; 5 is the limit',
    ],
  ])('reports %s', (_, change, problem) => {
    expect(problemsOf(tarball(change))).toEqual([`@dwcp/hde ${problem}`]);
  });
});
