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
  /** Imported names; `*` stands for all. */
  readonly names: readonly string[];
  /** Those of them that exist at run time. */
  readonly values: readonly string[];
}

/** All static and dynamic imports and all re-exports, in order. */
export function importsOf(source: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  walk(source, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const bindings = bindingsOf(node);
    const values = bindings.filter(({ typeOnly }) => !typeOnly).map(({ name }) => name);
    const typeOnly = values.length === 0 && bindings.length > 0;
    imports.push({ node, specifier, names: bindings.map(({ name }) => name), values, typeOnly });
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

interface Binding {
  readonly name: string;
  readonly typeOnly: boolean;
}

/** What an import takes by name; empty for one that only runs the other module. */
function bindingsOf(node: ts.Node): Binding[] {
  if (ts.isExportDeclaration(node)) {
    const { exportClause: clause, isTypeOnly: typeOnly } = node;
    if (clause !== undefined && ts.isNamedExports(clause)) {
      return clause.elements.map((element) => bindingOf(element, typeOnly));
    }
    return [{ name: '*', typeOnly }];
  }
  if (!ts.isImportDeclaration(node)) return [{ name: '*', typeOnly: ts.isImportTypeNode(node) }];
  const clause = node.importClause;
  if (clause === undefined) return [];
  const typeOnly = clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
  const bindings = clause.namedBindings;
  if (bindings !== undefined && ts.isNamespaceImport(bindings)) return [{ name: '*', typeOnly }];
  const named = bindings?.elements.map((element) => bindingOf(element, typeOnly)) ?? [];
  return clause.name === undefined ? named : [{ name: 'default', typeOnly }, ...named];
}

function bindingOf(element: ts.ImportSpecifier | ts.ExportSpecifier, typeOnly: boolean): Binding {
  const { text } = element.propertyName ?? element.name;
  return { name: text, typeOnly: typeOnly || element.isTypeOnly };
}
