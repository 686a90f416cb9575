import { z } from 'zod';
import type { Facts, SessionMark } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { formatQuantity } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
import { repositorySubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { blindness } from '../metrics/sight.ts';
import { enabledOption } from './options.ts';
import { runEvidence } from './run-evidence.ts';

export interface UnknownModelOptions {
  readonly enabled: boolean;
}

const options: z.ZodObject = z.strictObject({ enabled: enabledOption() });

/** How many models are named in the sentence, and how many in the table. */
const MOST_NAMED = 5;
const MOST_LISTED = 20;

/**
 * Looks at the sessions of the last three days. A model that is not in the list under exactly its name is unknown, since its
 * predecessor usually had a different price. If the engine reports the cost itself, that is for information; otherwise money goes
 * uncounted.
 */
export const unknownModel: Rule<UnknownModelOptions, z.ZodObject> = {
  name: 'unknown-model',
  title: 'A model has no known price',
  question: 'Did a session use a model whose price is not known?',
  remedy: [
    'Set its price in `.github/checkrein.yml`, in US dollars per million tokens: `prices: [{ model: NAME, input: 3, output: 15, cache_read: 0.3, cache_write: 3.75 }]`. `from: 2026-11-01` lets it hold from that day on.',
    'A newer version of Checkrein may know the model: its list of prices comes with it.',
    'Sessions that were read before keep their unknown cost; those that follow are priced.',
  ],
  options,
  judge(facts: Facts, { enabled }: UnknownModelOptions, _now: Instant): readonly Finding[] {
    return enabled ? [judgeModels(facts)] : [];
  },
};

interface ModelUse {
  readonly sessions: number;
  /** Sessions whose cost the engine did not report. */
  readonly uncounted: number;
}

function judgeModels(facts: Facts): Finding {
  const marks = facts.sessions.filter(({ unpriced }) => unpriced !== undefined);
  const models = usesByModel(marks);
  const base = {
    rule: 'unknown-model',
    subject: repositorySubject(facts.repo),
    labels: {},
    value: models.size,
    limit: null,
    unit: 'count' as const,
  };
  if (models.size === 0) {
    const blind = blindness(facts);
    const reason = 'Every model of the last three days has a known price';
    if (blind === null) return { ...base, outcome: 'ok', reason: `${reason}.` };
    return { ...base, outcome: 'unknown', reason: `${reason} as far as is known, but ${blind}.` };
  }
  const worst = [...models].sort(([, a], [, b]) => b.uncounted - a.uncounted || b.sessions - a.sessions);
  const uncounted = marks.filter(({ unpriced }) => unpriced?.reported === false);
  return {
    ...base,
    outcome: 'violated',
    severity: uncounted.length > 0 ? 'warning' : 'info',
    reason: `${named(worst.map(([model]) => model))}: ${consequence(marks.length, uncounted.length)}.`,
    evidence: {
      facts: worst.slice(0, MOST_LISTED).map(([model, { sessions }]) => ({
        label: `Sessions with ${plainLine(model)}`,
        value: sessions,
        unit: 'sessions',
      })),
      ...runEvidence(facts, runsOf(facts, marks), () => 'used a model without a known price'),
      chart: null,
    },
    explainedBy: null,
  };
}

function usesByModel(marks: readonly SessionMark[]): ReadonlyMap<string, ModelUse> {
  const models = new Map<string, ModelUse>();
  for (const { unpriced } of marks) {
    for (const model of unpriced?.models ?? []) {
      const before = models.get(model) ?? { sessions: 0, uncounted: 0 };
      const uncounted = before.uncounted + (unpriced?.reported === false ? 1 : 0);
      models.set(model, { sessions: before.sessions + 1, uncounted });
    }
  }
  return models;
}

function named(models: readonly string[]): string {
  const shown = models.slice(0, MOST_NAMED).map((model) => plainLine(model));
  const more = models.length > MOST_NAMED ? ` and ${models.length - MOST_NAMED} more` : '';
  return `No price is known of ${shown.join(', ')}${more}`;
}

function consequence(all: number, uncounted: number): string {
  const sessions = formatQuantity(uncounted, 'sessions');
  if (uncounted > 0) return `the cost of ${sessions} of the last three days is not known, or leaves a part out`;
  return `what the engine reported of ${formatQuantity(all, 'sessions')} counts, and cannot be compared with list prices`;
}

function runsOf(facts: Facts, marks: readonly SessionMark[]): Facts['runs'] {
  const used = new Set(marks.map(({ run, attempt }) => `${run}.${attempt}`));
  return facts.runs.filter(({ run, attempt }) => used.has(`${run}.${attempt}`)).reverse();
}
