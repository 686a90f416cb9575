import { z } from 'zod';
import type { Facts, SessionMark } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { formatUsd } from '../core/money.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { enabledOption } from './options.ts';
import { runEvidence } from './run-evidence.ts';

export interface CostDriftOptions {
  readonly enabled: boolean;
  readonly share: number;
  readonly min_usd: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  share: z
    .number()
    .gt(0)
    .max(10)
    .default(0.05)
    .describe('How far the list price may differ, as a share of the reported cost.'),
  min_usd: z.number().min(0).max(1e6).default(1).describe('Smaller differences, in US dollars, are ignored.'),
});

/**
 * Compares what engines report with the list price of the same tokens, over the sessions of the last three days for which both are
 * known for the whole session. The reported amount counts. If the list price is higher, budgets may count too little.
 */
export const costDrift: Rule<CostDriftOptions, z.ZodObject> = {
  name: 'cost-drift',
  title: 'Reported cost and list price differ',
  question: 'Does the cost that an engine reports differ from the list price of the tokens it reports?',
  remedy: [
    'See whether the price of a model has changed lately; set it in `prices` of `.github/checkrein.yml`, with `from`, when the list of this version is behind.',
    'When a flat plan pays for the sessions, name it in `plans`: they cost no money then.',
    'When the engine reports less than its tokens cost, update the engine: its own table of prices may be old.',
    'When nothing explains it, look into the session file of the run: the agent can write it.',
  ],
  options,
  judge(facts: Facts, settings: CostDriftOptions, _now: Instant): readonly Finding[] {
    return settings.enabled ? agentNames(facts).map((agent) => judgeAgent(facts, agent, settings)) : [];
  },
};

interface Sums {
  readonly reported: number;
  readonly computed: number;
}

function judgeAgent(facts: Facts, agent: string, { share, min_usd }: CostDriftOptions): Finding {
  const marks = facts.sessions.filter((mark) => mark.agent === agent && mark.compared !== undefined);
  const { reported, computed } = marks.reduce<Sums>(add, { reported: 0, computed: 0 });
  const difference = computed - reported;
  const drift = reported > 0 ? Math.abs(difference) / reported : null;
  const name = plainLine(agent);
  const base = {
    rule: 'cost-drift',
    subject: agentSubject(agent),
    labels: {},
    value: drift === null ? null : rounded(drift),
    limit: share,
    unit: 'ratio' as const,
  };
  const said = `${marks.length} sessions of ${name} reported ${formatUsd(reported)} and cost ${formatUsd(computed)} at list price`;
  if (drift !== null && drift > share && Math.abs(difference) >= min_usd) {
    return {
      ...base,
      outcome: 'violated',
      severity: difference > 0 ? 'warning' : 'info',
      reason: `${said}, ${difference > 0 ? 'more' : 'less'} than was reported by ${formatUsd(Math.abs(difference))}.`,
      evidence: {
        facts: [
          { label: 'Reported', value: rounded(reported), unit: 'usd' },
          { label: 'At list price', value: rounded(computed), unit: 'usd' },
          { label: 'Sessions compared', value: marks.length, unit: 'sessions' },
        ],
        ...runEvidence(facts, runsOf(facts, marks), ({ run, attempt }) => noteOf(marks, run, attempt)),
        chart: null,
      },
      explainedBy: null,
    };
  }
  const blind = blindness(facts);
  if (blind !== null) return { ...base, outcome: 'unknown', reason: `${said} as far as is known, but ${blind}.` };
  return {
    ...base,
    outcome: 'ok',
    reason: marks.length === 0 ? `No session of ${name} has both a reported cost and a list price.` : `${said}.`,
  };
}

function add(sum: Sums, { compared }: SessionMark): Sums {
  return { reported: sum.reported + (compared?.reported ?? 0), computed: sum.computed + (compared?.computed ?? 0) };
}

function runsOf(facts: Facts, marks: readonly SessionMark[]): Facts['runs'] {
  const used = new Set(marks.map(({ run, attempt }) => `${run}.${attempt}`));
  return facts.runs.filter(({ run, attempt }) => used.has(`${run}.${attempt}`)).reverse();
}

function noteOf(marks: readonly SessionMark[], run: number, attempt: number): string {
  const own = marks.filter((mark) => mark.run === run && mark.attempt === attempt);
  return `${formatUsd(own.reduce<Sums>(add, { reported: 0, computed: 0 }).computed)} at list price`;
}

/** Without floating-point noise, so that the same sessions always give the same number. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
