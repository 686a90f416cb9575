import { silencesInForce } from '../../alerts/calm.ts';
import { askedFactor, heedMarks, marksInForce } from '../../alerts/marks.ts';
import type { Config } from '../../config/schema.ts';
import type { Facts } from '../../core/facts.ts';
import { formatAmount, formatMoment, formatQuantity } from '../../core/quantity.ts';
import type { Instant } from '../../core/time.ts';
import type { ReadAhead } from '../../metrics/measured-series.ts';
import type { Answer } from '../../people/answer.ts';
import { calmWords } from '../../surfaces/calm.ts';
import { initiatorWords, scopeWords } from '../../surfaces/receipt.ts';
import { statusOf } from '../../surfaces/status.ts';
import type { BudgetRow } from '../../surfaces/view.ts';
import { askRules } from '../judge/ask-rules.ts';
import { factsOf } from '../ledger/facts-of.ts';
import { agentRows, budgetRows } from '../ledger/view.ts';
import type { LedgerState } from '../state.ts';
import type { Desk } from './desk.ts';

const MOST_AGENTS = 20;

/** The answer to `status`: the state of things according to the ledger, with the series the rules need already read. Pure. */
export function statusAnswer(
  { github, config }: Pick<Desk, 'github' | 'config'>,
  state: LedgerState,
  ahead: ReadAhead,
  now: Instant,
): Answer {
  const { halt } = state;
  const facts = factsOf(state, github.repo, now, ahead);
  const marked = { repo: github.repo, now, terms: config.marks };
  const findings = heedMarks(askRules(facts, config, now), state.marks, marked);
  const active = Object.values(state.alerts.alerts).filter((alert) => alert.state === 'active');
  const silences = silencesInForce(state.alerts, now);
  const rows = agentRows(facts, now);
  const usd = (amount: number | null): string => formatQuantity(amount, 'usd');
  const lastLook = facts.ticks.at(-1)?.at ?? null;
  return {
    head: 'Status',
    what: `${statusOf(findings, active, halt.halt !== null)}.`,
    lines: [
      ...stopLine(state),
      ...aliveLine(state, facts.runs, lastLook),
      ...active.map((alert) => [`alert: ${alert.facts.reason}`, ...calmWords(alert, { silences })].join('; ')),
      ...markLines(state, config, now),
      ...budgetRows(facts, findings, config, now).map(
        (row) =>
          `budget ${row.name}: ${formatAmount(row.spent, row.unit)} of ${formatAmount(row.limit, row.unit)} ${periodPhrase(row.period)}${budgetNotes(row)}`,
      ),
      ...rows.slice(0, MOST_AGENTS).map(({ name, usdToday }) => `agent ${name}: ${usd(usdToday)} today`),
      ...(rows.length > MOST_AGENTS ? [`and ${rows.length - MOST_AGENTS} more agents`] : []),
    ],
    next:
      lastLook === null
        ? 'Nobody has looked yet.'
        : `This is as of ${formatMoment(lastLook)}; the next run looks again.`,
  };
}

/** What people marked as false positives, for as long as the mark lasts. */
function markLines({ marks }: LedgerState, config: Config, now: Instant): readonly string[] {
  return Object.values(marksInForce(marks, now)).map((mark) => {
    const times = Math.round(askedFactor(mark, config.marks) * 100) / 100;
    const why = mark.reason === null ? '' : `: ${mark.reason}`;
    return `rule ${mark.name} asks for ${times} times as much on ${mark.subject.name} until ${formatMoment(mark.until)}, by ${mark.by}${why}`;
  });
}

function periodPhrase(period: string): string {
  return period.startsWith('rolling') ? period : `this ${period}`;
}

function budgetNotes({ raise, forecast }: BudgetRow): string {
  const raised = raise === null ? '' : `, raised by ${raise.by} until ${formatMoment(raise.until)}`;
  return forecast === null ? raised : `${raised}; ${forecast}`;
}

/** Reported only after somebody has looked since the stop: what ran before that is what the stop was about to end. */
function aliveLine(
  { halt: { halt, held } }: LedgerState,
  runs: Facts['runs'],
  lastLook: Instant | null,
): readonly string[] {
  if (halt === null || lastLook === null || lastLook <= halt.at) return [];
  const alive = runs.filter(
    ({ status, workflow }) => status !== 'completed' && held.some(({ path }) => path === workflow),
  );
  if (alive.length === 0) return [];
  return [`${formatQuantity(alive.length, 'runs')} of what is stopped had not ended when somebody last looked`];
}

function stopLine({ halt: { halt } }: LedgerState): readonly string[] {
  if (halt === null) return [];
  const { generation, scope, by, at, reason } = halt;
  return [
    `stop ${generation} holds ${scopeWords(scope)} since ${formatMoment(at)}, by ${initiatorWords(by)}: ${reason}`,
  ];
}
