import { z } from 'zod';
import { canonicalJson } from '../core/canonical.ts';
import type {
  Contacts,
  DigestTerms,
  EscalationLevel,
  EscalationPolicies,
  InhibitRule,
  MaintenanceWindow,
  MatcherSilence,
  Matchers,
  NoticePolicy,
  Preference,
  Weekday,
} from '../core/notice-terms.ts';
import { type Instant, parseInstant } from '../core/time.ts';
import { durationOption, environmentName, shortName, timeZone } from './values.ts';

const MOST = 100;

const names = z.array(shortName).max(MOST).default([]);

const matchers: z.ZodType<Matchers, unknown> = z
  .record(z.string().regex(/^[A-Za-z_]\w{0,79}$/, 'expected the name of a label'), z.string().min(1).max(200))
  .describe('What an alert must be like, label by label; values are globs, and a `!` in front turns one round.');

const moment: z.ZodType<Instant, unknown> = z
  .string()
  .refine((text) => parseInstant(text) !== null, 'expected a moment such as 2026-12-01T08:00:00Z')
  .transform((text) => parseInstant(text) ?? '');

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time of day such as '08:30'");

const weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);

const EVERY_DAY: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The limits that apply to all messages. */
export const policySchema: z.ZodType<NoticePolicy, unknown> = z
  .strictObject({
    dedup: durationOption(
      '1h',
      'An alert that comes back within this time is not sent again until it is over; critical ones are.',
    ),
    rate: z
      .int()
      .min(1)
      .max(1_000)
      .default(5)
      .describe('The most messages about one subject through one channel in an hour; the rest is counted in a digest.'),
    remind_every: durationOption('1d', 'An alert that goes on is sent again after this time.', { least: '15m' }),
    batch: durationOption('0s', 'How long alerts of one group wait for others; critical ones do not wait.'),
    group_by: z
      .array(z.string().min(1).max(80))
      .max(8)
      .default([])
      .describe('Labels that make a group; alerts of one group share a message.'),
    auto_resolve: durationOption(
      '24h',
      'An alert whose condition was seen gone is over after this time at the latest.',
      {
        least: '1m',
      },
    ),
    interval: durationOption('15m', 'How far two levels of an escalation are apart at least when a run comes late.', {
      least: '1m',
    }),
    catch_up: z
      .enum(['next', 'highest'])
      .default('next')
      .describe(
        'Whether a late run goes to the next level, or with a critical alert at once to the highest that is due.',
      ),
    page_past: z
      .boolean()
      .default(false)
      .describe('Whether what was over before anybody looked is sent at once; otherwise it is in digests only.'),
    fallback: names.describe('Channels that get a message which another one does not take.'),
    watchdog: z
      .boolean()
      .default(false)
      .describe('An alert that fires at all times, so that a receiver can tell when nothing watches.'),
  })
  .prefault({})
  .describe('The limits of messages to channels.');

const level: z.ZodType<EscalationLevel, unknown> = z.strictObject({
  after: z
    .union([z.literal(0), durationOption('0s', '')], { error: 'expected a duration such as 15m, 6h or 30d, or 0' })
    .prefault('0s')
    .describe('How long after the alert became active.'),
  channels: names.describe('The channels of this level; with no people either, those of the rule.'),
  contacts: names.describe('The people of this level, by their names under `contacts`.'),
});

const levels: z.ZodType<readonly EscalationLevel[], unknown> = z
  .array(level)
  .min(1)
  .max(10)
  .superRefine((given, { addIssue }) => {
    // Levels are passed through in order, so one that is due before the level in front of it never comes on time.
    const late = given.findIndex(({ after }, i) => after < (given[i - 1]?.after ?? 0));
    if (late === -1) return;
    addIssue({
      code: 'custom',
      path: [late, 'after'],
      message: 'expected a time that is not before that of the level above',
    });
  });

/** Who is notified if nobody has looked. */
export const escalationSchema: z.ZodType<EscalationPolicies, unknown> = z
  .record(shortName, levels)
  .default({})
  .describe('Levels of escalation, by the name of a rule, a severity, or `default`.');

/** How people are reached. */
const contactsSchema: z.ZodType<Contacts, unknown> = z
  .record(shortName, z.array(shortName).min(1).max(10))
  .default({})
  .describe('The channels on which each person is reached.');

const inhibitRule: z.ZodType<InhibitRule, unknown> = z
  .strictObject({
    source: matchers.describe('The alerts that hold others back while they are active.'),
    target: matchers.describe('The alerts that are held back.'),
    equal: z.array(z.string().min(1).max(80)).max(20).default([]).describe('Labels that must be the same in both.'),
  })
  .refine(({ source, target }) => asked(source) !== asked(target), {
    error: 'the same alerts are on both sides, and none of them ever holds another back',
    path: ['target'],
  });

/** What matchers really require: a lone star matches everything. */
function asked(match: Matchers): string {
  return canonicalJson(Object.fromEntries(Object.entries(match).filter(([, glob]) => !/^\*+$/.test(glob))));
}

/** Which alerts hold back others. */
export const inhibitSchema: z.ZodType<readonly InhibitRule[], unknown> = z
  .array(inhibitRule)
  .max(MOST)
  .default([])
  .describe('Alerts that hold others back while they are active.');

const silence: z.ZodType<MatcherSilence, unknown> = z
  .strictObject({
    match: matchers,
    from: moment.describe('When it begins.'),
    until: moment.describe('When it ends.'),
    author: shortName.describe('Who set it.'),
    reason: z.string().min(1).max(200).describe('Why.'),
  })
  .refine(({ from, until }) => from < until, { error: 'expected an end after the beginning', path: ['until'] });

/** Alerts that nobody is notified about for a while. */
export const silencesSchema: z.ZodType<readonly MatcherSilence[], unknown> = z
  .array(silence)
  .max(MOST)
  .default([])
  .describe('Alerts that nobody hears of for a while; each with an end, an author and a reason.');

const maintenanceWindow: z.ZodType<MaintenanceWindow, unknown> = z
  .strictObject({
    name: shortName.describe('What messages call it.'),
    match: matchers.default({}),
    days: z
      .array(weekday)
      .min(1)
      .max(7)
      .default([...EVERY_DAY])
      .describe('The days on which it begins.'),
    from: timeOfDay.describe('When it begins, in local time.'),
    until: timeOfDay.describe('When it ends, in local time; on the next day where that is not later.'),
    zone: timeZone.default('UTC').describe('The time zone.'),
  })
  .refine(({ from, until }) => from !== until, {
    error: "expected another time than that of 'from'; a whole day goes from 00:00 to 23:59",
    path: ['until'],
  });

/** Silences that recur every week. */
const maintenanceSchema: z.ZodType<readonly MaintenanceWindow[], unknown> = z
  .array(maintenanceWindow)
  .max(MOST)
  .default([])
  .describe('Times of the week in which nobody is notified.');

const preference: z.ZodType<Preference, unknown> = z
  .strictObject({
    channel: shortName.nullable().default(null).describe('The channel; left out, all of them.'),
    person: shortName
      .nullable()
      .default(null)
      .describe('The person, by the name under `contacts`; left out, everybody.'),
    match: matchers.default({}),
    send: z
      .enum(['all', 'critical', 'summary', 'mute'])
      .describe(
        'What is sent: everything, critical alerts only, the others in the digest, or nothing else until the end.',
      ),
    until: moment.nullable().default(null).describe('When it ends; `mute` needs an end.'),
  })
  .refine(({ send, until }) => send !== 'mute' || until !== null, { error: "'mute' needs an end", path: ['until'] });

/** How much of what is sent where. */
const preferencesSchema: z.ZodType<readonly Preference[], unknown> = z
  .array(preference)
  .max(MOST)
  .default([])
  .describe('How much a channel or a person wants to hear. Critical alerts are always sent.');

const digest: z.ZodType<DigestTerms, unknown> = z.strictObject({
  every: z.enum(['day', 'week']).describe('How often.'),
  day: weekday.default('mon').describe('The day of a weekly one.'),
  at: timeOfDay.default('08:00').describe('When, in local time.'),
  zone: timeZone.default('UTC').describe('The time zone.'),
  channels: z.array(shortName).min(1).max(20).describe('Where it is sent.'),
});

/** Digests of what changed. */
const digestsSchema: z.ZodType<readonly DigestTerms[], unknown> = z
  .array(digest)
  .max(20)
  .default([])
  .describe('Digests: what is new, what is over and what was held back since the one before.');

/** Who is notified that a run went well. */
const heartbeatSchema: z.ZodType<string | null, unknown> = environmentName
  .nullable()
  .default(null)
  .describe('The environment variable with an https address that is called after each good run. `null` is none.');

/** Every section of the configuration about who is sent what. */
export const noticeSections: {
  readonly policy: z.ZodType<NoticePolicy, unknown>;
  readonly escalation: z.ZodType<EscalationPolicies, unknown>;
  readonly contacts: z.ZodType<Contacts, unknown>;
  readonly preferences: z.ZodType<readonly Preference[], unknown>;
  readonly digests: z.ZodType<readonly DigestTerms[], unknown>;
  readonly inhibit: z.ZodType<readonly InhibitRule[], unknown>;
  readonly silences: z.ZodType<readonly MatcherSilence[], unknown>;
  readonly maintenance: z.ZodType<readonly MaintenanceWindow[], unknown>;
  readonly heartbeat_env: z.ZodType<string | null, unknown>;
} = {
  policy: policySchema,
  escalation: escalationSchema,
  contacts: contactsSchema,
  preferences: preferencesSchema,
  digests: digestsSchema,
  inhibit: inhibitSchema,
  silences: silencesSchema,
  maintenance: maintenanceSchema,
  heartbeat_env: heartbeatSchema,
};
