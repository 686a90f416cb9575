import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { ModelUse } from '../core/model-use.ts';
import { formatUsd } from '../core/money.ts';
import type { Rule } from '../core/rule.ts';
import type { Point } from '../core/series.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, DAY, type Duration, dayOf, HOUR, type Instant } from '../core/time.ts';
import { medianOf } from '../detectors/expectation/expectation.ts';
import { agentNames } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';

export interface ModelShiftOptions {
  readonly enabled: boolean;
  readonly window: string;
  readonly min_before: number;
  readonly min_since: number;
  readonly ratio: number;
  readonly min_usd: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  window: durationOption('3d', '30d', 'A model that was first used within this time is new.'),
  min_before: z
    .int()
    .min(1)
    .max(1_000)
    .default(5)
    .describe('With fewer priced sessions of the models before it nothing is compared.'),
  min_since: z.int().min(1).max(1_000).default(2).describe('With fewer priced sessions of the new model neither.'),
  ratio: z
    .number()
    .gt(1)
    .max(1_000)
    .default(1.5)
    .describe('A session with the new model that costs so many times more is told.'),
  min_usd: z.number().min(0).max(10_000).default(0.1).describe('Fewer US dollars more for a session are nothing.'),
});

/** A model that appears and makes the sessions of its agent dearer: a changed default, an alias that moved on, a workflow that was edited. */
export const modelShift: Rule<ModelShiftOptions, z.ZodObject> = {
  name: 'model-shift',
  title: 'A more expensive model appeared',
  question: 'Has an agent begun to use a model with which its sessions cost clearly more?',
  remedy: [
    'Name the model in the workflow, so that no default of an action or an alias decides it.',
    'Look at the last change of the workflow and of the version of its action.',
    'If the model was chosen on purpose, leave it: after a while it becomes what later ones are compared with.',
  ],
  options,
  judge(facts: Facts, settings: ModelShiftOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? agentNames(facts).map((agent) => judgeAgent(facts, agent, settings, now)) : [];
  },
};

function judgeAgent(facts: Facts, agent: string, settings: ModelShiftOptions, now: Instant): Finding {
  const uses = facts.models.filter((use) => use.agent === agent);
  const since = after(now, -readDuration(settings.window));
  const before = uses.filter(({ first }) => first < since);
  const fresh = uses.filter(({ first }) => first >= since);
  const said: Said = {
    rule: 'model-shift',
    subject: agentSubject(agent),
    value: null,
    limit: null,
    unit: 'usd',
    reason: '',
  };
  const name = plainLine(agent);
  if (fresh.length === 0 || before.length === 0) {
    const reason =
      fresh.length === 0 ? `${name} uses no new model.` : `${name} used no model before that could be compared.`;
    return fine({ ...said, reason });
  }
  const old = meanOf(before);
  const enough = fresh.filter(({ priced }) => priced >= settings.min_since);
  if (old === null || old.sessions < settings.min_before || enough.length === 0) {
    return unsure({
      ...said,
      reason: `${name} uses a new model, but too few sessions of known cost tell what that changes.`,
    });
  }
  const dearest = enough.reduce((most, use) => (use.usd / use.priced > most.usd / most.priced ? use : most));
  return compare(said, { use: dearest, old, dearer: dearerOf(facts, agent, dearest.first, now) }, settings, name);
}

interface Mean {
  readonly usd: number;
  readonly sessions: number;
}

function meanOf(uses: readonly ModelUse[]): Mean | null {
  const sessions = uses.reduce((sum, { priced }) => sum + priced, 0);
  return sessions === 0 ? null : { usd: uses.reduce((sum, { usd }) => sum + usd, 0) / sessions, sessions };
}

/** Hours are kept so long. */
const HOURS: Duration = 14 * DAY;
/** With fewer hours of known cost and tokens before it, none is usual. */
const LEAST_HOURS = 5;

/**
 * How many times as much a token costs since a moment, in the middle of the hours. Sessions differ in size far more than in what a token
 * of theirs costs, so this tells after two of them what their means tell after twenty. Null where it is not known.
 */
function dearerOf(facts: Facts, agent: string, since: Instant, now: Instant): number | null {
  const hours = (metric: string): readonly Point[] =>
    facts.series(metric, agentSubject(agent), 'hour', after(now, -HOURS), after(now, 1)).points;
  const tokens = hours('sessions.tokenUsage.total');
  const prices = hours('sessions.tokenUsage.cost').flatMap(({ at, aggregate }, i) => {
    const used = tokens[i]?.aggregate?.sum ?? 0;
    return aggregate !== null && aggregate.unknown === 0 && used > 0 ? [{ at, price: aggregate.sum / used }] : [];
  });
  const before = prices.filter(({ at }) => after(at, HOUR) <= since).map(({ price }) => price);
  const later = prices.filter(({ at }) => at >= since).map(({ price }) => price);
  const usual = medianOf(before);
  return before.length < LEAST_HOURS || later.length === 0 || usual <= 0 ? null : medianOf(later) / usual;
}

interface Compared {
  readonly use: ModelUse;
  readonly old: Mean;
  readonly dearer: number | null;
}

function compare(head: Said, { use, old, dearer }: Compared, settings: ModelShiftOptions, name: string): Finding {
  const mean = use.usd / use.priced;
  // The same work at the new price, where that is more than what the few sessions so far cost by chance.
  const value = Math.max(mean, old.usd * (dearer ?? 0));
  const limit = old.usd * settings.ratio;
  const reason = `A session of ${name} with ${plainLine(use.model)}, new since ${dayOf(use.first)}, costs ${formatUsd(value)}; with the models before it, ${formatUsd(old.usd)}.`;
  const said = { ...head, value, limit, reason };
  if (value < limit || value - old.usd < settings.min_usd) return fine(said, value >= limit * 0.9);
  return wrong(said, 'warning', {
    facts: [
      { label: 'Mean cost of a session with the new model', value: mean, unit: 'usd' },
      { label: 'Times the price of a token', value: dearer, unit: 'ratio' },
      { label: 'Sessions with it alone', value: use.priced, unit: 'sessions' },
      { label: 'Mean cost of a session before', value: old.usd, unit: 'usd' },
      { label: 'Sessions before', value: old.sessions, unit: 'sessions' },
    ],
  });
}
