/** Functions that fit on a screen (TigerStyle, "70 lines per function"). */
import ts from 'typescript';
import type { Finding, House } from '../house.ts';
import { at, walk } from '../house.ts';

/** The longest function, in lines from its first to its last. */
const maxLines = 70;

/** Reports functions that are too long. The body of a `describe` is a chapter, not a function. */
export function sizes({ sources }: House): Finding[] {
  const findings: Finding[] = [];
  for (const source of sources.values()) {
    walk(source, (node) => {
      if (!ts.isFunctionLike(node) || isChapter(node)) return;
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      const lines = last - first + 1;
      if (lines <= maxLines) return;
      const name = node.name?.getText(source) ?? 'this function';
      findings.push(at(node, `${name} has ${lines} lines; ${maxLines} is the limit`));
    });
  }
  return findings;
}

function isChapter(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());
}
