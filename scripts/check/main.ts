/**
 * Runs the checks named on the command line, or all of them, one after the other, and reports every
 * failure. `--update` writes the API reports anew, `--json FILE` writes the result for programs.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { api } from './api.ts';
import { build } from './build.ts';
import { links } from './links.ts';
import { bundles } from './packed/bundles.ts';
import { contents } from './packed/contents.ts';
import { fences } from './packed/fences.ts';
import { imports } from './packed/imports.ts';
import { lintPackages } from './packed/lint.ts';
import { types as hostTypes } from './packed/types.ts';
import { docs, format, house, oxlint, types, unused, versions } from './sources.ts';
import { CheckFailure, CheckSkipped } from './step.ts';
import type { Step, Workshop } from './step.ts';

const steps: readonly Step[] = [
  oxlint,
  format,
  house,
  types,
  unused,
  versions,
  links,
  docs,
  build,
  api,
  contents,
  lintPackages,
  imports,
  hostTypes,
  fences,
  bundles,
];

type Outcome = 'passed' | 'failed' | 'skipped';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { update: { type: 'boolean', default: false }, json: { type: 'string' } },
});

const unknown = positionals.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  const list = steps.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`);
  console.error(`There is no check called ${unknown.join(', ')}. Checks:\n${list.join('\n')}`);
  process.exit(1);
}
const chosen = steps.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const counts: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 };
const told = new Set<CheckFailure>();
const folder = mkdtempSync(path.join(tmpdir(), 'dwcp-check-'));
try {
  for (const step of chosen) counts[await report(step, { folder, update: values.update })]++;
} finally {
  rmSync(folder, { recursive: true });
}
console.log(
  Object.entries(counts)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', '),
);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;

/** Runs one check and prints a line about it. */
async function report(step: Step, workshop: Workshop): Promise<Outcome> {
  const startedMs = performance.now();
  const line = (outcome: Outcome, note: string | void) => {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(5);
    console.log(`${outcome.padEnd(7)} ${seconds} s  ${step.name}${note ? `: ${note}` : ''}`);
    return outcome;
  };
  try {
    return line('passed', await step.run(workshop));
  } catch (error) {
    if (error instanceof CheckSkipped) return line('skipped', error.message);
    if (!(error instanceof CheckFailure)) throw error;
    line('failed', step.about);
    // Checks share the build, the tarballs and the host; what broke there is told once.
    const message = told.has(error) ? 'for the same reason as above' : error.message;
    told.add(error);
    console.error(message.replaceAll(/^/gm, '  '));
    return 'failed';
  }
}
