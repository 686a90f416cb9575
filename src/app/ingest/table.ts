import { formatUsd } from '../../core/money.ts';
import type { Certainty } from '../../core/outcome.ts';
import { formatNumber, formatQuantity } from '../../core/quantity.ts';
import type { Tokens } from '../../core/session.ts';
import { plainLine } from '../../core/text.ts';
import { formatDuration } from '../../core/time.ts';
import type { Complaint } from '../../sources/sessions/format.ts';
import type { IngestedSession, IngestedTool, IngestReport } from './ingest.ts';
import type { IngestSum, IngestTotals } from './totals.ts';

const MAX_ROWS = 200;
const MAX_TOOLS = 15;
const MAX_SUMS = 31;
const GAP = '  ';
/** The weight of columns that are never dropped. */
const KEPT_WEIGHT = 10;

/**
 * The report as aligned plain text. `≥` marks a lower bound, `≈` an estimate, `?` an unknown. On a terminal of `width` columns
 * the table of sessions leaves out what matters least; null means no limit.
 */
export function renderIngest(report: IngestReport, width: number | null): string {
  const parts = [
    report.sessions.length === 0 ? '' : sessionTable(report, width ?? Number.POSITIVE_INFINITY),
    toolTable(report.sessions),
    sumTables(report.totals),
    totalsLine(report),
    unpricedLine(report),
    complaintList(report.complaints),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

interface SessionColumn {
  readonly head: string;
  /** When space is short, heavier columns are kept. */
  readonly weight: number;
  readonly number?: true;
  cell(session: IngestedSession): string;
}

const SESSION_COLUMNS: readonly SessionColumn[] = [
  { head: 'session', weight: 10, cell: ({ id }) => plainLine(id, 14) },
  { head: 'engine', weight: 3, cell: ({ engine }) => engine },
  { head: 'model', weight: 6, cell: modelCell },
  { head: 'outcome', weight: 9, cell: outcomeCell },
  {
    head: 'time',
    weight: 7,
    number: true,
    cell: ({ durationMs }) => (durationMs === null ? '?' : formatDuration(durationMs)),
  },
  { head: 'turns', weight: 4, number: true, cell: ({ turns }) => (turns === null ? '?' : formatNumber(turns)) },
  { head: 'input', weight: 4, number: true, cell: ({ tokens }) => amount(tokens.input, 'exact', formatNumber) },
  {
    head: 'output',
    weight: 5,
    number: true,
    cell: ({ tokens, state }) => amount(tokens.output, state.tokens, formatNumber),
  },
  {
    head: 'cached',
    weight: 2,
    number: true,
    cell: ({ tokens }) => amount(cachedTokens(tokens), 'exact', formatNumber),
  },
  { head: 'cost', weight: 10, number: true, cell: ({ cost, state }) => amount(cost.usd, state.cost, formatUsd) },
  {
    head: 'tools',
    weight: 4,
    number: true,
    cell: ({ tools, state }) =>
      state.tools === 'unknown' ? '?' : amount(total(tools, 'calls'), state.tools, formatNumber),
  },
  {
    head: 'errors',
    weight: 8,
    number: true,
    cell: ({ tools, state }) => (state.tools === 'unknown' ? '?' : formatNumber(total(tools, 'errors'))),
  },
];

function outcomeCell({ outcome, cutOff }: IngestedSession): string {
  return outcome === 'unknown' && cutOff === true ? 'cut off' : outcome.replaceAll('_', ' ');
}

function modelCell({ models }: IngestedSession): string {
  return plainLine(models[0] ?? '?', 28) + (models.length > 1 ? ` +${models.length - 1}` : '');
}

function cachedTokens({ cacheRead, cacheWrite5m, cacheWrite1h }: Tokens): number | null {
  return addKnown([cacheRead, cacheWrite5m, cacheWrite1h]);
}

function sessionTable({ sessions }: IngestReport, width: number): string {
  const shown = sessions.slice(0, MAX_ROWS);
  const columns = SESSION_COLUMNS.map((column) => ({
    ...column,
    cells: [column.head, ...shown.map(column.cell)],
  }));
  const kept = withinWidth(columns, width);
  const rows = [null, ...shown].map((_, row) => kept.map(({ cells }) => cells[row] ?? ''));
  const table = alignColumns(
    rows,
    kept.findIndex(({ number }) => number === true),
  );
  const hidden = columns.filter((column) => !kept.includes(column)).map(({ head }) => head);
  const notes = [
    ...(sessions.length > MAX_ROWS ? [`… and ${sessions.length - MAX_ROWS} more; --json has them all`] : []),
    ...(hidden.length > 0 ? [`No room for ${hidden.join(', ')}; --json has them.`] : []),
  ];
  return [table, ...notes].join('\n');
}

interface FilledColumn extends SessionColumn {
  readonly cells: readonly string[];
}

/** The heaviest columns that fit side by side, in their usual order. The session's identity and its cost always stay. */
function withinWidth(columns: readonly FilledColumn[], width: number): readonly FilledColumn[] {
  let room = width + GAP.length;
  const kept = new Set<FilledColumn>();
  for (const column of [...columns].sort((a, b) => b.weight - a.weight)) {
    const needed = widest(column.cells) + GAP.length;
    if (needed > room && column.weight < KEPT_WEIGHT) continue;
    kept.add(column);
    room -= needed;
  }
  return columns.filter((column) => kept.has(column));
}

function widest(cells: readonly string[]): number {
  return Math.max(...cells.map((cell) => [...cell].length));
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
    p95 === null ? '?' : formatQuantity(p95, 'ms'),
  ]);
  const more = sums.size > MAX_TOOLS ? `\n… and ${sums.size - MAX_TOOLS} more tools` : '';
  return alignColumns([['tool', 'calls', 'errors', 'slowest p95'], ...cells], 1) + more;
}

/** Sums by model, by day, and by agent, each only when there is more than one. */
function sumTables({ byModel, byDay, byAgent }: IngestTotals): string {
  const tables = [
    sumTable(
      'model',
      byModel.map(({ model, ...sum }) => [plainLine(model ?? '?', 60), sum]),
    ),
    sumTable(
      'day',
      byDay.map(({ day, ...sum }) => [day ?? '?', sum]),
    ),
    sumTable(
      'agent',
      byAgent.map(({ agent, engine, ...sum }) => [plainLine(agent ?? `? (${engine})`, 60), sum]),
    ),
  ];
  return tables.filter((table) => table !== '').join('\n\n');
}

function sumTable(head: string, sums: readonly (readonly [string, IngestSum])[]): string {
  if (sums.length < 2) return '';
  const shown = sums.slice(-MAX_SUMS);
  const rows = shown.map(([name, { sessions, tokens, cost }]) => [
    name,
    formatNumber(sessions),
    amount(tokens.total, 'exact', formatNumber),
    amount(cost.usd, 'exact', formatUsd),
  ]);
  const more = sums.length > MAX_SUMS ? `\n… and ${sums.length - MAX_SUMS} more before them; --json has them all` : '';
  return alignColumns([[head, 'sessions', 'tokens', 'cost'], ...rows], 1) + more;
}

function totalsLine({ totals }: IngestReport): string {
  const { sessions, tokens, cost, state, unknown } = totals;
  if (sessions === 0) return 'No session was read.';
  const parts = [
    `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`,
    `${amount(tokens.total, state.tokens, formatNumber)} tokens`,
    amount(cost.usd, state.cost, formatUsd) + (cost.usd === null ? ' cost' : ` (${cost.basis})`),
  ];
  if (unknown.cost > 0) parts.push(`cost unknown of ${unknown.cost}`);
  if (unknown.tokens > 0) parts.push(`tokens unknown of ${unknown.tokens}`);
  return parts.join(' · ');
}

function unpricedLine({ sessions }: IngestReport): string {
  const models = [...new Set(sessions.flatMap(({ unpricedModels }) => unpricedModels))];
  if (models.length === 0) return '';
  const names = models.slice(0, MAX_TOOLS).map((model) => plainLine(model));
  const more = models.length > MAX_TOOLS ? ` and ${models.length - MAX_TOOLS} more` : '';
  return `No price is known of ${names.join(', ')}${more}: set it in \`prices\` of .github/checkrein.yml.`;
}

/** What could not be read, and where, for people. */
export function complaintList(complaints: readonly Complaint[]): string {
  if (complaints.length === 0) return '';
  const lines = complaints.slice(0, MAX_ROWS).map(({ path, line, byte, reason }) => {
    const place = line === null ? '' : `:${line} (byte ${byte})`;
    return `  ${plainLine(path, 200)}${place}: ${plainLine(reason, 200)}`;
  });
  const more = complaints.length > MAX_ROWS ? [`  … and ${complaints.length - MAX_ROWS} more`] : [];
  return ['Could not be read, or does not add up:', ...lines, ...more].join('\n');
}

/** Columns two spaces apart. Those from `numbersFrom` on are right-aligned. */
function alignColumns(rows: readonly (readonly string[])[], numbersFrom: number): string {
  const widths = (rows[0] ?? []).map((_, column) => widest(rows.map((row) => row[column] ?? '')));
  const lines = rows.map((row) =>
    row.map((cell, column) => {
      const gap = ' '.repeat((widths[column] ?? 0) - [...cell].length);
      return column < numbersFrom ? cell + gap : gap + cell;
    }),
  );
  return lines.map((cells) => cells.join(GAP).trimEnd()).join('\n');
}
