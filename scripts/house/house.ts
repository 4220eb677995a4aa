/** The repository as the house rules see it: parsed files, nothing resolved. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** What a rule looks at. */
export interface House {
  /** Every TypeScript and JavaScript file that people write, by path relative to the clone. */
  readonly sources: ReadonlyMap<string, ts.SourceFile>;
  /** The Markdown pages that rules refer to, by path relative to the clone. */
  readonly pages: ReadonlyMap<string, string>;
}

/** One violation. */
export interface Finding {
  /** Path relative to the clone. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** What is wrong and what to do instead. */
  readonly message: string;
}

/** A rule finds its violations in the whole house. */
export type Rule = (house: House) => Finding[];

const sourcePatterns = [
  'packages/*/{src,test}/**/*.ts',
  '{examples,benchmarks,scripts}/**/*.{ts,mjs}',
  '*.config*.ts',
];
const generated = ['**/node_modules/**', '**/dist/**', '**/fixtures/**', '**/.doctest/**'];

/** Reads the house from the disk. */
export function readHouse(root: string): House {
  const texts = (patterns: string[]) => {
    const files = globSync(patterns, { cwd: root, exclude: generated });
    return files.map((file): [string, string] => [
      file.replaceAll(path.sep, '/'),
      readFileSync(path.join(root, file), 'utf8'),
    ]);
  };
  return house(Object.fromEntries([...texts(sourcePatterns), ...texts(['docs/*.md'])]));
}

/** A house of the given texts by path. */
export function house(texts: Readonly<Record<string, string>>): House {
  const sources = new Map<string, ts.SourceFile>();
  const pages = new Map<string, string>();
  for (const [file, text] of Object.entries(texts)) {
    if (file.endsWith('.md')) pages.set(file, text);
    else sources.set(file, ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  }
  return { sources, pages };
}

/** A finding at a node. */
export function at(node: ts.Node, message: string): Finding {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return { file: source.fileName, line: line + 1, message };
}

/** The package and the area (`src` or `test`) of a file; undefined outside `packages/`. */
export function placeOf(file: string): { name: string; area: string } | undefined {
  const groups = /^packages\/(?<name>[^/]+)\/(?<area>src|test)\//.exec(file)?.groups;
  const { name, area } = groups ?? {};
  return name === undefined || area === undefined ? undefined : { name, area };
}

/** The files of all packages' `src` folders. */
export function libraryFiles({ sources }: House): ts.SourceFile[] {
  return [...sources.values()].filter(({ fileName }) => placeOf(fileName)?.area === 'src');
}

/** Calls `visit` for the node and everything below it, parents first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}
