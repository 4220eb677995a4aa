/** Turning a fence into a module whose `// => value` lines are assertions. */
import ts from 'typescript';
import type { Fence } from './fences.ts';

/** Lines that {@link fenceModule} puts in front of the code. */
export const headerLines = 1;

/**
 * The module of a fence. `expression; // => value` and `const name = expression; // => value`
 * become assertions; every line of code stays on its own line, so that messages can be mapped back.
 */
export function fenceModule({ file, line, code }: Fence): string {
  const source = ts.createSourceFile('fence.ts', code, ts.ScriptTarget.Latest, true);
  const edits = source.statements.flatMap((statement) => assertion(source, statement));
  const marks = code.match(/\/\/ =>/g)?.length ?? 0;
  if (marks > edits.length) {
    throw new Error(`${file}:${line}: a "// =>" of this fence does not follow an expression`);
  }
  let result = code;
  for (const edit of edits.toReversed()) {
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  }
  return `import { strictEqual as dwcpCheck } from './strict-equal.ts';\n${result}\n`;
}

/** The module that all fence modules import. */
export const strictEqualModule = `import { deepStrictEqual } from 'node:assert/strict';

export function strictEqual(actual: unknown, expected: unknown): void {
  deepStrictEqual(actual, expected);
}
`;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The edit that turns a statement with a `// =>` behind it into an assertion; at most one. */
function assertion(source: ts.SourceFile, statement: ts.Statement): Edit[] {
  const end = statement.getEnd();
  const expected = /^[ \t]*\/\/ => (.+)/.exec(source.text.slice(end))?.[1];
  if (expected === undefined) return [];
  if (ts.isExpressionStatement(statement)) {
    const start = statement.getStart(source);
    const actual = statement.expression.getText(source);
    return [{ start, end, text: `dwcpCheck(${actual}, (${expected}));` }];
  }
  const name = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.at(-1)?.name.getText(source)
    : undefined;
  if (name === undefined) return [];
  return [{ start: end, end, text: ` dwcpCheck(${name}, (${expected}));` }];
}
