/** The README says what the command does: its options, exit codes and events. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { exitCodes } from '../src/exit-codes.ts';
import { runWith } from './fake-node.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The first cells of the table below a heading, without back-ticks. */
function rows(heading: string): string[] {
  const [, section = ''] = readme.split(`\n## ${heading}\n`);
  const [body = ''] = section.split('\n## ');
  const cells = [...body.matchAll(/^\| `?([^`|]+?)`? *\|/gm)].map(([, cell = '']) => cell);
  return cells.slice(1);
}

async function helpOptions(command: string): Promise<string[]> {
  const { stdout } = await runWith([command, '--help']);
  const options = [...stdout.text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+(?: <[\w:]+>)?) /gm)];
  return options.map(([, option = '']) => option).filter((option) => option !== '--help');
}

it.each([['serve'], ['push and pull']])('lists the options of %s', async (heading) => {
  const commands = heading.split(' and ');
  const options = new Set((await Promise.all(commands.map(helpOptions))).flat());
  expect(options.size).toBeGreaterThan(5);
  expect(rows(`Options of ${heading}`).toSorted()).toEqual([...options].toSorted());
});

it('lists the exit codes', () => {
  expect(rows('Exit codes')).toEqual(Object.values(exitCodes).map(String));
});

it('lists the events', () => {
  const source = readFileSync(new URL('../src/output/events.ts', import.meta.url), 'utf8');
  const names = [...source.matchAll(/readonly event: '(\w+)'/g)].map(([, name]) => name);
  expect(rows('JSON events')).toEqual(names);
});

it.each([
  ['the README', async () => readme],
  ['--help', async () => (await runWith(['--help'])).stdout.text],
  ['serve --help', async () => (await runWith(['serve', '--help'])).stdout.text],
  ['push --help', async () => (await runWith(['push', '--help'])).stdout.text],
  ['pull --help', async () => (await runWith(['pull', '--help'])).stdout.text],
])('%s shows commands that work', async (_name, page) => {
  const examples = (await page()).matchAll(/^(?: {2}|\| `)?dwcp (\w[^`\n]*)/gm);
  const lines = [...examples].map(([, line = '']) => line);
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) {
    const argv = line.split(/\s+/).map((word) => (word.endsWith('.pem') ? '/dev/null' : word));
    const outcome = await runWith(argv);
    // The line was understood: the fake node was made, and refuses every call.
    expect({ line, error: outcome.stderr.text + outcome.stdout.text }).toMatchObject({
      error: expect.stringContaining('ERR_DWCP_INVALID_STATE'),
    });
  }
});
