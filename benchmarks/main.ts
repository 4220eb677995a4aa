/**
 * Runs one suite of benchmarks, ours against its real peers in the same run:
 * `npm run bench -- <suite> [--quick] [--rounds N] [--json FILE] [--folder DIR]`.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BenchArguments, parseBenchArguments, UsageError } from './harness/arguments.ts';
import { describeEnvironment, observeEnvironment } from './harness/environment.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { renderRows, renderVerdict } from './harness/report.ts';
import { runRounds } from './harness/rounds.ts';
import { type Row, toRow } from './harness/rows.ts';
import type { Suite } from './harness/suite.ts';
import { suites } from './suites.ts';

const clone = path.join(import.meta.dirname, '..');
/** The quick mode is done within a minute: this leaves time for one more round and for tidying up. */
const quickBudgetMs = 30_000;

function usage(): string {
  const names = Object.entries(suites).map(([name, { summary }]) => `  ${name}  ${summary}`);
  return [
    'npm run bench -- <suite> [--quick] [--rounds N] [--json FILE] [--folder DIR]',
    'suites:',
    ...names,
  ].join('\n');
}

async function main(argv: readonly string[]): Promise<void> {
  const args = parseBenchArguments(argv);
  const suite = Object.hasOwn(suites, args.suite) ? suites[args.suite] : undefined;
  if (!suite) throw new UsageError(`there is no suite "${args.suite}"`);
  const { notes, rows } = await measure(suite, args);
  console.log(['', renderRows(rows), '', ...notes, '', renderVerdict(rows)].join('\n'));
  const [first] = rows;
  if (first) console.log(describeEnvironment(first.env));
  if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify(rows, null, 2)}\n`);
}

async function measure(
  suite: Suite,
  args: BenchArguments,
): Promise<{ rows: Row[]; notes: readonly string[] }> {
  const limits = {
    rounds: args.rounds ?? suite.rounds[args.quick ? 'quick' : 'full'],
    budgetMs: args.quick ? quickBudgetMs : Infinity,
  };
  const folder = makeFolder(args.folder ?? path.join(clone, 'tmp'), args.suite);
  try {
    const environment = observeEnvironment(clone, folder);
    const { comparisons, notes } = await suite.run({
      clone,
      folder,
      countRounds: (round) =>
        runRounds(
          limits,
          () => performance.now(),
          (number) => {
            console.error(`round ${number + 1} of ${limits.rounds}`);
            return round(number);
          },
        ),
      log: (line) => console.error(line),
    });
    const env = environment();
    return { notes, rows: comparisons.map((comparison) => toRow(args.suite, comparison, env)) };
  } finally {
    await removeFolder(folder);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${usage()}`);
  process.exitCode = 2;
}
