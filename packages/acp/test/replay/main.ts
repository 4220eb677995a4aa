/**
 * Replays scripts of etcd's Raft test suite: `npm run replay:raft -- FILE|FOLDER…`.
 *
 * `--print` shows what each directive printed, `--logs` the log lines that differ.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Replay } from './replay.ts';
import { replay } from './replay.ts';

const usage = 'usage: npm run replay:raft -- [--print] [--logs] FILE|FOLDER…';

/** The scripts in a file or folder. */
function scriptsIn(place: string): string[] {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { withFileTypes: true })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = path.join(place, entry.name);
      if (entry.isDirectory()) return scriptsIn(inner);
      return entry.name.endsWith('.txt') ? [inner] : [];
    });
}

function report(file: string, result: Replay, options: { print: boolean; logs: boolean }): void {
  const { difference, logLines } = result;
  if (options.print) {
    for (const { directive, output } of result.outputs) {
      console.log(`${file}:${directive.line} ${directive.name}\n${output.replace(/\n$/, '')}\n`);
    }
  }
  if (options.logs) for (const line of logLines) console.log(`${file}: log line ${line.trim()}`);
  const logs = logLines.length === 0 ? '' : `, ${logLines.length} log lines worded differently`;
  if (difference === undefined) {
    console.log(`equal  ${file} (${result.directives} directives${logs})`);
    return;
  }
  console.log(`DIFFER ${file}:${difference.line} (directive in line ${difference.directiveLine})`);
  console.log(`  expected ${show(difference.expected)}`);
  console.log(`  got      ${show(difference.got)}`);
}

function show(line: string | undefined): string {
  return line === undefined ? 'nothing more' : JSON.stringify(line);
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { print: { type: 'boolean' }, logs: { type: 'boolean' } },
  });
  if (positionals.length === 0) {
    console.error(usage);
    return 2;
  }
  const options = { print: values.print === true, logs: values.logs === true };
  const files = positionals.flatMap(scriptsIn);
  let different = 0;
  for (const file of files) {
    const result = replay(readFileSync(file, 'utf8'));
    report(file, result, options);
    if (result.difference !== undefined) different += 1;
  }
  console.log(`${files.length - different} of ${files.length} scripts equal`);
  return different === 0 && files.length > 0 ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
