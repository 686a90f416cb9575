import { formatUsd } from '../core/money.ts';
import type { Certainty } from '../core/outcome.ts';
import { formatNumber } from '../core/quantity.ts';
import { plainLine } from '../core/text.ts';
import { formatDuration } from '../core/time.ts';
import type { Complaint } from '../sources/sessions/format.ts';
import type { IngestedSession, IngestedTool, IngestReport } from './ingest.ts';

const MAX_ROWS = 200;
const MAX_TOOLS = 15;

/** The report as aligned plain text for a terminal. `≥` marks a lower bound, `≈` an estimate, `?` what is not known. */
export function renderIngest(report: IngestReport): string {
  const parts = [
    report.sessions.length === 0 ? '' : sessionTable(report),
    toolTable(report.sessions),
    totalsLine(report),
    complaintList(report.complaints),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const SESSION_HEADS = [
  'session',
  'engine',
  'model',
  'outcome',
  'time',
  'turns',
  'input',
  'output',
  'cached',
  'cost',
  'tools',
  'errors',
];

function sessionTable({ sessions }: IngestReport): string {
  const rows = sessions.slice(0, MAX_ROWS).map(sessionRow);
  const more = sessions.length > MAX_ROWS ? `\n… and ${sessions.length - MAX_ROWS} more; --json has them all` : '';
  return alignColumns([SESSION_HEADS, ...rows], 4) + more;
}

function sessionRow(session: IngestedSession): readonly string[] {
  const { tokens, state, tools } = session;
  const cached = addKnown([tokens.cacheRead, tokens.cacheWrite5m, tokens.cacheWrite1h]);
  return [
    plainLine(session.id, 14),
    session.engine,
    plainLine(session.models[0] ?? '?', 28) + (session.models.length > 1 ? ` +${session.models.length - 1}` : ''),
    session.outcome.replaceAll('_', ' '),
    session.durationMs === null ? '?' : formatDuration(session.durationMs),
    session.turns === null ? '?' : formatNumber(session.turns),
    amount(tokens.input, 'exact', formatNumber),
    amount(tokens.output, state.tokens, formatNumber),
    amount(cached, 'exact', formatNumber),
    amount(session.cost.usd, state.cost, formatUsd),
    state.tools === 'unknown' ? '?' : amount(total(tools, 'calls'), state.tools, formatNumber),
    state.tools === 'unknown' ? '?' : formatNumber(total(tools, 'errors')),
  ];
}

function amount(value: number | null, state: Certainty, write: (value: number) => string): string {
  if (value === null) return '?';
  const mark = state === 'lower_bound' || state === 'partial' ? '≥ ' : state === 'estimate' ? '≈ ' : '';
  return mark + write(value);
}

function addKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function total(tools: readonly IngestedTool[], field: 'calls' | 'errors'): number {
  return tools.reduce((sum, tool) => sum + tool[field], 0);
}

/** The tools of all sessions together, most used first. */
function toolTable(sessions: readonly IngestedSession[]): string {
  const sums = new Map<string, { calls: number; errors: number; p95: number | null }>();
  for (const { server, tool, calls, errors, latencyMs } of sessions.flatMap((session) => session.tools)) {
    const name = server === null ? tool : `${server} › ${tool}`;
    const sum = sums.get(name) ?? { calls: 0, errors: 0, p95: null };
    const p95 = latencyMs.p95 === null ? sum.p95 : Math.max(sum.p95 ?? 0, latencyMs.p95);
    sums.set(name, { calls: sum.calls + calls, errors: sum.errors + errors, p95 });
  }
  if (sums.size === 0) return '';
  const rows = [...sums].sort(([, a], [, b]) => b.calls - a.calls).slice(0, MAX_TOOLS);
  const cells = rows.map(([name, { calls, errors, p95 }]) => [
    plainLine(name, 60),
    formatNumber(calls),
    formatNumber(errors),
    p95 === null ? '?' : `${formatNumber(p95)} ms`,
  ]);
  const more = sums.size > MAX_TOOLS ? `\n… and ${sums.size - MAX_TOOLS} more tools` : '';
  return alignColumns([['tool', 'calls', 'errors', 'slowest p95'], ...cells], 1) + more;
}

function totalsLine({ totals }: IngestReport): string {
  const { sessions, tokens, cost, state, unknown } = totals;
  const parts = [
    `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`,
    `${amount(tokens.total, state.tokens, formatNumber)} tokens`,
    amount(cost.usd, state.cost, formatUsd) + (cost.usd === null ? ' cost' : ` (${cost.basis})`),
  ];
  if (unknown.cost > 0) parts.push(`cost unknown of ${unknown.cost}`);
  if (unknown.tokens > 0) parts.push(`tokens unknown of ${unknown.tokens}`);
  return parts.join(' · ');
}

function complaintList(complaints: readonly Complaint[]): string {
  if (complaints.length === 0) return '';
  const lines = complaints.slice(0, MAX_ROWS).map(({ path, line, byte, reason }) => {
    const place = line === null ? '' : `:${line} (byte ${byte})`;
    return `  ${plainLine(path, 200)}${place}: ${plainLine(reason, 200)}`;
  });
  const more = complaints.length > MAX_ROWS ? [`  … and ${complaints.length - MAX_ROWS} more`] : [];
  return ['Could not be read, or does not add up:', ...lines, ...more].join('\n');
}

/** Columns side by side, two spaces apart; those from `numbersFrom` on are aligned to the right. */
function alignColumns(rows: readonly (readonly string[])[], numbersFrom: number): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  const lines = rows.map((row) =>
    row.map((cell, column) => {
      const gap = ' '.repeat((widths[column] ?? 0) - [...cell].length);
      return column < numbersFrom ? cell + gap : gap + cell;
    }),
  );
  return lines.map((cells) => cells.join('  ').trimEnd()).join('\n');
}
