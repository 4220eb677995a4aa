/** Writes `docs/errors.md`; with `--check` it only exits with 1 when the page is out of date. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { errorsPage } from './errors-page.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const page = path.join(import.meta.dirname, '../../docs/errors.md');

if (!values.check) {
  writeFileSync(page, errorsPage());
} else if (read(page) !== errorsPage()) {
  console.error(
    'docs/errors.md is out of date: node --conditions=@dwcp/source scripts/docs/errors.ts',
  );
  process.exitCode = 1;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
