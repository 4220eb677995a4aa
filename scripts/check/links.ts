/** Links between the pages of this repository lead somewhere. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../dev/toolchain.mjs';
import type { Step } from './step.ts';
import { failIfAny } from './step.ts';

const generated = ['**/node_modules/**', 'docs/api/**', 'docs/api-reports/**', '.changeset/**'];

/** The check of all Markdown pages; links to other hosts are not followed. */
export const links: Step = {
  name: 'links',
  about: 'links between the Markdown pages',
  async run() {
    const pages = globSync(['**/*.md', '.changeset/*.md'], { cwd: root, exclude: generated });
    failIfAny(pages.toSorted().flatMap((page) => deadLinks(root, page)));
    return `${pages.length} pages`;
  },
};

/** The links of a page that lead to no file or to no heading, as `page:line: message`. */
export function deadLinks(folder: string, page: string): string[] {
  const problems: string[] = [];
  const lines = withoutCode(readFileSync(path.join(folder, page), 'utf8')).split('\n');
  for (const [index, line] of lines.entries()) {
    for (const [, target = ''] of line.matchAll(/\]\(([^()\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const problem = problemOf(folder, page, target);
      if (problem !== undefined) problems.push(`${page}:${index + 1}: ${problem}`);
    }
  }
  return problems;
}

function problemOf(folder: string, page: string, target: string): string | undefined {
  const [file = '', anchor] = target.split('#');
  const at = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(folder, at))) return `no such file: ${target}`;
  if (anchor === undefined || !at.endsWith('.md')) return undefined;
  const headings = readFileSync(path.join(folder, at), 'utf8').matchAll(/^#+ (.+)$/gm);
  const anchors = [...headings].map(([, heading = '']) => anchorOf(heading));
  return anchors.includes(anchor) ? undefined : `no such heading: ${target}`;
}

/** The anchor that GitHub gives to a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** The same lines with fences and code spans blanked. */
function withoutCode(text: string): string {
  const blank = (code: string) => code.replaceAll(/[^\n]/g, ' ');
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, blank).replaceAll(/`[^`\n]*`/g, blank);
}
