/** Every error code is thrown somewhere and explained on the errors page. */
import ts from 'typescript';
import type { Finding, House } from '../house.ts';
import { at, libraryFiles, walk } from '../house.ts';

const table = 'packages/core/src/errors.ts';
const page = 'docs/errors.md';

/** Reports codes of `errorTable` that nothing throws or that the errors page does not explain. */
export function errors(house: House): Finding[] {
  const source = house.sources.get(table);
  if (source === undefined) return [];
  const thrown = thrownCodes(house);
  const explained = house.pages.get(page) ?? '';
  return tableEntries(source).flatMap((entry) => {
    const code = entry.name.getText();
    return [
      ...(thrown.has(code) ? [] : [at(entry, `nothing in packages/*/src throws ${code}`)]),
      ...(explained.includes(code) ? [] : [at(entry, `${page} does not explain ${code}`)]),
    ];
  });
}

function tableEntries(source: ts.SourceFile): ts.PropertyAssignment[] {
  const entries: ts.PropertyAssignment[] = [];
  walk(source, (node) => {
    const isCode = ts.isPropertyAssignment(node) && node.name.getText().startsWith('ERR_DWCP_');
    if (isCode) entries.push(node);
  });
  return entries;
}

/** Codes that appear as values: not those that are only compared with or asked for. */
function thrownCodes(house: House): Set<string> {
  const codes = new Set<string>();
  for (const source of libraryFiles(house)) {
    walk(source, (node) => {
      if (ts.isStringLiteral(node) && !isQuestion(node.parent)) codes.add(node.text);
    });
  }
  return codes;
}

function isQuestion(parent: ts.Node): boolean {
  if (ts.isCallExpression(parent)) return parent.expression.getText() === 'isDwcpError';
  if (ts.isCaseClause(parent) || ts.isLiteralTypeNode(parent)) return true;
  return (
    ts.isBinaryExpression(parent) &&
    [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken].includes(
      parent.operatorToken.kind,
    )
  );
}
