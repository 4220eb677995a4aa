/** A doc comment on every export, and on every member of what a package exports to its users. */
import ts from 'typescript';
import type { Finding, House } from '../house.ts';
import { at, libraryFiles } from '../house.ts';
import { importsOf, resolveRelative } from '../imports.ts';

type Container = ts.InterfaceDeclaration | ts.ClassDeclaration | ts.TypeLiteralNode;

/** Reports exports and members without a doc comment. */
export function documentation(house: House): Finding[] {
  const files = libraryFiles(house);
  const promises = promisedMembers(files);
  const visible = publicNames(house);
  return files.flatMap((source) =>
    exportedStatements(source).flatMap((statement) => {
      const names = namesOf(statement);
      const isPublic = names.some((name) => visible(source.fileName, name));
      return [
        ...undocumentedStatement(statement),
        ...(isPublic ? undocumentedMembers(statement, promises) : []),
      ];
    }),
  );
}

/** Tells which names of which file a package exports: those that its `index.ts` reaches. */
function publicNames({ sources }: House): (file: string, name: string) => boolean {
  const reached = new Map<string, Set<string>>();
  const reach = (file: string, names: readonly string[]) => {
    const source = sources.get(file);
    const known = reached.get(file) ?? new Set();
    if (source === undefined || names.every((name) => known.has(name))) return;
    reached.set(file, new Set([...known, ...names]));
    for (const { node, specifier, names: passedOn } of importsOf(source)) {
      if (!ts.isExportDeclaration(node)) continue;
      const all = names.includes('*') || passedOn.includes('*');
      const wanted = all ? passedOn : passedOn.filter((name) => names.includes(name));
      reach(resolveRelative(file, specifier), wanted);
    }
  };
  for (const file of sources.keys()) {
    if (/^packages\/[^/]+\/src\/index\.ts$/.test(file)) reach(file, ['*']);
  }
  return (file, name) => {
    const names = reached.get(file);
    return names !== undefined && (names.has('*') || names.has(name));
  };
}

/** Statements that declare something the module exports, also through `export { name }`. */
function exportedStatements(source: ts.SourceFile): ts.Statement[] {
  const listed = new Set<string>();
  for (const statement of source.statements) {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier !== undefined) continue;
    const clause = statement.exportClause;
    if (clause === undefined || !ts.isNamedExports(clause)) continue;
    for (const { name, propertyName } of clause.elements) listed.add((propertyName ?? name).text);
  }
  return source.statements.filter(
    (statement) => hasExport(statement) || namesOf(statement).some((name) => listed.has(name)),
  );
}

function undocumentedStatement(statement: ts.Statement): Finding[] {
  if (isDocumented(statement) || isLaterOverload(statement)) return [];
  return namesOf(statement).map((name) =>
    at(statement, `${name} is exported without a doc comment`),
  );
}

function undocumentedMembers(
  statement: ts.Statement,
  promises: ReadonlyMap<string, ReadonlySet<string>>,
): Finding[] {
  const container = containerOf(statement);
  if (container === undefined) return [];
  const promised = new Set(
    parentsOf(container).flatMap((parent) => [...(promises.get(parent) ?? [])]),
  );
  const documented = new Set([...promised, ...documentedMembers(container)]);
  const [owner = ''] = namesOf(statement);
  return container.members.filter(isVisible).flatMap((member) => {
    const name = member.name?.getText() ?? '';
    if (documented.has(name)) return [];
    return [at(member, `${owner}.${name} has no doc comment`)];
  });
}

/** Members that a type documents, its own and inherited ones, by the name of the type. */
function promisedMembers(files: readonly ts.SourceFile[]): Map<string, ReadonlySet<string>> {
  const containers = new Map<string, Container>();
  for (const statement of files.flatMap((source) => [...source.statements])) {
    const container = containerOf(statement);
    for (const name of namesOf(statement)) if (container) containers.set(name, container);
  }
  const collect = (name: string, seen: readonly string[]): string[] => {
    const container = containers.get(name);
    if (container === undefined || seen.includes(name)) return [];
    const inherited = parentsOf(container).flatMap((parent) => collect(parent, [...seen, name]));
    return [...documentedMembers(container), ...inherited];
  };
  return new Map([...containers.keys()].map((name) => [name, new Set(collect(name, []))]));
}

function documentedMembers(container: Container): string[] {
  return container.members.filter(isDocumented).map((member) => member.name?.getText() ?? '');
}

/**
 * True for what users can see and what does not explain itself. A constructor is explained by its
 * class; a well-known symbol such as `Symbol.asyncDispose` has one meaning everywhere.
 */
function isVisible(member: ts.TypeElement | ts.ClassElement): boolean {
  const { name } = member;
  if (name === undefined || ts.isPrivateIdentifier(name) || ts.isComputedPropertyName(name)) {
    return false;
  }
  const flags = ts.getCombinedModifierFlags(member);
  return (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Override)) === 0;
}

function containerOf(statement: ts.Statement): Container | undefined {
  if (ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)) return statement;
  if (!ts.isTypeAliasDeclaration(statement)) return undefined;
  return ts.isTypeLiteralNode(statement.type) ? statement.type : undefined;
}

function parentsOf(container: Container): string[] {
  if (ts.isTypeLiteralNode(container)) return [];
  const clauses = container.heritageClauses ?? [];
  return clauses.flatMap(({ types }) => types.map(({ expression }) => expression.getText()));
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const isDeclaration =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isDeclaration ? [statement.name?.text ?? 'the default export'] : [];
}

function hasExport(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function isDocumented(node: ts.Node): boolean {
  return ts
    .getJSDocCommentsAndTags(node)
    .some((comment) => ts.isJSDoc(comment) && (comment.comment ?? '') !== '');
}

/** True for the second and later signatures of one function: the first one is documented. */
function isLaterOverload(statement: ts.Statement): boolean {
  if (!ts.isFunctionDeclaration(statement)) return false;
  const { statements } = statement.getSourceFile();
  const before = statements[statements.indexOf(statement) - 1];
  return (
    before !== undefined &&
    ts.isFunctionDeclaration(before) &&
    before.name?.text === statement.name?.text
  );
}
