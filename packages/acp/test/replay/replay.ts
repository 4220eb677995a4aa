/** Executes a script and compares what it prints with what it expects. */
import { confChangeScript } from './confchange.ts';
import { interactionScript } from './interaction.ts';
import { quorumScript } from './quorum.ts';
import type { Directive } from './script.ts';
import { parseScript } from './script.ts';

/** The first place where a script printed something else. */
interface Difference {
  /** The line of the directive. */
  readonly directiveLine: number;
  /** The line of the script that differs. */
  readonly line: number;
  /** What the script expects there; undefined when nothing more. */
  readonly expected: string | undefined;
  /** What was printed; undefined when nothing more. */
  readonly got: string | undefined;
}

/** The result of a replay. */
export interface Replay {
  /** How many directives were executed. */
  readonly directives: number;
  readonly difference: Difference | undefined;
  /** Log lines that are worded differently, missing or added; no reason to fail. */
  readonly logLines: readonly string[];
  /** What each directive printed. */
  readonly outputs: readonly { readonly directive: Directive; readonly output: string }[];
}

/** Replays a script until the first difference. */
export function replay(text: string): Replay {
  const directives = parseScript(text);
  const execute = executorOf(directives);
  const outputs: { directive: Directive; output: string }[] = [];
  const logLines: string[] = [];
  for (const directive of directives) {
    const output = run(execute, directive);
    outputs.push({ directive, output });
    const difference = compare(directive, output);
    if (difference !== undefined) {
      return { directives: outputs.length, difference, logLines, outputs };
    }
    logLines.push(...differingLogLines(directive.expected, linesOf(output)));
  }
  return { directives: outputs.length, difference: undefined, logLines, outputs };
}

type Executor = (directive: Directive) => string;

/** The three formats have no command in common. */
function executorOf(directives: readonly Directive[]): Executor {
  const names = new Set(directives.map(({ name }) => name));
  if (names.has('committed') || names.has('vote')) return quorumScript();
  const changes = ['simple', 'enter-joint', 'leave-joint'];
  if (changes.some((name) => names.has(name))) return confChangeScript();
  return interactionScript();
}

function run(execute: Executor, directive: Directive): string {
  try {
    return execute(directive);
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Compares all but log lines. */
function compare({ line, expected, expectedLine }: Directive, output: string) {
  const wanted = facts(expected);
  const got = facts(linesOf(output));
  const length = Math.max(wanted.length, got.length);
  for (let at = 0; at < length; at += 1) {
    if (wanted[at]?.text === got[at]?.text) continue;
    const place = wanted[at]?.at ?? expected.length;
    return {
      directiveLine: line,
      line: expectedLine + place,
      expected: wanted[at]?.text,
      got: got[at]?.text,
    };
  }
  return undefined;
}

interface Fact {
  readonly text: string;
  readonly at: number;
}

/** The lines that are not of the log. `ok` stands for no output and is none itself. */
function facts(lines: readonly string[]): Fact[] {
  const kept = lines.map((text, at) => ({ text, at })).filter(({ text }) => !isLogLine(text));
  return kept.length === 1 && kept[0]?.text === 'ok' ? [] : kept;
}

function differingLogLines(expected: readonly string[], got: readonly string[]): string[] {
  const missing = without(expected.filter(isLogLine), got.filter(isLogLine));
  const added = without(got.filter(isLogLine), expected.filter(isLogLine));
  return missing.length >= added.length ? missing : added;
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

function isLogLine(line: string): boolean {
  return /^\s*(DEBUG|INFO|WARN|ERROR|FATAL) /.test(line);
}

function linesOf(output: string): string[] {
  return output.replace(/\n+$/, '').split('\n');
}
