/** The printed table of a suite. */
import { renderTable } from '../../examples/demo/text-table.ts';
import { formatFigure, formatRange } from './format.ts';
import { isBelowGoal, type Row } from './rows.ts';

const headings = ['case', 'metric', 'ours', '', 'peer', '', '', 'ratio', 'goal', ''];

/** The rows as a table; rows below their goal are marked at their end. */
export function renderRows(rows: readonly Row[]): string {
  return renderTable(headings, rows.map(cells), { right: [2, 5, 7, 8] });
}

/** How many goals are met. */
export function renderVerdict(rows: readonly Row[]): string {
  const withGoal = rows.filter((row) => row.goal !== null);
  const below = withGoal.filter(isBelowGoal);
  return `${withGoal.length - below.length} of ${withGoal.length} goals met`;
}

function cells(row: Row): string[] {
  return [
    row.case,
    row.metric,
    formatFigure(row.ours, row.unit),
    formatRange(row.oursRange, row.unit),
    row.peerName,
    formatFigure(row.peer, row.unit),
    formatRange(row.peerRange, row.unit),
    row.ratio.toFixed(2),
    row.goal === null ? '' : row.goal.toFixed(2),
    isBelowGoal(row) ? '<-- below goal' : '',
  ];
}
