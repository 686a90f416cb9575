import type { Alert } from '../core/alert.ts';
import type { HealthStatus, SystemHealth } from '../core/health.ts';
import { formatUsd } from '../core/money.ts';
import { formatAmount, formatMoment, formatNumber } from '../core/quantity.ts';
import type { PlannedResponse, Receipt } from '../core/response.ts';
import { sparkline } from '../core/sparkline.ts';
import { inertLink, inertMarkdown } from '../core/text.ts';
import { violationWord } from '../core/violation.ts';
import { calmWords } from './calm.ts';
import { healthRows } from './health-rows.ts';
import { dearestFirst, worstFirst } from './order.ts';
import { queueSection, type Section, wasteSection } from './review-sections.ts';
import { savedWords, shadowSentence } from './shadow-words.ts';
import type { Status } from './status.ts';
import { bar, percentOf } from './terminal/bar.ts';
import type { AgentRow, BudgetRow, BudgetStage, View, ViolationRow } from './view.ts';

/** GitHub drops a job summary of more than 1 MiB. */
export const MAX_SUMMARY_BYTES = 1_048_576;
/** Rows of a section: fewer if the sections together do not fit. */
const MOST_ROWS = [200, 50, 10] as const;
const MAX_SENTENCE = 400;

const STATUS: Readonly<Record<Status, string>> = {
  healthy: '🟢 healthy',
  degraded: '🟡 degraded',
  critical: '🔴 critical',
  stopped: '🛑 stopped',
  unknown: '⚪ unknown',
};

/** The job summary: first what is wrong, then what was done, then the fleet and its spend. Text from outside is inert. */
export function jobSummary(view: View): string {
  const sections = [
    alertsSection(view),
    violationsSection(view.violations),
    actsSection(view),
    shadowSection(view),
    complaintsSection(view.complaints),
    fleetSection(view.agents),
    budgetsSection(view.budgets),
    queueSection(view.queue),
    wasteSection(view.waste),
    healthSection(view.health),
  ].filter(({ rows }) => rows.length > 0);
  for (const most of MOST_ROWS) {
    const text = [heading(view), ...sections.map((section) => write(section, most)), footer(view)].join('\n\n');
    if (new TextEncoder().encode(text).length < MAX_SUMMARY_BYTES) return `${text}\n`;
  }
  return `${heading(view)}\n\n${footer(view)}\n`;
}

function heading(view: View): string {
  const facts = [
    inertMarkdown(view.repo),
    formatMoment(view.now),
    `${view.mode} mode`,
    ...(view.dryRun ? ['dry run'] : []),
  ];
  return `## Checkrein: ${STATUS[view.status]}\n\n${facts.join(' · ')}`;
}

function write({ title, head, rows }: Section, most: number): string {
  const more = rows.length > most ? ['', `and ${rows.length - most} more`] : [];
  return [`### ${title}`, '', ...head, ...rows.slice(0, most), ...more].join('\n');
}

function alertsSection(view: View): Section {
  const alerts = [...view.alerts].sort(worstFirst);
  const rows = alerts.map((alert) => {
    const cells = [
      alertState(alert),
      alertName(alert, view),
      since(alert),
      [
        inertMarkdown(alert.facts.reason, MAX_SENTENCE),
        ...calmWords(alert, view).map((word) => inertMarkdown(word, 300)),
      ].join(' · '),
      issueLink(alert, view),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return { title: 'Alerts', head: ['| state | alert | since | why | issue |', '|---|---|---|---|---|'], rows };
}

function alertState(alert: Alert): string {
  switch (alert.state) {
    case 'active':
      return `**${alert.facts.severity}**`;
    case 'pending':
    case 'resolved':
      return alert.state;
    default:
      return alert.state satisfies never;
  }
}

function alertName(alert: Alert, view: View): string {
  const labels = Object.values(alert.labels).map((label) => inertMarkdown(label));
  const tail = labels.length === 0 ? '' : ` (${labels.join(', ')})`;
  return `${inertMarkdown(view.ruleTitles[alert.name] ?? alert.name)}: ${inertMarkdown(alert.subject.name)}${tail}`;
}

function since(alert: Alert): string {
  return formatMoment(alert.state === 'resolved' ? (alert.resolvedAt ?? alert.since) : (alert.activeAt ?? alert.since));
}

function issueLink(alert: Alert, view: View): string {
  const issue = view.issues[alert.fingerprint];
  return issue === undefined ? '' : inertLink(`${issue.number}`, issue.url ?? '');
}

function violationsSection(violations: readonly ViolationRow[]): Section {
  const rows = violations.map(({ at, agent, kind, severity, signs, run, url }) => {
    const where = run === null ? '' : inertLink(`${run}`, url ?? '');
    const words = signs.map((sign) => inertMarkdown(sign, 160)).join('; ');
    return `| ${[formatMoment(at), inertMarkdown(agent), violationWord(kind), severity, words, where].join(' | ')} |`;
  });
  const head = ['| when | agent | beyond its | severity | what was seen | run |', '|---|---|---|---|---|---|'];
  return { title: 'Violations', head, rows };
}

function actsSection(view: View): Section {
  if (view.dryRun || view.receipts.length === 0) {
    const title = view.dryRun ? 'What would be done' : 'What is left to do';
    return { title, head: [], rows: [...view.plan.map(plannedLine), ...postponedLine(view)] };
  }
  return { title: 'What was done', head: [], rows: [...view.receipts.map(receiptLine), ...postponedLine(view)] };
}

function plannedLine(response: PlannedResponse): string {
  switch (response.kind) {
    case 'issue': {
      const number = response.act === 'open' ? '' : ` ${response.issue}`;
      return `- ${response.act} issue${number}: ${inertMarkdown(response.content.title, 200)} (${inertMarkdown(response.because)})`;
    }
    case 'stop':
      return `- stop ${inertMarkdown(response.agents.join(', '), 200)} (${inertMarkdown(response.because)})`;
    case 'rerun':
      return `- run ${response.run} of ${inertMarkdown(response.agent)} again (${inertMarkdown(response.because)})`;
    case 'rollback':
      return `- draft a rollback of pull request ${response.pull} (${inertMarkdown(response.because)})`;
    default:
      return response satisfies never;
  }
}

function postponedLine(view: View): readonly string[] {
  return view.postponed === 0 ? [] : [`- ${view.postponed} more are left for the next run`];
}

function receiptLine(receipt: Receipt): string {
  const error = receipt.error === null ? '' : `: ${inertMarkdown(receipt.error, MAX_SENTENCE)}`;
  return `- ${receipt.ok ? '✅' : '❌ not done:'} ${deed(receipt)}${error}`;
}

function deed(receipt: Receipt): string {
  switch (receipt.kind) {
    case 'issue':
      return `${receipt.act} ${receipt.issue === null ? 'issue' : inertLink(`issue ${receipt.issue}`, receipt.url ?? '')}`;
    case 'stop':
      return 'the stop that a rule asked for';
    case 'rerun':
      return receipt.url === null
        ? 'a re-run that a rule asked for'
        : inertLink('re-run that a rule asked for', receipt.url);
    case 'rollback':
      return receipt.url === null ? 'draft a rollback' : inertLink('draft of a rollback', receipt.url);
    default:
      return receipt.kind satisfies never;
  }
}

function shadowSection({ shadow }: View): Section {
  const rows = (shadow?.rules ?? []).map((rule) => {
    const { times, sessions, completed, merged, falseAlarms } = rule;
    const cells = [inertMarkdown(rule.rule), times, savedWords(rule), sessions, completed, merged, falseAlarms];
    return `| ${cells.join(' | ')} |`;
  });
  const sentence = shadow === undefined ? [] : [inertMarkdown(shadowSentence(shadow), MAX_SENTENCE), ''];
  return { title: 'What enforce mode would have done in 30 days', head: [...sentence, ...SHADOW_HEAD], rows };
}

const SHADOW_HEAD: readonly string[] = [
  '| rule | times | saved | sessions cut | of them ended well | merged | false alarms |',
  '|---|---:|---:|---:|---:|---:|---:|',
];

function complaintsSection(complaints: readonly string[]): Section {
  return {
    title: 'Not seen or not done',
    head: [],
    rows: complaints.map((complaint) => `- ${inertMarkdown(complaint, MAX_SENTENCE)}`),
  };
}

function fleetSection(agents: readonly AgentRow[]): Section {
  const rows = [...agents].sort(dearestFirst).map((agent) => {
    const cells = [
      inertMarkdown(agent.name),
      agent.engine ?? 'unknown',
      formatNumber(agent.sessions),
      String(agent.failed),
      formatUsd(agent.usdToday),
      formatUsd(agent.usdMonth),
      `\`${sparkline(agent.daily) || '·'}\``,
      agent.lastRunAt === null ? 'never' : formatMoment(agent.lastRunAt),
      agent.note === null ? '' : inertMarkdown(agent.note, 160),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = [
    '| agent | engine | sessions | failed | today | month | 30 days | last run | note |',
    '|---|---|---:|---:|---:|---:|---|---|---|',
  ];
  return { title: 'Fleet', head, rows };
}

const STAGE: Readonly<Record<BudgetStage, string>> = { ok: '🟩', warn: '🟨', breach: '🟥', unknown: '⬜' };

function budgetsSection(budgets: readonly BudgetRow[]): Section {
  const rows = budgets.map((budget) => {
    const share =
      budget.spent === null || budget.limit === null || budget.limit <= 0 ? null : budget.spent / budget.limit;
    const { filled, rest } = bar(share ?? 0, 20);
    const bound = budget.unknownSessions > 0 && budget.spent !== null ? '≥ ' : '';
    const cells = [
      `${STAGE[budget.stage]} ${inertMarkdown(budget.name)}`,
      `${budget.period}, ${inertMarkdown(budget.scope)}`,
      `\`${filled}${rest}\` ${share === null ? 'unknown' : `${bound}${percentOf(share)} %`}`,
      `${bound}${formatAmount(budget.spent, budget.unit)} of ${formatAmount(budget.limit, budget.unit)}`,
      inertMarkdown(notesOn(budget), MAX_SENTENCE),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return { title: 'Spend', head: ['| budget | for | used | amount | note |', '|---|---|---|---:|---|'], rows };
}

/** Who raised a budget, and where it is heading. */
function notesOn({ raise, forecast }: BudgetRow): string {
  const raised = raise === null ? [] : [`raised by ${raise.by} until ${formatMoment(raise.until)}`];
  return [...raised, ...(forecast === null ? [] : [forecast])].join('; ');
}

const HEALTH: Readonly<Record<HealthStatus, string>> = {
  healthy: '🟩',
  degraded: '🟨',
  unhealthy: '🟥',
  unknown: '⬜',
};

function healthSection(health: SystemHealth): Section {
  const rows = healthRows(health).map(({ name, status, score, why }) => {
    const cells = [
      `${HEALTH[status]} ${inertMarkdown(name)}`,
      score === null ? 'unknown' : String(score),
      inertMarkdown(why, 200),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return { title: 'Health', head: ['| of | score | because |', '|---|---:|---|'], rows };
}

function footer(view: View): string {
  const head = view.ledger.head === null ? 'empty' : `batch ${view.ledger.head.batch}`;
  const requests = view.requests === null ? '' : ` · ${view.requests} requests to GitHub`;
  return `<sub>ledger ${inertMarkdown(view.ledger.place, 200)}, ${head}, ${view.ledger.appended} events added${requests}${accuracy(view)}</sub>`;
}

function accuracy({ judgedAlerts }: View): string {
  if (judgedAlerts === undefined) return ' · alert accuracy unknown: nobody has judged an alert';
  const { judged, right } = judgedAlerts;
  return ` · alert accuracy ${percentOf(right / judged)} % (${right} of ${judged} judged in 90 days)`;
}
