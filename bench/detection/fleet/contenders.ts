import { mean, sampleStandardDeviation } from 'simple-statistics';
import { allRules, type Judge } from '../../../src/app/reports/replay.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import type { Config } from '../../../src/config/schema.ts';
import { dice } from '../../../src/core/dice.ts';
import type { Facts } from '../../../src/core/facts.ts';
import { type Finding, NO_EVIDENCE } from '../../../src/core/finding.ts';
import { agentSubject, type Subject } from '../../../src/core/subject.ts';
import { after, DAY, HOUR, type Instant, startOf, toMs } from '../../../src/core/time.ts';

/** Everything but the budgets: what they find depends on what somebody allowed. */
function withoutBudgets(): Config {
  const parsed = parseConfig('rules: { budget: { enabled: false }, burn-rate: { enabled: false } }', 'bench');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.config;
}

/** Our rules, the plain z-score over days and over hours, and judges that an honest evaluation must not flatter. */
export function contenders(agents: readonly string[], seed: number): readonly Judge[] {
  const config = withoutBudgets();
  return [
    allRules('checkrein', config),
    zScores('z-score > 3 by day', 'day', agents),
    zScores('z-score > 3 by hour', 'hour', agents),
    {
      name: 'always',
      needs: nothing,
      ask: () => agents.map((agent) => finding('always', agentSubject(agent), {}, true)),
    },
    { name: 'never', needs: nothing, ask: () => [] },
    atRandom(agents, seed),
  ];
}

function nothing(): readonly [] {
  return [];
}

function finding(rule: string, subject: Subject, labels: Finding['labels'], violated: boolean): Finding {
  const base = { rule, subject, labels, value: null, limit: null, unit: 'count', reason: `${rule}.` } as const;
  if (!violated) return { ...base, outcome: 'ok' };
  return { ...base, outcome: 'violated', severity: 'warning', evidence: NO_EVIDENCE, explainedBy: null };
}

/** Speaks of each agent for an hour once a month, which is what the bound allows: what it finds is luck. */
function atRandom(agents: readonly string[], seed: number): Judge {
  return {
    name: 'at random',
    needs: nothing,
    ask: (_facts, now) =>
      agents.map((agent, i) => {
        const hour = Math.floor(toMs(now) / HOUR);
        const violated = dice(hour * 31 + i * 7 + seed).next() < 1 / 720;
        return finding('at random', agentSubject(agent), {}, violated);
      }),
  };
}

const METRICS = [
  'sessions.tokenUsage.cost',
  'sessions.tokenUsage.total',
  'sessions.total',
  'sessions.failed',
  'sessions.toolErrors',
  'sessions.toolCalls',
] as const;

/** The mission's line for low sensitivity, and the least number of points of src/detectors/z-score.ts. */
const LINE = 3;
const LEAST_POINTS = 10;

/** The method of the mission, over the series of each agent, asked about the last bucket that is over. */
function zScores(name: string, step: 'day' | 'hour', agents: readonly string[]): Judge {
  // Hours are kept for 14 days.
  const reach = step === 'day' ? 31 * DAY : 14 * DAY;
  let bucket = '';
  let answers: readonly Finding[] = [];
  return {
    name,
    needs: nothing,
    ask(facts: Facts, now: Instant): readonly Finding[] {
      const current = startOf(now.slice(0, step === 'day' ? 10 : 13));
      if (current === bucket) return answers;
      bucket = current;
      answers = agents.flatMap((agent) =>
        METRICS.map((metric) => {
          const { points } = facts.series(metric, agentSubject(agent), step, after(current, -reach), current);
          const deviation = lastDeviation(points.map(({ aggregate }) => aggregate?.sum ?? 0));
          return finding(name, agentSubject(agent), { metric }, Math.abs(deviation ?? 0) > LINE);
        }),
      );
      return answers;
    },
  };
}

/** How many standard deviations the last value lies from the mean of those before it; null while they are few or all the same. */
function lastDeviation(values: readonly number[]): number | null {
  const past = values.slice(0, -1);
  const last = values.at(-1);
  if (past.length < LEAST_POINTS || last === undefined) return null;
  const sigma = sampleStandardDeviation(past);
  return sigma > 0 ? (last - mean(past)) / sigma : null;
}
