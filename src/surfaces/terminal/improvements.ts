import type { Stage } from '../../core/improvement.ts';
import type { Paint, Style } from './paint.ts';
import { type Cell, type Column, table } from './table.ts';

/** One change, in words. Names of agents and metrics may come from outside. */
export interface ImprovementRow {
  readonly pull: number;
  readonly agent: string;
  readonly stage: Stage;
  readonly promise: string;
  readonly found: string;
  readonly rollback: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'change', max: 10 },
  { title: 'agent', max: 24 },
  { title: 'stands', max: 18 },
  { title: 'promise', max: 48 },
  { title: 'found', max: 44 },
  { title: 'rollback', max: 30 },
];

/** Changes of agents for the terminal, newest first. */
export function improvementLines(rows: readonly ImprovementRow[], paint: Paint, width: number): readonly string[] {
  if (rows.length === 0) return ['No change of an agent is on record yet.'];
  return table(COLUMNS, rows.map(cellsOf).reverse(), paint, width);
}

function cellsOf({ pull, agent, stage, promise, found, rollback }: ImprovementRow): readonly Cell[] {
  return [
    { text: `#${pull}` },
    { text: agent },
    { text: stage.replaceAll('_', ' '), styles: [styleOf(stage)] },
    { text: promise },
    { text: found },
    { text: rollback },
  ];
}

function styleOf(stage: Stage): Style {
  switch (stage) {
    case 'worse':
    case 'expired':
      return 'red';
    case 'better':
    case 'kept':
      return 'green';
    case 'rolled_back':
    case 'insufficient data':
      return 'yellow';
    default:
      return 'dim';
  }
}
