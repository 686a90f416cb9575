import { formatAmount, formatMoment } from '../../core/quantity.ts';
import { plainLine } from '../../core/text.ts';
import type { BudgetRow, BudgetStage } from '../view.ts';
import { bar, percentOf } from './bar.ts';
import type { Paint, Style } from './paint.ts';
import { type Cell, type Column, table } from './table.ts';

const STAGE: Readonly<Record<BudgetStage, Style>> = { ok: 'green', warn: 'yellow', breach: 'red', unknown: 'dim' };

const WIDE_ENOUGH_FOR_SCOPE = 104;

/** Spend against each budget as a bar in the colour of its stage. */
export function budgetLines(budgets: readonly BudgetRow[], paint: Paint, width: number): readonly string[] {
  if (budgets.length === 0) return [paint('no budget is set', 'dim')];
  const wide = width >= WIDE_ENOUGH_FOR_SCOPE;
  const length = wide ? 40 : 24;
  const columns: readonly Column[] = [
    { title: '', max: wide ? 24 : 16 },
    { title: '', max: wide ? 28 : 5 },
    { title: '', max: length },
    { title: '', align: 'right', max: 7 },
    { title: '', max: 26 },
  ];
  const rows = budgets.map((budget) => budgetCells(budget, { wide, length }, paint));
  return [...table(columns, rows, paint, width), ...budgets.flatMap((budget) => notesOn(budget, paint, width))];
}

/** The notes to a budget's bar: who raised it, and where it is heading. */
function notesOn({ name, raise, forecast }: BudgetRow, paint: Paint, width: number): readonly string[] {
  const raised = raise === null ? [] : [`${name} is raised until ${formatMoment(raise.until)} by ${raise.by}`];
  const heading = forecast === null ? [] : [`${name} ${forecast}`];
  return [...raised, ...heading].map((note) => paint(plainLine(note, width), 'dim'));
}

function budgetCells(
  budget: BudgetRow,
  { wide, length }: { readonly wide: boolean; readonly length: number },
  paint: Paint,
): readonly Cell[] {
  const style = STAGE[budget.stage];
  const share =
    budget.spent === null || budget.limit === null || budget.limit <= 0 ? null : budget.spent / budget.limit;
  const { filled, rest } = bar(share ?? 0, length);
  const bound = budget.unknownSessions > 0 && budget.spent !== null ? '≥ ' : '';
  return [
    { text: budget.name },
    { text: wide ? `${budget.period}, ${budget.scope}` : budget.period, styles: ['dim'] },
    { text: filled + rest, painted: paint(filled, style) + paint(rest, 'dim') },
    { text: share === null ? '?' : `${bound}${percentOf(share)} %`, styles: [style] },
    { text: `${formatAmount(budget.spent, budget.unit)} of ${formatAmount(budget.limit, budget.unit)}` },
  ];
}
