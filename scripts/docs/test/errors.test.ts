import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { errorTable } from '../../../packages/core/src/errors.ts';
import { errorsPage } from '../errors-page.ts';

test('docs/errors.md is up to date', () => {
  const page = path.join(import.meta.dirname, '../../../docs/errors.md');
  expect(readFileSync(page, 'utf8')).toBe(errorsPage());
});

test('the page has one section and one row for each code', () => {
  const page = errorsPage();
  for (const code of Object.keys(errorTable)) {
    expect(page.split(`\n## ${code}\n`)).toHaveLength(2);
    expect(page).toContain(`(#${code.toLowerCase()})`);
  }
});
