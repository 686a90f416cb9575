import type { Alert, Silence } from '../../core/alert.ts';
import type { RunEvidence } from '../../core/finding.ts';
import { sha256 } from '../../core/hash.ts';
import { formatUsd } from '../../core/money.ts';
import type { Hypothesis } from '../../core/opinion.ts';
import type { Severity } from '../../core/outcome.ts';
import { formatMoment, formatQuantity } from '../../core/quantity.ts';
import type { IssueContent } from '../../core/response.ts';
import { inertLine, inertLink, inertMarkdown } from '../../core/text.ts';
import type { Resolution } from '../log.ts';
import type { RemedyMark } from '../remedy/log.ts';
import { sayDenial } from '../remedy/say.ts';
import { type RerunStory, sayRerun } from '../rerun/say.ts';
import type { StopVerdict } from '../stop-plan/plan.ts';
import { sayStop } from '../stop-plan/say.ts';
import { chartMarkdown } from './chart.ts';
import { controls, type RuleCard, settings } from './controls.ts';
import { graphMarkdown } from './graph.ts';
import { writeMarker } from './marker.ts';

/** GitHub refuses bodies of more than 65,536 characters. */
export const MAX_BODY = 58_000;
const MAX_TITLE = 200;
const MAX_SENTENCE = 600;
const MAX_RUNS = 50;
const MAX_FACTS = 40;
const MAX_EVIDENCE = 10;
const MAX_EVIDENCE_ID = 120;

/** What is known besides the alert itself. Nothing in it may change from run to run on its own: see `issueContent`. */
export interface IssueContext {
  readonly mode: 'shadow' | 'enforce';
  /** The first one is the label by which our issues are found again. */
  readonly labels: readonly string[];
  /** Null when the rule has been removed from the program or the configuration. */
  readonly rule: RuleCard | null;
  /** Why the episode ended; null while it lasts, or when that is unknown. */
  readonly resolution: Resolution | null;
  /** What happens to the stop that the rule asks for; null when it asks for none. */
  readonly stop: StopVerdict | null;
  /** The last denial that this episode asked for; left out if it asked for none. */
  readonly denial?: RemedyMark | undefined;
  /** What happens to the re-runs that the rule asks for; null or left out if it asks for none. */
  readonly again?: RerunStory | null;
  /** The silence in force for this alert; null when there is none. */
  readonly silence: Silence | null;
  /** A model's guess at the cause of this episode; null or left out if none was asked. */
  readonly guess?: (Hypothesis & { readonly model: string }) | null;
}

/**
 * The text of an alert's issue. The same alert and context give the same text, to the byte: no "now", no "hours ago". So
 * the issue is only edited when there is news. All text from agents or strangers is inert.
 */
export function issueContent(alert: Alert, context: IssueContext): IssueContent {
  const title = issueTitle(alert, context);
  const hashOf = (text: string): string => sha256(`${title}\n${text}`);
  const placeholder = markerOf(alert, '0'.repeat(64));
  const text = withinRoom(sections(alert, context), MAX_BODY - placeholder.length - 1);
  const hash = hashOf(text);
  return {
    title,
    body: `${markerOf(alert, hash)}\n${text}`,
    hash,
    labels: [...context.labels, ...context.labels.slice(0, 1).map((label) => `${label}:${alert.facts.severity}`)],
    severity: alert.facts.severity,
  };
}

function markerOf(alert: Alert, hash: string): string {
  return writeMarker({ key: alert.fingerprint, episode: alert.episode, hash });
}

function issueTitle(alert: Alert, context: IssueContext): string {
  const name = inertLine(context.rule?.title ?? alert.name, 60);
  const { value, limit, unit } = alert.facts;
  const amounts =
    unit === 'usd' && value !== null && limit !== null
      ? ` used ${formatQuantity(value, unit)} of ${formatQuantity(limit, unit)}${spokenPeriod(alert)}`
      : '';
  return inertLine(`[checkrein] ${name}: ${inertLine(alert.subject.name, 60)}${amounts}`, MAX_TITLE);
}

/** ` on 2026-11-20`, ` in 2026-11`, ` in the week of 2026-11-16`; empty for an alert without a period. */
function spokenPeriod({ facts: { period }, labels }: Alert): string {
  if (period === undefined) return '';
  if (labels['period'] === 'week' || labels['period'] === 'hour') return ` in the ${labels['period']} of ${period}`;
  return period.length === 'YYYY-MM'.length ? ` in ${period}` : ` on ${period}`;
}

/** The parts of a body, in order. */
interface Sections {
  /** Never left out. */
  readonly head: readonly string[];
  readonly facts: string;
  readonly runs: { readonly rows: readonly string[]; readonly more: number };
  /** Dropped from the last to the first when there is no room. */
  readonly tail: readonly string[];
  readonly footer: string;
}

function sections(alert: Alert, context: IssueContext): Sections {
  const { evidence } = alert.facts;
  const chart = evidence.chart === null ? null : chartMarkdown(evidence.chart);
  const graph = evidence.graph === undefined ? null : graphMarkdown(evidence.graph);
  return {
    head: [summary(alert, context), calm(alert, context.silence), done(alert, context), controls(alert, context.rule)],
    facts: factsTable(alert),
    runs: {
      rows: evidence.runs.slice(0, MAX_RUNS).map(runRow),
      more: evidence.moreRuns + Math.max(0, evidence.runs.length - MAX_RUNS),
    },
    tail: [
      guessed(context.guess ?? null),
      graph === null ? '' : `### What set off what\n\n${inertMarkdown(evidence.graph?.title ?? '', 120)}\n\n${graph}`,
      chart === null ? '' : `### How it went\n\n${inertMarkdown(evidence.chart?.title ?? '', 120)}\n\n${chart}`,
      settings(alert, context.rule),
    ].filter((section) => section !== ''),
    footer: footer(alert),
  };
}

const SEVERITY: Readonly<Record<Severity, string>> = { info: 'Note', warning: 'Warning', critical: 'Critical' };

function summary(alert: Alert, context: IssueContext): string {
  const reason = inertMarkdown(alert.facts.reason, MAX_SENTENCE);
  if (alert.state !== 'resolved') return `**${SEVERITY[alert.facts.severity]}:** ${reason}`;
  const why = context.resolution === null ? 'The condition has cleared.' : context.resolution.reason;
  const at = alert.resolvedAt === null ? '' : ` on ${formatMoment(alert.resolvedAt)}`;
  return `**Over${at}:** ${inertMarkdown(why, MAX_SENTENCE)}\n\nWhat it was: ${reason}`;
}

function done(alert: Alert, context: IssueContext): string {
  if (alert.state === 'resolved')
    return '**What was done:** this issue was closed, because its condition no longer holds.';
  if (context.stop !== null) return `**What was done:** this issue was opened; ${sayStop(context.stop)}`;
  if (context.denial !== undefined) return `**What was done:** this issue was opened; ${sayDenial(context.denial)}`;
  if (context.again != null) return `**What was done:** this issue was opened; ${sayRerun(context.again)}`;
  return context.mode === 'shadow'
    ? '**What was done:** this issue was opened, nothing else. In shadow mode Checkrein only watches and reports; no agent was held back.'
    : '**What was done:** this issue was opened. No other response is set for this rule; no agent was held back.';
}

/** Who has acknowledged the alert, and who has silenced it until when. */
function calm({ acknowledged }: Alert, silence: Silence | null): string {
  const said = (who: string, until: string, why: string | null): string =>
    `${inertMarkdown(who)} ${until}${why === null ? '' : `: ${inertMarkdown(why, MAX_SENTENCE)}`}`;
  const time = (until: string | null): string =>
    until === null ? 'until this episode ends' : `until ${formatMoment(until)}`;
  return [
    // Whoever closed the issue knows that. Mentioning it would be an edit without news.
    ...(acknowledged === null || acknowledged.via === 'closing'
      ? []
      : [`**Acknowledged** by ${said(acknowledged.by, time(acknowledged.until), acknowledged.note)}`]),
    ...(silence === null
      ? []
      : [
          `**Silenced** by ${said(silence.by, time(silence.until), silence.reason)}. No issue is opened for it meanwhile.`,
        ]),
  ].join('\n\n');
}

/** A model's words, always marked as such. */
function guessed(guess: IssueContext['guess']): string {
  if (guess == null) return '';
  const { text, model, confidence, evidence } = guess;
  const ids = evidence.slice(0, MAX_EVIDENCE).map((id) => inertMarkdown(id, MAX_EVIDENCE_ID));
  return [
    '### A guess by AI',
    `The model ${inertMarkdown(model)} was asked what may have caused this. It may be wrong, and nothing was done because of it.`,
    `> ${inertMarkdown(text, MAX_SENTENCE)}`,
    `Confidence: ${confidence}. It rests on: ${ids.join(', ')}.`,
  ].join('\n\n');
}

function factsTable(alert: Alert): string {
  const { value, limit, unit, evidence } = alert.facts;
  const rows = evidence.facts
    .slice(0, MAX_FACTS)
    .map((fact) => `| ${inertMarkdown(fact.label)} | ${formatQuantity(fact.value, fact.unit)} |`);
  const isTold = (amount: number | null): boolean =>
    amount === null || evidence.facts.some((fact) => fact.unit === unit && fact.value === amount);
  const own = [
    ...(isTold(value) ? [] : [`| Measured | ${formatQuantity(value, unit)} |`]),
    ...(isTold(limit) ? [] : [`| Limit | ${formatQuantity(limit, unit)} |`]),
  ];
  if (rows.length + own.length === 0) return '';
  return ['### What was measured', '', '| what | amount |', '|---|---:|', ...own, ...rows].join('\n');
}

function runRow(run: RunEvidence): string {
  const attempt = run.attempt > 1 ? `, attempt ${run.attempt}` : '';
  const cells = [
    inertLink(`${run.run}${attempt}`, run.url),
    inertMarkdown(run.agent),
    formatMoment(run.at),
    formatUsd(run.usd),
    inertMarkdown(run.note, 160),
  ];
  return `| ${cells.join(' | ')} |`;
}

function runsTable(rows: readonly string[], more: number): string {
  if (rows.length + more === 0) return '';
  const rest = more === 0 ? [] : ['', `and ${more} more ${more === 1 ? 'run' : 'runs'}`];
  const table =
    rows.length === 0 ? [] : ['', '| run | agent | started | cost | note |', '|---|---|---|---:|---|', ...rows];
  return ['### Runs', ...table, ...rest].join('\n');
}

function footer(alert: Alert): string {
  const began = alert.activeAt === null ? '' : ` · active since ${formatMoment(alert.activeAt)}`;
  return `<sub>First seen ${formatMoment(alert.since)}${began} · episode ${alert.episode} · written by Checkrein, which keeps this text up to date</sub>`;
}

/**
 * The body within `room` characters. Rows of runs are dropped first, then whole sections from the end. The head always
 * stays.
 */
function withinRoom(parts: Sections, room: number): string {
  const all = parts.runs.rows.length;
  for (let rows = all; rows >= 0; rows--) {
    const text = assemble(parts, rows, parts.tail.length);
    if (text.length <= room) return text;
  }
  for (let tail = parts.tail.length - 1; tail >= 0; tail--) {
    const text = assemble(parts, 0, tail);
    if (text.length <= room) return text;
  }
  return assemble({ ...parts, facts: '' }, 0, 0).slice(0, room);
}

function assemble(parts: Sections, rows: number, tail: number): string {
  const { runs } = parts;
  const table = runsTable(runs.rows.slice(0, rows), runs.more + runs.rows.length - rows);
  return [...parts.head, parts.facts, table, ...parts.tail.slice(0, tail), parts.footer]
    .filter((section) => section !== '')
    .join('\n\n');
}
