import { askRules } from '../../../src/app/ask-rules.ts';
import type { Judge } from '../../../src/app/replay.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import type { Config } from '../../../src/config/schema.ts';
import type { Facts } from '../../../src/core/facts.ts';
import { type Finding, NO_EVIDENCE } from '../../../src/core/finding.ts';
import { agentSubject, type Subject } from '../../../src/core/subject.ts';
import { after, DAY, HOUR, type Instant, startOf, toMs } from '../../../src/core/time.ts';
import type { Reading, Settings } from '../../../src/detectors/method.ts';
import { REPORT } from '../../../src/detectors/method.ts';
import { zScore } from '../../../src/detectors/z-score.ts';
import { dice } from '../../../src/sources/demo/random.ts';

/** Everything but the budgets: what they find depends on what somebody allowed. */
function withoutBudgets(): Config {
  const parsed = parseConfig('rules: { budget: { enabled: false } }', 'bench');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.config;
}

/** Our rules, the plain z-score over days and over hours, and judges that an honest evaluation must not flatter. */
export function contenders(agents: readonly string[], seed: number): readonly Judge[] {
  const config = withoutBudgets();
  return [
    { name: 'checkrein', ask: (facts, now) => askRules(facts, config, now) },
    zScores('z-score > 3 by day', 'day', agents),
    zScores('z-score > 3 by hour', 'hour', agents),
    { name: 'always', ask: () => agents.map((agent) => finding('always', agentSubject(agent), {}, true)) },
    { name: 'never', ask: () => [] },
    atRandom(agents, seed),
  ];
}

function finding(rule: string, subject: Subject, labels: Finding['labels'], violated: boolean): Finding {
  const base = { rule, subject, labels, value: null, limit: null, unit: 'count', reason: `${rule}.` } as const;
  if (!violated) return { ...base, outcome: 'ok' };
  return { ...base, outcome: 'violated', severity: 'warning', evidence: NO_EVIDENCE, explainedBy: null };
}

/** Speaks of each agent for an hour once in three days or so. */
function atRandom(agents: readonly string[], seed: number): Judge {
  return {
    name: 'at random',
    ask: (_facts, now) =>
      agents.map((agent, i) => {
        const hour = Math.floor(toMs(now) / HOUR);
        const violated = dice(hour * 31 + i * 7 + seed).next() < 1 / 72;
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

const SETTINGS: Settings = { sensitivity: 'low', lookBack: '30d' };

/** The method of the mission, over the series of each agent, asked about the last bucket that is over. */
function zScores(name: string, step: 'day' | 'hour', agents: readonly string[]): Judge {
  const length = step === 'day' ? DAY : HOUR;
  // Hours are kept for 14 days.
  const reach = step === 'day' ? 31 * DAY : 14 * DAY;
  let bucket = '';
  let answers: readonly Finding[] = [];
  return {
    name,
    ask(facts: Facts, now: Instant): readonly Finding[] {
      const current = startOf(now.slice(0, step === 'day' ? 10 : 13));
      if (current === bucket) return answers;
      bucket = current;
      answers = agents.flatMap((agent) =>
        METRICS.map((metric) => {
          const { points } = facts.series(metric, agentSubject(agent), step, after(current, -reach), current);
          const readings = points.map(({ at, aggregate }) => ({ at, value: aggregate?.sum ?? 0 }));
          const violated = readings.length > 1 && lastScore(readings, after(current, -length)) >= REPORT;
          return finding(name, agentSubject(agent), { metric }, violated);
        }),
      );
      return answers;
    },
  };
}

function lastScore(readings: readonly Reading[], last: Instant): number {
  const watcher = zScore.watch(SETTINGS);
  let score = 0;
  for (const reading of readings) {
    const judged = watcher.judge(reading);
    if (reading.at === last) score = judged.score;
  }
  return score;
}
