import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { Severity } from '../core/outcome.ts';
import { formatAmount } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
import { after, between, DAY, type Duration, formatDuration, type Instant, parseDuration } from '../core/time.ts';
import { blindness } from '../metrics/sight.ts';
import { ROUNDING, soleName, type Terms, termsOf } from './allowance.ts';
import type { Budget } from './budget.ts';
import { budgetsSchema } from './budget-schema.ts';
import { periodWord, spanOf } from './calendar.ts';
import { spendByName } from './count.ts';
import { headingOf, headingWords } from './forecast.ts';
import { doubtAboutDays } from './others.ts';
import { type Spend, spendOf } from './spend-page.ts';
import { isOfMany, standingOf, subjectOf, whoOf } from './standing.ts';

/** A pair of windows, and how many times the even rate is too fast in both of them. */
interface BurnTier {
  readonly long: Duration;
  readonly short: Duration;
  readonly rate: number;
  readonly severity: Severity;
}

/** A tier as configured: its windows as people write them. */
interface WrittenTier extends Omit<BurnTier, 'long' | 'short'> {
  readonly long: string;
  readonly short: string;
}

export interface BurnRateOptions {
  readonly enabled: boolean;
  readonly min_sessions: number;
  readonly tiers: readonly WrittenTier[];
  readonly budgets: readonly Budget[];
}

/** It stays text until the rule is asked, so that settings are shown as they are written. */
const length = z.string().regex(/^(\d+(ms|s|m|h|d|w))+$/, 'expected a duration such as 30m or 6h');

const tier = z.strictObject({
  long: length.describe('The window that shows that it matters.'),
  short: length.describe('The window that shows that it goes on.'),
  rate: z.number().positive().max(1_000).describe('How many times the rate at which the budget would last exactly.'),
  severity: z.enum(['info', 'warning', 'critical']).describe('How severe it is.'),
});

/**
 * Long windows and rates of the SRE workbook (chapter 5, table 5-8), for monthly budgets. The short windows are a sixth of the long
 * ones instead of a twelfth, because the cost of a session is known only minutes after it ends.
 */
const DEFAULT_TIERS = [
  { long: '1h', short: '10m', rate: 14.4, severity: 'critical' },
  { long: '6h', short: '1h', rate: 6, severity: 'critical' },
  { long: '1d', short: '4h', rate: 3, severity: 'warning' },
] as const;

const options: z.ZodObject = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the rate is watched.'),
  min_sessions: z
    .int()
    .min(1)
    .max(1_000)
    .default(3)
    .describe('With fewer sessions in the long window, or none in the short one, nothing is said.'),
  tiers: z
    .array(tier)
    .min(1)
    .max(8)
    .prefault([...DEFAULT_TIERS])
    .describe('The pairs of windows; the most severe one speaks.'),
  budgets: budgetsSchema,
});

/** Shorter budgets are spent before a window shows anything that their warnings do not. */
const SHORTEST_PERIOD: Duration = 7 * DAY;

/** Compares how fast budgets of a week or more are spent with the rate at which they would last. */
export const burnRateRule: Rule<BurnRateOptions, z.ZodObject> = {
  name: 'burn-rate',
  title: 'A budget burns too fast',
  question:
    'Is a budget of a week or more being used many times faster than it would last, over a long and a short window?',
  remedy: [
    'Open the runs of the last hours: a loop, a retry storm or a more expensive model shows there first.',
    'If nobody knows why the agent works so much, stop it with the command `stop`.',
    'If the work is intended, let a lead allow more for a while with the command `raise`.',
  ],
  options,
  judge(facts: Facts, { enabled, min_sessions, tiers, budgets }: BurnRateOptions, now: Instant): readonly Finding[] {
    if (!enabled) return [];
    const windows = tiers.map((tier) => ({ ...tier, long: lengthIn(tier.long), short: lengthIn(tier.short) }));
    return budgets.flatMap((budget) => {
      const terms = termsOf(budget, facts.budgets().raises, now);
      if (!isWatched(terms, now)) return [];
      return [findingOf(facts, { budget, terms, tiers: windows, least: min_sessions }, now)];
    });
  },
};

function lengthIn(text: string): Duration {
  return parseDuration(text) ?? 0;
}

function isWatched(terms: Terms, now: Instant): boolean {
  return terms.unit !== 'open_pull_requests' && !isOfMany(terms.scope) && lengthOf(terms, now) >= SHORTEST_PERIOD;
}

function lengthOf(terms: Terms, now: Instant): Duration {
  const { from, to } = spanOf(terms, now);
  return between(from, to);
}

interface Watched {
  readonly budget: Budget;
  readonly terms: Terms;
  readonly tiers: readonly BurnTier[];
  readonly least: number;
}

/** Use in both windows of a tier, as multiples of the even rate. */
interface Burn {
  readonly tier: BurnTier;
  readonly long: number;
  readonly short: number;
  readonly spend: Spend;
  readonly isFast: boolean;
}

function findingOf(facts: Facts, { budget, terms, tiers, least }: Watched, now: Instant): Finding {
  const burns = tiers.map((each) => burnOf(facts, terms, each, least, now));
  const fast = burns.filter(({ isFast }) => isFast).sort((a, b) => RANK[b.tier.severity] - RANK[a.tier.severity])[0];
  const shown = fast ?? [...burns].sort((a, b) => b.long / b.tier.rate - a.long / a.tier.rate)[0];
  const base = {
    rule: 'burn-rate',
    subject: subjectOf(terms, facts.repo),
    labels: { budget: terms.name, period: periodWord(terms.period) },
    value: shown === undefined ? null : rounded(shown.long),
    limit: shown?.tier.rate ?? null,
    unit: 'count' as const,
  };
  const blind = blindness(facts) ?? doubtAboutDays(facts, terms.scope);
  if (shown === undefined) return { ...base, outcome: 'unknown', reason: 'No windows are set.' };
  if (fast !== undefined) {
    const evidence = { facts: evidenceOf(fast), runs: [], moreRuns: 0, chart: null };
    const reason = fastSentence(facts, budget, fast, now);
    const value = rounded(atLeast(fast));
    return { ...base, value, outcome: 'violated', severity: fast.tier.severity, reason, evidence, explainedBy: null };
  }
  const reason = sentence(facts, budget, shown, now);
  return blind === null
    ? { ...base, outcome: 'ok', reason }
    : { ...base, outcome: 'unknown', reason: `${reason.slice(0, -1)} as far as is known, but ${blind}.` };
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

function burnOf(facts: Facts, terms: Terms, tier: BurnTier, least: number, now: Instant): Burn {
  const long = usedIn(facts, terms, tier.long, now);
  const short = usedIn(facts, terms, tier.short, now);
  const period = lengthOf(terms, now);
  const rateOf = (spend: Spend, window: Duration): number => (spend.known / terms.limit) * (period / window);
  const rates = { long: rateOf(long, tier.long), short: rateOf(short, tier.short) };
  const isFast = long.sessions >= least && short.sessions > 0 && rates.long >= tier.rate && rates.short >= tier.rate;
  return { tier, ...rates, spend: long, isFast };
}

function usedIn(facts: Facts, { scope, unit }: Terms, window: Duration, now: Instant): Spend {
  const to = after(now, 1);
  const span = { from: after(to, -window), to };
  return spendOf(spendByName(facts, { scope, unit, span }, now), soleName(scope) ?? '');
}

function sentence(facts: Facts, budget: Budget, { tier, long, spend }: Burn, now: Instant): string {
  const standing = standingOf(facts, budget, now);
  const { unit } = standing.terms;
  const heading = headingWords(headingOf(facts, standing, now), standing);
  const used = `${whoOf(standing, facts.repo)} used ${formatAmount(spend.known, unit)} in the last ${formatDuration(tier.long)}`;
  const rate = `${rounded(long)} times the rate at which ${standing.terms.name} (${formatAmount(standing.terms.limit, unit)}) would last`;
  return `${used}, ${rate}${heading === null ? '' : `; it ${heading}`}.`;
}

/**
 * The rate of its tier, or twice, four times … as much, whichever both windows have reached. Windows slide with every look, but
 * what an issue shows of them changes only when the rate has doubled or halved.
 */
function atLeast({ tier, long, short }: Burn): number {
  return tier.rate * 2 ** Math.max(0, Math.floor(Math.log2(Math.min(long, short) / tier.rate) + ROUNDING));
}

/** Says only what stays true about both windows while they slide. */
function fastSentence(facts: Facts, budget: Budget, burn: Burn, now: Instant): string {
  const standing = standingOf(facts, budget, now);
  const { name, limit, unit } = standing.terms;
  const { tier } = burn;
  const rate = atLeast(burn);
  const amount = rate * limit * (tier.long / lengthOf(standing.terms, now));
  const used = `${whoOf(standing, facts.repo)} used at least ${formatAmount(Math.floor(amount * 100) / 100, unit)} in the last ${formatDuration(tier.long)}`;
  const heading = headingOf(facts, standing, now);
  const day = heading === null || 'unknown' in heading ? null : heading.reaches.expected;
  const until = day === null ? '' : `; it reaches ${formatAmount(limit, unit)} on ${day}`;
  return `${used}, ${rounded(rate)} times the rate at which ${name} (${formatAmount(limit, unit)}) would last${until}.`;
}

function evidenceOf(burn: Burn): readonly { label: string; value: number; unit: 'count' }[] {
  const { tier } = burn;
  const windows = `last ${formatDuration(tier.long)} and last ${formatDuration(tier.short)}`;
  return [
    { label: `Times the even rate at least, ${windows}`, value: rounded(atLeast(burn)), unit: 'count' },
    { label: `Too fast from (${tier.severity})`, value: tier.rate, unit: 'count' },
  ];
}

function rounded(rate: number): number {
  return Math.round(rate * 10) / 10;
}
