import { silencesInForce } from '../alerts/calm.ts';
import type { Facts } from '../core/facts.ts';
import { formatMoment, formatQuantity } from '../core/quantity.ts';
import type { Instant } from '../core/time.ts';
import { buildFacts } from '../metrics/facts.ts';
import type { ReadAhead } from '../metrics/measured-series.ts';
import type { Answer } from '../people/answer.ts';
import { calmWords } from '../surfaces/calm.ts';
import { initiatorWords, scopeWords } from '../surfaces/receipt.ts';
import { statusOf } from '../surfaces/status.ts';
import { askRules } from './ask-rules.ts';
import type { Desk } from './command-effects.ts';
import type { LedgerState } from './state.ts';
import { agentRows, budgetRows } from './view.ts';

const MOST_AGENTS = 20;

/** The answer to `status`: how things stand by what the ledger knows, with the series that the rules want read ahead. Pure. */
export function statusAnswer(
  { github, config }: Pick<Desk, 'github' | 'config'>,
  state: LedgerState,
  ahead: ReadAhead,
  now: Instant,
): Answer {
  const { rollups, recent, drills, violations, events, halt } = state;
  const { agents } = state.agents;
  const facts = buildFacts({
    ...{ repo: github.repo, now, agents, rollups, recent, drills, violations, events, ahead },
    sources: state.sources.sources,
  });
  const findings = askRules(facts, config, now);
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
      ...budgetRows(facts, findings, config, now).map(
        ({ name, spent, limit, period }) => `budget ${name}: ${usd(spent)} of ${usd(limit)} this ${period}`,
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

/** Said only where somebody has looked since the stop: before, what runs is what it was about to end. */
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
