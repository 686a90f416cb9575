import { z } from 'zod';
import { type CronSchedule, cronValues } from '../core/cron.ts';
import { type Duration, parseDuration } from '../core/time.ts';
import { isZone } from '../core/zone.ts';

type DurationOption = z.ZodPrefault<z.ZodPipe<z.ZodString, z.ZodTransform<Duration, string>>>;

/** The shortest and the longest time that an option takes, written as people write them. */
interface Bounds {
  readonly least: string;
  readonly most?: string;
}

/** A length of time as people write it (`15m`, `6h`, `30d`), parsed into milliseconds. `whenAbsent` is written the same way. */
export function durationOption(whenAbsent: string, description: string, bounds?: Bounds): DurationOption {
  return z
    .string()
    .regex(/^(\d+(ms|s|m|h|d|w))+$/, 'expected a duration such as 15m, 6h or 30d')
    .refine((text) => bounds === undefined || isWithin(text, bounds), `expected ${boundsText(bounds)}`)
    .transform((text) => parseDuration(text) ?? 0)
    .prefault(whenAbsent)
    .describe(description);
}

function isWithin(text: string, { least, most }: Bounds): boolean {
  const duration = parseDuration(text);
  // Text that is not a duration has a message of its own.
  if (duration === null || duration < (parseDuration(least) ?? 0)) return duration === null;
  return most === undefined || duration <= (parseDuration(most) ?? 0);
}

function boundsText({ least, most }: Bounds = { least: '0ms' }): string {
  return most === undefined ? `${least} at least` : `a duration from ${least} to ${most}`;
}

/** A GitHub login: letters, digits and single hyphens, at most 39. */
export const login: z.ZodType<string, string> = z
  .string()
  .regex(/^[A-Za-z\d](?:-?[A-Za-z\d]){0,38}$/, 'expected the login of a person, without @');

/** The path of a workflow file in the repository. */
export const workflowPath: z.ZodType<string, string> = z
  .string()
  .regex(/^\.github\/workflows\/[^/]+\.ya?ml$/, 'expected a path such as .github/workflows/nightly-fixer.yml');

/** A name that appears in keys, labels and titles. */
export const shortName: z.ZodType<string, string> = z
  .string()
  .regex(/^[A-Za-z\d][\w.-]{0,79}$/, 'expected a name of letters, digits, dots, hyphens and underscores, at most 80');

/** The name of a time zone. */
export const timeZone: z.ZodType<string, string> = z
  .string()
  .refine(isZone, 'expected a time zone such as Europe/Berlin or UTC');

const cronLine = z
  .string()
  .max(200)
  .refine((line) => cronValues(line) !== null, 'expected five fields of cron within their bounds, such as 17 3 * * *');

const cronInZone = z.strictObject({
  cron: cronLine.describe('Five fields of cron, as in the `on: schedule` of a workflow.'),
  time_zone: timeZone.default('UTC').describe('The time zone of the clock that it goes by; left out, UTC.'),
});

/** Five cron fields in UTC, or with a time zone: as in a workflow's `schedule`. */
export const cronSchedule: z.ZodType<CronSchedule, unknown> = z
  .union([cronLine, cronInZone], {
    error: 'expected five fields of cron, such as 17 3 * * *, or { cron: …, time_zone: … }',
  })
  .transform((written) => {
    const { cron, time_zone: zone } = typeof written === 'string' ? { cron: written, time_zone: 'UTC' } : written;
    return { cron, zone };
  })
  .describe(
    'When it should run, in five fields of cron: `17 3 * * *`, in UTC, or `{ cron: 17 3 * * *, time_zone: Europe/Berlin }`. An agent that is due ' +
      'and does not run within `rules.anomaly.schedule_grace` is reported as silent. Without it, what is too long is learned from its runs.',
  );

/** The name of an environment variable that contains something secret. What the runner sets itself is not ours to send. */
export const environmentName: z.ZodType<string, string> = z
  .string()
  .regex(
    /^(?!(?:GITHUB|ACTIONS|RUNNER)_)[A-Z][A-Z\d_]{0,99}$/,
    'expected the name of an environment variable such as STOP_WEBHOOK_URL, never what it holds',
  );

/** The name of a repository variable. */
export const variableName: z.ZodType<string, string> = z
  .string()
  .regex(/^(?!GITHUB_)[A-Z_][A-Z\d_]{0,99}$/, 'expected the name of a variable such as CHECKREIN_STOP');

/** A UTC day. */
export const dayText: z.ZodType<string, string> = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'expected a day such as 2026-11-01');
