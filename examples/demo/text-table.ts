/** Plain tables for terminals, pipes and logs. */

/** How a table is laid out. */
export interface TableOptions {
  /** Columns, from 0, that are aligned on the right: figures. @default [] */
  readonly right?: readonly number[];
}

/** Lines of aligned columns under a heading. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [] }: TableOptions = {},
): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(headings), rule, ...rows.map(line)].join('\n');
}
