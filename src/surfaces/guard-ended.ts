import type { MeterCause, MeterReport } from '../core/guard.ts';
import { type GuardRecord, reportOf } from '../core/guard-record.ts';
import { formatUsd, type Money } from '../core/money.ts';
import { formatAmount, formatQuantity } from '../core/quantity.ts';
import { detailOf, type Engine, type SessionReading } from '../core/session.ts';
import { inertMarkdown } from '../core/text.ts';
import { between } from '../core/time.ts';
import type { BudgetRow } from './view.ts';

/** What people read about a job when its agent has ended. */
export interface GuardEnding {
  readonly record: GuardRecord;
  /** Null if no lease was taken. */
  readonly settled: boolean | null;
  /** What is left of the budgets; empty if unknown. */
  readonly budgets: readonly BudgetRow[];
  /** What went wrong, one line each, in our own words. */
  readonly warnings: readonly string[];
}

/** The part of a job summary about what an agent's session cost and did. Pure. */
export function guardEndedMarkdown({ record, settled, budgets, warnings }: GuardEnding): string {
  const name = inertMarkdown(record.errand.agent);
  const head = `## After ${name}`;
  const notes = warnings.map((warning) => `> ${inertMarkdown(warning, 400)}`);
  const rows = [
    ...sessionRows(record),
    ...followRows(record),
    ...stopRows(record),
    ...leaseRow(settled),
    ...budgetRows(budgets),
  ];
  const table = ['| | |', '|---|---|', ...rows.map(([label, value]) => `| ${label} | ${value} |`)];
  return `${[head, '', ...(notes.length === 0 ? [] : [notes.join('\n>\n'), '']), ...table].join('\n')}\n`;
}

/** The part of a job summary about an agent that was denied and did not run. Pure. */
export function guardDeniedMarkdown(agent: string): string {
  return `## After ${inertMarkdown(agent)}\n\nIt was denied, and no session was found: nothing was settled and nothing recorded.\n`;
}

type Row = readonly [label: string, value: string];

function sessionRows(record: GuardRecord): readonly Row[] {
  const { sessions, startedAt, endedAt } = record;
  const use = reportOf(record.meter)?.use ?? null;
  const took: Row = ['Time since the guard', formatQuantity(between(startedAt, endedAt), 'ms')];
  if (sessions.length === 0) {
    const seen =
      use === null ? 'unknown' : `${formatUsd(use.usd)}, ${formatQuantity(use.tokens, 'tokens')} by the meter`;
    return [['Sessions', 'no record of one was found'], ['Used', seen], took];
  }
  return [
    ['Sessions', sessions.map(sessionWords).join('<br>')],
    ['Cost', costWords(sessions)],
    ['Tokens', formatQuantity(total(sessions.map(({ tokens }) => tokens.total)), 'tokens')],
    ['Turns', formatQuantity(total(sessions.map(({ turns }) => turns)), 'count')],
    ['Tools', toolWords(sessions)],
    ['Files changed', fileWords(sessions)],
    took,
  ];
}

function sessionWords({ engine, models, outcome }: SessionReading): string {
  const used =
    models.length === 0
      ? ''
      : ` (${models
          .slice(0, 3)
          .map((model) => inertMarkdown(model))
          .join(', ')})`;
  return `${engine}${used}: ${outcome.replaceAll('_', ' ')}`;
}

/** The sum of known costs, and what it is based on. */
function costWords(sessions: readonly SessionReading[]): string {
  const costs = sessions.map(({ cost }) => cost);
  const usd = total(costs.map((cost) => cost.usd));
  const bases = [...new Set(costs.map((cost: Money) => cost.basis))].join(', ');
  const unknown = costs.filter((cost) => cost.usd === null).length;
  if (usd === null) return 'unknown';
  return unknown === 0 ? `${formatUsd(usd)} (${bases})` : `at least ${formatUsd(usd)} (${bases})`;
}

function total(amounts: readonly (number | null)[]): number | null {
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 ? null : known.reduce((sum, amount) => sum + amount, 0);
}

const MOST_TOLD = 6;

function toolWords(sessions: readonly SessionReading[]): string {
  const calls = new Map<string, number>();
  for (const { tools } of sessions) {
    for (const { server, tool, calls: made } of tools) {
      const name = server === null ? tool : `${server}/${tool}`;
      calls.set(name, (calls.get(name) ?? 0) + made);
    }
  }
  const most = [...calls].sort(([, a], [, b]) => b - a);
  if (most.length === 0) return 'none, or not told';
  const told = most.slice(0, MOST_TOLD).map(([name, made]) => `${inertMarkdown(name)} ${made}×`);
  return most.length > MOST_TOLD ? `${told.join(', ')} and ${most.length - MOST_TOLD} more` : told.join(', ');
}

function fileWords(sessions: readonly SessionReading[]): string {
  const changed = sessions.flatMap((session) => detailOf(session).filesChanged ?? []);
  if (changed.length === 0) return 'unknown';
  const count = changed.reduce((sum, each) => sum + each.count, 0);
  const outside = changed.reduce((sum, each) => sum + each.outside, 0);
  return outside === 0 ? `${count}` : `${count}, ${outside} of them outside of the workspace`;
}

/** What the meter saw of the session while it ran. If it saw nothing, no limit was enforced. */
function followRows({ meter, sessions }: GuardRecord): readonly Row[] {
  const report = reportOf(meter);
  if (report === null) return [];
  const engines = new Set(sessions.map(({ engine }) => engine));
  const only = engines.size === 1 ? [...engines][0] : undefined;
  const heard = report.heard.map((by) => (by === 'files' ? 'session files' : by)).join(' and ');
  const told = report.heard.includes('telemetry') || only === undefined ? undefined : WITHOUT_TELEMETRY[only];
  const by = heard === '' ? 'nothing: no limit in dollars, tokens or turns could be held' : heard;
  return [['Followed by', told === undefined ? by : `${by} (${told})`]];
}

/** Engines that ignore the telemetry settings in the guard's environment. */
const WITHOUT_TELEMETRY: Partial<Readonly<Record<Engine, string>>> = {
  codex: 'Codex takes no telemetry from its environment',
  copilot: 'the session files of Copilot are read at the end only',
};

function stopRows({ meter }: GuardRecord): readonly Row[] {
  const report = reportOf(meter);
  if (report === null) return [];
  const { stop, refused } = report;
  const refusals: readonly Row[] =
    refused.length === 0
      ? []
      : [[report.stop?.mode === 'shadow' ? 'Would have been refused' : 'Refused', refusedWords(report)]];
  if (stop === null) return refusals;
  const hands = stop.hands.length === 0 ? '' : `, by its ${stop.hands.join(', then its ')}`;
  const took = stop.took === null || hands === '' ? '' : ` after ${formatQuantity(stop.took, 'ms')}`;
  return [[stopVerb(stop), `${causeWords(stop.cause)}${hands}${took}`], ...refusals];
}

function stopVerb({ mode, hands, took }: NonNullable<MeterReport['stop']>): string {
  if (mode === 'shadow') return 'Would have been ended because';
  if (hands.length > 0) return 'Ended because';
  return took === null ? 'Could not be ended, though' : 'Had already ended when it was to, because';
}

function refusedWords({ refused, moreRefused }: MeterReport): string {
  const told = refused.slice(0, MOST_TOLD).map(({ tool, because, path }) => {
    const where = path === null ? '' : ` ${inertMarkdown(path, 120)}`;
    return `${inertMarkdown(tool)}${where} (${because.replaceAll('_', '-')})`;
  });
  const more = refused.length - told.length + moreRefused;
  return more === 0 ? told.join('<br>') : `${told.join('<br>')}<br>and ${more} more`;
}

function causeWords(cause: MeterCause): string {
  if (cause.kind === 'halt') return `the emergency stop ${cause.generation} is in force`;
  if (cause.kind === 'ledger') {
    const what = cause.how === 'gone' ? 'was gone' : 'was set back';
    return `the branch of the ledger ${what}, so that no emergency stop could be seen`;
  }
  const unit = cause.limit === 'usd' || cause.limit === 'usd_per_minute' ? 'usd' : 'count';
  const amount = (value: number): string => formatQuantity(value, unit);
  return `it passed ${cause.limit.replaceAll('_', ' ')}: ${amount(cause.used)}, at most ${amount(cause.allowed)}`;
}

function leaseRow(settled: boolean | null): readonly Row[] {
  if (settled === null) return [['Lease', 'none was taken']];
  return [['Lease', settled ? 'settled' : 'not settled: it ends with the run']];
}

function budgetRows(budgets: readonly BudgetRow[]): readonly Row[] {
  return budgets.map(({ name, period, unit, spent, reserved, limit }) => {
    const left =
      spent === null || limit === null ? 'unknown' : formatAmount(Math.max(0, limit - spent - reserved), unit);
    return [`Budget ${inertMarkdown(name)}, ${period}`, `${left} left of ${formatAmount(limit, unit)}`];
  });
}
