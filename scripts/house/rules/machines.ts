/**
 * Protocols are pure: what stands under `src/machine/`, and every file that it imports at run time,
 * takes inputs and the time in and gives effects out. The same calls give the same answers, so the
 * simulator can replay them.
 */
import ts from 'typescript';
import type { Finding, House } from '../house.ts';
import { at, placeOf, walk } from '../house.ts';
import type { Import } from '../imports.ts';
import { importsOf, resolveRelative } from '../imports.ts';

/** Names that lead out of a pure machine, with what to do instead. */
const forbidden = new Map<string, string>([
  ...pairs('ask the driver for a deadline through an effect', [
    'setTimeout',
    'setInterval',
    'setImmediate',
    'clearTimeout',
    'clearInterval',
    'clearImmediate',
    'queueMicrotask',
  ]),
  ...pairs('take the time as an argument', ['Date', 'performance']),
  ...pairs('take randomness as an argument', ['crypto', 'Math.random']),
  ...pairs('return effects and take their results as inputs', [
    'Promise',
    'PromiseLike',
    'AsyncIterable',
    'AsyncIterator',
    'AsyncGenerator',
    'AbortSignal',
    'AbortController',
  ]),
  ...pairs('input and output belong to the driver', [
    'process',
    'console',
    'fetch',
    'WebSocket',
    'Worker',
    'BroadcastChannel',
    'MessageChannel',
    'require',
  ]),
  ...pairs('its answers depend on the garbage collector', ['WeakRef', 'FinalizationRegistry']),
  ...pairs('name what is used', ['globalThis', 'global', 'eval']),
]);

/** The run-time exports of `@dwcp/core` that a machine may use: no clock, no system, no promises. */
const pureCoreExports = new Set([
  'BinaryReader',
  'BinaryWriter',
  'DwcpError',
  'errorTable',
  'isDwcpError',
  'isErrorCode',
]);

/** Reports everything impure in machine files. */
export function machines(house: House): Finding[] {
  return [...machineFiles(house)].flatMap((source) => [
    ...importsOf(source).flatMap(impureImport),
    ...impureCode(source),
  ]);
}

/** The files under `src/machine/` and what they import at run time inside their package. */
function machineFiles({ sources }: House): Set<ts.SourceFile> {
  const found = new Set<ts.SourceFile>();
  const visit = (source: ts.SourceFile | undefined) => {
    if (source === undefined || found.has(source)) return;
    found.add(source);
    for (const { specifier, typeOnly } of importsOf(source)) {
      if (typeOnly || !specifier.startsWith('.')) continue;
      visit(sources.get(resolveRelative(source.fileName, specifier)));
    }
  };
  for (const [file, source] of sources) {
    if (placeOf(file)?.area === 'src' && file.includes('/src/machine/')) visit(source);
  }
  return found;
}

function impureImport({ node, specifier, typeOnly, values }: Import): Finding[] {
  if (specifier.startsWith('.') || typeOnly) return [];
  if (specifier !== '@dwcp/core') {
    return [at(node, `a machine imports only machine files and @dwcp/core, not "${specifier}"`)];
  }
  return values
    .filter((name) => !pureCoreExports.has(name))
    .map((name) =>
      at(node, `a machine may not use ${name} of @dwcp/core: it is not known as pure`),
    );
}

function impureCode(source: ts.SourceFile): Finding[] {
  const declared = declaredNames(source);
  const findings: Finding[] = [];
  walk(source, (node) => {
    if (isAsynchronous(node)) {
      findings.push(at(node, 'a machine is synchronous: return effects, take results as inputs'));
    }
    const name = referenceName(node);
    const advice = name === undefined ? undefined : forbidden.get(name);
    if (name === undefined || advice === undefined || declared.has(name)) return;
    findings.push(at(node, `a machine may not use ${name}: ${advice}`));
  });
  return findings;
}

function isAsynchronous(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)) return true;
  return ts.isForOfStatement(node) && node.awaitModifier !== undefined;
}

/** The global name that a node refers to, as `Date` or `Math.random`. */
function referenceName(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    return `${node.expression.text}.${node.name.text}`;
  }
  return ts.isIdentifier(node) && !isMemberName(node) ? node.text : undefined;
}

/** True for the `name` of `object.name`, `{ name: value }` and members of types and classes. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  const isMember =
    ts.isPropertyAccessExpression(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isClassElement(parent) ||
    ts.isTypeElement(parent);
  return isMember && parent.name === node;
}

/** Names that the file itself gives to something. */
function declaredNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  walk(source, (node) => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isImportSpecifier(node);
    if (isDeclaration && node.name !== undefined && ts.isIdentifier(node.name)) {
      names.add(node.name.text);
    }
  });
  return names;
}

function pairs(advice: string, names: readonly string[]): [string, string][] {
  return names.map((name) => [name, advice]);
}
