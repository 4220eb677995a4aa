/**
 * The data-driven format of etcd's test scripts: a directive of one line, perhaps with input below,
 * then `----` and the output that is expected, up to a blank line; output with blank lines stands
 * between two lines `----` and two more.
 */

/** One argument: `key`, `key=value` or `key=(one,two)`. */
export interface Argument {
  readonly key: string;
  readonly values: readonly string[];
}

/** A command with its arguments. */
export interface Command {
  readonly name: string;
  readonly args: readonly Argument[];
}

/** One directive of a script. */
export interface Directive extends Command {
  /** The line of the directive, from 1. */
  readonly line: number;
  readonly input: string;
  readonly expected: readonly string[];
  /** The line of the first line of the expected output. */
  readonly expectedLine: number;
}

/** A script that cannot be read or executed. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}

/** The directives of a script. */
export function parseScript(text: string): Directive[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines.at(-1) === '') lines.pop();
  const directives: Directive[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = at + 1;
    let source = (lines[at] ?? '').trim();
    at += 1;
    if (source === '' || source.startsWith('#')) continue;
    while (source.endsWith('\\') && at < lines.length) {
      source = `${source.slice(0, -1)} ${(lines[at] ?? '').trim()}`;
      at += 1;
    }
    const command = parseCommand(source);
    if (command.name === 'subtest') continue;
    const separator = lines.indexOf('----', at);
    const end = separator === -1 ? lines.length : separator;
    const input = lines.slice(at, end).join('\n').trim();
    const { expected, expectedLine, next } = readExpected(lines, end + 1);
    directives.push({ ...command, line, input, expected, expectedLine });
    at = next;
  }
  return directives;
}

/** A command line; `ScriptError` when it is none. */
export function parseCommand(source: string): Command {
  const [name = '', rest = ''] = splitOnce(source.trim(), ' ');
  const args: Argument[] = [];
  let left = rest.trim();
  while (left !== '') {
    const key = /^[^ =]+/.exec(left)?.[0];
    if (key === undefined) throw new ScriptError(`cannot parse "${source}"`);
    left = left.slice(key.length);
    const { values, length } = left.startsWith('=') ? readValues(left, source) : noValues;
    args.push({ key, values });
    left = left.slice(length).trim();
  }
  return { name, args };
}

const noValues = { values: [], length: 0 };

/** The values after a key: `=value` or `=(one, two)`. */
function readValues(left: string, source: string): { values: string[]; length: number } {
  if (!left.startsWith('=(')) {
    const value = /^=([^ ]*)/.exec(left)?.[1] ?? '';
    return { values: [value], length: value.length + 1 };
  }
  const values: string[] = [];
  let depth = 0;
  let value = '';
  for (let at = 2; at < left.length; at += 1) {
    const char = left.charAt(at);
    if (depth === 0 && (char === ',' || char === ')')) {
      values.push(value.trim());
      value = '';
      if (char === ')') return { values, length: at + 1 };
      continue;
    }
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    value += char;
  }
  throw new ScriptError(`a parenthesis is not closed in "${source}"`);
}

function readExpected(lines: readonly string[], from: number) {
  if (lines[from] !== '----') {
    let next = from;
    while (next < lines.length && (lines[next] ?? '').trim() !== '') next += 1;
    return { expected: lines.slice(from, next), expectedLine: from + 1, next };
  }
  let end = from + 1;
  while (end < lines.length && !(lines[end] === '----' && lines[end + 1] === '----')) end += 1;
  return { expected: lines.slice(from + 1, end), expectedLine: from + 2, next: end + 2 };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
