/** Finding the code fences of Markdown pages and of doc comments. */

/** A TypeScript fence: code that readers are told works. */
export interface Fence {
  /** Path of the file that holds it, relative to the clone. */
  readonly file: string;
  /** Line of the first line of code, counted from 1. */
  readonly line: number;
  /** The code without the fence lines and without the comment's own margin. */
  readonly code: string;
  /** False for a `ts no-run` fence: its types are checked, but it is not executed. */
  readonly runs: boolean;
}

/** Names under which TypeScript or JavaScript could hide from the checks. */
const otherNames = ['cts', 'javascript', 'js', 'jsx', 'mjs', 'mts', 'tsx', 'typescript'];

/**
 * All TypeScript fences of a Markdown page or, for a `.ts` file, of its doc comments. Throws for a
 * fence that is never closed, has a tag that is not known, or is not run without saying why.
 */
export function findFences(file: string, text: string): Fence[] {
  const lines = (file.endsWith('.ts') ? docComments(text) : text).split('\n');
  const fences: Fence[] = [];
  for (let index = 0; index < lines.length; index++) {
    const opening = /^(?<indent> *)(?<marks>```+)(?<info>.*)$/.exec(lines[index] ?? '')?.groups;
    if (opening === undefined) continue;
    const { indent = '', marks = '', info = '' } = opening;
    const end = lines.findIndex((line, at) => at > index && line.trim() === marks);
    if (end < 0) throw new Error(`${file}:${index + 1}: this code fence is never closed`);
    const code = lines.slice(index + 1, end).map((line) => withoutPrefix(line, indent));
    const runs = readInfo(info.trim(), code, `${file}:${index + 1}`);
    if (runs !== undefined) fences.push({ file, line: index + 2, code: code.join('\n'), runs });
    index = end;
  }
  return fences;
}

/** Whether a fence with this info string runs; undefined when it is not TypeScript. */
function readInfo(info: string, code: readonly string[], where: string): boolean | undefined {
  const [language = '', ...tags] = info.split(/\s+/);
  if (otherNames.includes(language)) throw new Error(`${where}: write \`ts\`, not \`${language}\``);
  if (language !== 'ts') return undefined;
  if (tags.length === 0) return true;
  if (tags.join(' ') !== 'no-run') {
    throw new Error(`${where}: unknown tag "${tags.join(' ')}"; only \`ts no-run\` is known`);
  }
  if (!code.some((line) => /^\s*\/\/ Not run here: \S/.test(line))) {
    throw new Error(`${where}: a \`no-run\` fence says why in a comment, "// Not run here: …"`);
  }
  return false;
}

/** The text of all doc comments, each line where it was; every other line is blank. */
function docComments(text: string): string {
  let inside = false;
  const stripped = text.split('\n').map((line) => {
    if (/^\s*\/\*\*/.test(line)) inside = true;
    const kept = inside ? line.replace(/^\s*(\/\*\*|\*\/|\*) ?/, '').replace(/\s*\*\/$/, '') : '';
    if (line.includes('*/')) inside = false;
    return kept;
  });
  return stripped.join('\n');
}

function withoutPrefix(line: string, prefix: string): string {
  return line.startsWith(prefix) ? line.slice(prefix.length) : line.trimStart();
}
