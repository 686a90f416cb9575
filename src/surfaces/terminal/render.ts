import { formatMoment, formatNumber, formatQuantity } from '../../core/quantity.ts';
import type { QueueView } from '../review-rows.ts';
import type { Status } from '../status.ts';
import type { View } from '../view.ts';
import { alertLines } from './alerts.ts';
import { budgetLines } from './budgets.ts';
import { fleetLines } from './fleet.ts';
import { healthLines } from './health.ts';
import { planLines, receiptLines } from './issues.ts';
import { clip, columnsOf, type Paint, painter, type Style, wrap } from './paint.ts';
import { queueLines } from './queue.ts';
import { violationLines } from './violations.ts';
import { adviceLines } from './waste.ts';

/** The terminal's properties. The caller derives them from NO_COLOR and whether it is a terminal at all. */
export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns, clamped to 72 to 140. */
  readonly width: number;
}

const MARGIN = 2;

const STATUS: Readonly<Record<Status, Style>> = {
  healthy: 'green',
  degraded: 'yellow',
  critical: 'red',
  stopped: 'red',
  unknown: 'dim',
};

/**
 * The whole view as text for a terminal, ending in a line break. Text from outside cannot move the cursor or change colours.
 */
export function renderTerminal(view: View, options: TerminalOptions): string {
  const width = Math.min(140, Math.max(72, options.width)) - 2 * MARGIN;
  const paint = painter(options.colour);
  const heading = (title: string): string =>
    `${paint(title, 'bold')} ${paint('─'.repeat(width - columnsOf(title) - 1), 'dim')}`;
  const section = (title: string, lines: readonly string[]): readonly string[] => ['', heading(title), ...lines];
  const lines = [
    '',
    ...headLines(view, paint, width),
    ...section('Fleet', fleetLines(view.agents, view.now, paint, width)),
    ...section('Budgets', budgetLines(view.budgets, paint, width)),
    ...section('Health', healthLines(view.health, paint, width)),
    ...section('Alerts', alertLines(view, paint, width)),
    ...(isWaited(view.queue) ? section('Waiting for people', queueLines(view.queue, paint, width)) : []),
    ...(view.waste !== undefined && view.waste.advice.length > 0
      ? section('Spent for nothing', adviceLines(view.waste.advice, paint, width).slice(1))
      : []),
    ...(view.violations.length > 0 ? section('Violations', violationLines(view.violations, paint, width)) : []),
    ...(view.dryRun ? section('Issues it would write', planLines(view, paint, width)) : []),
    ...(view.receipts.length > 0 ? section('Done', receiptLines(view.receipts, paint, width)) : []),
    ...(view.complaints.length > 0 ? section('Not seen or not done', complaintLines(view, paint, width)) : []),
    '',
    ...footLines(view, width).map((line) => paint(line, 'dim')),
  ];
  return `${lines.map((line) => (line === '' ? '' : ' '.repeat(MARGIN) + line)).join('\n')}\n`;
}

/** An empty queue is not worth showing. */
function isWaited(queue: QueueView | undefined): queue is QueueView {
  return queue !== undefined && (queue.rows ?? []).length > 0;
}

function headLines(view: View, paint: Paint, width: number): readonly string[] {
  const status = `● ${view.status}`;
  const name = clip(view.repo, width - columnsOf(status) - 14);
  const gap = ' '.repeat(Math.max(1, width - columnsOf(`checkrein  ${name}`) - columnsOf(status)));
  const sessions = view.agents.reduce((sum, agent) => sum + agent.sessions, 0);
  const agents = `${view.agents.length} ${view.agents.length === 1 ? 'agent' : 'agents'}`;
  const facts = [
    formatMoment(view.now),
    `${view.mode} mode`,
    agents,
    `${formatQuantity(sessions, 'sessions')} in 30 days`,
  ];
  return [
    `${paint('checkrein', 'bold', 'cyan')}  ${paint(name, 'bold')}${gap}${paint(status, STATUS[view.status], 'bold')}`,
    paint(clip(facts.join(' · '), width), 'dim'),
  ];
}

function complaintLines(view: View, paint: Paint, width: number): readonly string[] {
  const shown = view.complaints.slice(0, 10);
  const lines = shown.flatMap((complaint) =>
    wrap(complaint, width - 2, 3).map((line, index) => `${index === 0 ? paint('!', 'yellow') : ' '} ${line}`),
  );
  const more = view.complaints.length - shown.length;
  return more > 0 ? [...lines, paint(`and ${more} more`, 'dim')] : lines;
}

function footLines(view: View, width: number): readonly string[] {
  const head = view.ledger.head;
  const parts = [
    head === null ? 'empty' : `batch ${head.batch} (${head.hash.slice(0, 12)})`,
    `${formatNumber(view.ledger.appended)} events added`,
    ...(view.requests === null ? [] : [`${view.requests} ${view.requests === 1 ? 'request' : 'requests'} to GitHub`]),
  ];
  const line = `ledger ${view.ledger.place} · ${parts.join(' · ')}`;
  if (columnsOf(line) <= width) return [clip(line, width)];
  return [clip(`ledger ${view.ledger.place}`, width), clip(parts.join(' · '), width)];
}
