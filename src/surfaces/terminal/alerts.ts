import type { Alert } from '../../core/alert.ts';
import type { Severity } from '../../core/outcome.ts';
import { formatMoment } from '../../core/quantity.ts';
import { sparkline } from '../../core/sparkline.ts';
import { calmWords } from '../calm.ts';
import { worstFirst } from '../order.ts';
import type { View } from '../view.ts';
import { clip, columnsOf, type Paint, type Style, wrap } from './paint.ts';

const SEVERITY: Readonly<Record<Severity, Style>> = { info: 'blue', warning: 'yellow', critical: 'red' };
const INDENT = 12;
const MOST = 20;

/** The alerts, worst first: name, subject, since when, why, and where they are discussed. */
export function alertLines(view: View, paint: Paint, width: number): readonly string[] {
  const alerts = [...view.alerts].sort(worstFirst);
  if (alerts.length === 0) return [paint('none', 'green')];
  const lines = alerts.slice(0, MOST).flatMap((alert) => linesOf(alert, view, paint, width));
  return alerts.length > MOST ? [...lines, paint(`and ${alerts.length - MOST} more`, 'dim')] : lines;
}

function linesOf(alert: Alert, view: View, paint: Paint, width: number): readonly string[] {
  const over = alert.state === 'resolved';
  const style = over ? 'green' : SEVERITY[alert.facts.severity];
  const mark = { active: '●', pending: '○', resolved: '✓' }[alert.state];
  const word = over ? 'resolved' : alert.state === 'pending' ? 'pending' : alert.facts.severity;
  const moment = over ? (alert.resolvedAt ?? alert.since) : (alert.activeAt ?? alert.since);
  const when = `since ${formatMoment(moment).slice(5, 16)}`;
  const name = clip(nameOf(alert, view), Math.max(10, width - INDENT - columnsOf(when) - 2));
  const gap = ' '.repeat(Math.max(2, width - INDENT - columnsOf(name) - columnsOf(when)));
  const head = `${paint(`${mark} ${word.padEnd(INDENT - 2)}`, style)}${paint(name, 'bold')}${gap}${paint(when, 'dim')}`;
  return [head, ...detail(alert, view, paint, width).map((line) => ' '.repeat(INDENT) + line)];
}

function nameOf(alert: Alert, view: View): string {
  const labels = Object.values(alert.labels);
  const tail = labels.length === 0 ? '' : ` (${labels.join(', ')})`;
  return `${view.ruleTitles[alert.name] ?? alert.name} · ${alert.subject.name}${tail}`;
}

/** Why an active alert has no issue of its own. */
function toldBy(alert: Alert, view: View): string | null {
  if (alert.facts.explainedBy === null || alert.state !== 'active') return null;
  const teller = view.alerts.find(
    ({ fingerprint, state }) => fingerprint === alert.facts.explainedBy && state === 'active',
  );
  return teller === undefined ? null : `the same story as ${nameOf(teller, view)}`;
}

function detail(alert: Alert, view: View, paint: Paint, width: number): readonly string[] {
  const issue = view.issues[alert.fingerprint];
  const chart = alert.facts.evidence.chart;
  const told = toldBy(alert, view);
  const values = chart?.values.slice(-Math.max(1, width - INDENT)) ?? [];
  return [
    ...wrap(alert.facts.reason, width - INDENT, 3),
    ...calmWords(alert, view).map((word) => paint(clip(word, width - INDENT), 'dim')),
    ...(told === null ? [] : [paint(clip(told, width - INDENT), 'dim')]),
    ...(values.length > 1 && alert.state === 'active'
      ? [paint(sparkline(values), SEVERITY[alert.facts.severity])]
      : []),
    ...(issue === undefined
      ? []
      : [paint(clip(`issue #${issue.number}${issue.url === null ? '' : `  ${issue.url}`}`, width - INDENT), 'cyan')]),
  ];
}
