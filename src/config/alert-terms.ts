import { z } from 'zod';
import type { EscalationPolicies, InhibitRule, MatcherSilence, Matchers } from '../core/notice-terms.ts';
import { type Duration, type Instant, parseInstant } from '../core/time.ts';
import { ROOTS, type Vars } from '../rules/conditions/scope.ts';
import { durationOption, shortName } from './values.ts';

/** The limits of all messages, as they are written. */
export interface AlertLimits {
  readonly dedup: Duration;
  /** The most messages about one subject in an hour. */
  readonly rate: number;
  readonly remind_every: Duration;
  readonly batch: Duration;
  readonly auto_resolve: Duration;
  /** Whether an incident that was over before it was found is told at once, not in the digest alone. */
  readonly page_past: boolean;
}

/** What is set about alerts beside the rules themselves. */
export interface AlertTerms {
  readonly vars: Vars;
  readonly policy: AlertLimits;
  readonly inhibit: readonly InhibitRule[];
  readonly silences: readonly MatcherSilence[];
  readonly escalation: EscalationPolicies;
}

const varName = z
  .string()
  .regex(/^[A-Za-z_]\w{0,79}$/, 'expected a name of letters, digits and underscores')
  .refine((name) => !ROOTS.some((root) => root === name), `a name other than ${ROOTS.join(', ')}`);

const moment = z.union([z.string(), z.number()]).transform((value, context): Instant => {
  const instant = parseInstant(value);
  if (instant !== null) return instant;
  context.addIssue({ code: 'custom', message: 'expected a moment such as 2026-11-21T09:30:00Z' });
  return z.NEVER;
});

const matchers: z.ZodType<Matchers, Matchers> = z.record(z.string().min(1).max(80), z.string().min(1).max(200));

const inhibitRule = z.strictObject({
  source: matchers.describe('The alert that keeps others quiet, by its labels: `{ name: database_down }`.'),
  target: matchers.describe('The alerts that are kept quiet while it is active.'),
  equal: z.array(z.string().min(1).max(80)).max(20).default([]).describe('Labels that must be the same in both.'),
});

const silence = z
  .strictObject({
    matchers: matchers.describe('The alerts that are meant, by their labels: `{ name: "review_*" }`.'),
    start: moment.describe('When it begins.'),
    end: moment.describe('When it ends.'),
    author: z.string().min(1).max(80).describe('Who set it.'),
    reason: z.string().min(1).max(200).describe('Why.'),
  })
  .refine(({ start, end }) => start < end, { error: 'expected an end after the start', path: ['end'] })
  .transform(
    ({ matchers: match, start: from, end: until, author, reason }): MatcherSilence => ({
      match,
      from,
      until,
      author,
      reason,
    }),
  );

const level = z.strictObject({
  after: z
    .preprocess(
      (written) => (written === 0 ? '0s' : written),
      durationOption('0s', 'How long after the alert became active.'),
    )
    .describe('How long after the alert became active; 0 for at once.'),
  channels: z.array(shortName).max(20).default([]).describe('Names of channels; none for those of the rule.'),
  contacts: z.array(shortName).max(50).default([]).describe('Names of people.'),
});

/** The parts of a configuration that are about alerts; they may stand in the file of the rules as well. */
export const alertTermsShape: {
  readonly vars: z.ZodType<Vars>;
  readonly policy: z.ZodType<AlertLimits>;
  readonly inhibit: z.ZodType<readonly InhibitRule[]>;
  readonly silences: z.ZodType<readonly MatcherSilence[]>;
  readonly escalation: z.ZodType<EscalationPolicies>;
} = {
  vars: z
    .record(
      varName,
      z.union([z.number(), z.string().max(1_000), z.boolean()], { error: 'expected a number, a text, true or false' }),
    )
    .default({})
    .describe('Values with names of your own, for conditions: `{ dailyBudget: 50 }`.'),
  policy: z
    .strictObject({
      dedup: durationOption('1h', 'No second message about the same alert within this time, but for a critical one.'),
      rate: z.int().min(1).max(1_000).default(5).describe('The most messages about one subject in an hour.'),
      remind_every: durationOption('4h', 'An alert that goes on is told again after this time.'),
      batch: durationOption('0s', 'Alerts of one group wait this long for others.'),
      auto_resolve: durationOption(
        '24h',
        'An alert whose condition was seen gone is over after this time at the latest.',
      ),
      page_past: z
        .boolean()
        .default(false)
        .describe('Whether an incident that was over before it was found is told at once, not in the digest alone.'),
    })
    .prefault({})
    .describe('The limits of messages about alerts.'),
  inhibit: z.array(inhibitRule).max(200).default([]).describe('Alerts that keep others quiet while they are active.'),
  silences: z.array(silence).max(500).default([]).describe('Alerts that nobody is told of for a time.'),
  escalation: z
    .record(shortName, z.array(level).min(1).max(10))
    .default({})
    .describe('Who is told when nobody looks, by the name of a rule, by severity, or `default`.'),
};
