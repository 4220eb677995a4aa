/** The imports of a file. */
import path from 'node:path';
import ts from 'typescript';
import { walk } from './house.ts';

/** An import or re-export of a file. */
export interface Import {
  /** The node to point at. */
  readonly node: ts.Node;
  /** As written: `./reader.ts`, `@dwcp/core`, `node:fs`. */
  readonly specifier: string;
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** Imported names that exist at run time; `*` stands for all. */
  readonly values: readonly string[];
}

/** All static and dynamic imports and all re-exports, in order. */
export function importsOf(source: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  walk(source, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const values = valuesOf(node);
    imports.push({ node, specifier, values, typeOnly: isTypeOnly(node, values) });
  });
  return imports;
}

/** The file that a relative specifier names, as a path relative to the clone. */
export function resolveRelative(from: string, specifier: string): string {
  return path.posix.join(path.posix.dirname(from), specifier);
}

function specifierOf(node: ts.Node): string | undefined {
  let expression: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    expression = node.moduleSpecifier;
  } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    expression = node.arguments[0];
  } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    expression = node.argument.literal;
  }
  return expression !== undefined && ts.isStringLiteral(expression) ? expression.text : undefined;
}

function isTypeOnly(node: ts.Node, values: readonly string[]): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (!ts.isImportDeclaration(node)) return false;
  return node.importClause !== undefined && values.length === 0;
}

function valuesOf(node: ts.Node): string[] {
  if (ts.isExportDeclaration(node)) {
    if (node.isTypeOnly) return [];
    const clause = node.exportClause;
    return clause !== undefined && ts.isNamedExports(clause) ? valueNames(clause.elements) : ['*'];
  }
  if (!ts.isImportDeclaration(node)) return ['*'];
  const clause = node.importClause;
  if (clause === undefined || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const bindings = clause.namedBindings;
  if (bindings !== undefined && ts.isNamespaceImport(bindings)) return ['*'];
  const named = bindings === undefined ? [] : valueNames(bindings.elements);
  return clause.name === undefined ? named : ['default', ...named];
}

function valueNames(elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[]): string[] {
  return elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text);
}
