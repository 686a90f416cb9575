import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { ModelUse } from '../core/model-use.ts';
import { formatUsd } from '../core/money.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, dayOf, type Instant } from '../core/time.ts';
import { agentNames } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { tokenPriceSince } from './model-shift/token-price.ts';
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
  min_since: z
    .int()
    .min(1)
    .max(1_000)
    .default(2)
    .describe(
      'With fewer priced sessions of the new model neither, unless a token of the first one costs clearly more than ever before.',
    ),
  ratio: z
    .number()
    .gt(1)
    .max(1_000)
    .default(1.5)
    .describe('A session with the new model is reported when it costs this many times as much.'),
  min_usd: z.number().min(0).max(10_000).default(0.1).describe('Fewer US dollars more for a session are nothing.'),
});

/**
 * A new model that makes the sessions of its agent more expensive: a changed default, an alias that moved on, a workflow that was
 * edited.
 */
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
  const shifts = fresh.flatMap((use) => shiftTo(facts, use, settings, now));
  const [dearest] = shifts.sort((a, b) => b.use.usd / b.use.priced - a.use.usd / a.use.priced);
  if (old === null || old.sessions < settings.min_before || dearest === undefined) {
    return unsure({
      ...said,
      reason: `${name} uses a new model, but too few sessions of known cost tell what that changes.`,
    });
  }
  return compare(said, dearest, old, settings);
}

/** A new model and what is known about its price. */
interface Shift {
  readonly use: ModelUse;
  /** The price of a token as a multiple of the earlier one; null if not known. */
  readonly dearer: number | null;
  /** Whether it had enough sessions for a meaningful mean. The price of a token is meaningful earlier. */
  readonly hasMean: boolean;
}

/** Null if neither the number of sessions nor the price of their tokens shows what the model changes. */
function shiftTo(facts: Facts, use: ModelUse, { min_since }: ModelShiftOptions, now: Instant): readonly Shift[] {
  if (use.priced === 0) return [];
  const price = tokenPriceSince(facts, use.agent, use.first, now);
  const hasMean = use.priced >= min_since;
  return hasMean || price?.isUnheardOf === true ? [{ use, dearer: price?.times ?? null, hasMean }] : [];
}

interface Mean {
  readonly usd: number;
  readonly sessions: number;
}

function meanOf(uses: readonly ModelUse[]): Mean | null {
  const sessions = uses.reduce((sum, { priced }) => sum + priced, 0);
  return sessions === 0 ? null : { usd: uses.reduce((sum, { usd }) => sum + usd, 0) / sessions, sessions };
}

function compare(head: Said, { use, dearer, hasMean }: Shift, old: Mean, settings: ModelShiftOptions): Finding {
  const mean = use.usd / use.priced;
  // The same work at the new price, if that is more than what the few sessions so far happened to cost.
  const value = Math.max(hasMean ? mean : 0, old.usd * (dearer ?? 0));
  const limit = old.usd * settings.ratio;
  const reason = `A session of ${plainLine(use.agent)} with ${plainLine(use.model)}, new since ${dayOf(use.first)}, costs ${formatUsd(value)}; with the models before it, ${formatUsd(old.usd)}.`;
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
