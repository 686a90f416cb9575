import type { Severity } from '../../core/outcome.ts';
import { formatMoment } from '../../core/quantity.ts';
import { violationWord } from '../../core/violation.ts';
import type { ViolationRow } from '../view.ts';
import { clip, type Paint, type Style, wrap } from './paint.ts';

const SEVERITY: Readonly<Record<Severity, Style>> = { info: 'blue', warning: 'yellow', critical: 'red' };
const INDENT = 13;
const MOST = 10;

/** The violations, newest first: when, which agent, what it exceeded, and the evidence. */
export function violationLines(violations: readonly ViolationRow[], paint: Paint, width: number): readonly string[] {
  const lines = violations.slice(0, MOST).flatMap(({ at, agent, kind, severity, signs }) => {
    const head = clip(`${agent} · beyond its ${violationWord(kind)}`, width - INDENT);
    const told = wrap(signs.join('; '), width - INDENT, 3).map((line) => ' '.repeat(INDENT) + line);
    return [`${paint(formatMoment(at).slice(5, 16), 'dim')}  ${paint(head, SEVERITY[severity])}`, ...told];
  });
  const more = violations.length - MOST;
  return more > 0 ? [...lines, paint(`and ${more} more`, 'dim')] : lines;
}
