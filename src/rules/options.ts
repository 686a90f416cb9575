import { z } from 'zod';
import { type Duration, parseDuration } from '../core/time.ts';

/** The switch that every rule has. */
export function enabledOption(): z.ZodDefault<z.ZodBoolean> {
  return z.boolean().default(true).describe('Whether the question is asked at all; when not, its alerts end.');
}

/** A length of time as people write it (`15m`, `1h30m`), at most `most`. It stays text until `readDuration` reads it. */
export function durationOption(whenAbsent: string, most: string, description: string): z.ZodDefault<z.ZodString> {
  return z
    .string()
    .regex(/^(\d+(ms|s|m|h|d|w))+$/, 'expected a duration such as 15m, 6h or 2d')
    .refine((text) => (parseDuration(text) ?? 0) <= readDuration(most), `expected at most ${most}`)
    .default(whenAbsent)
    .describe(`${description} At most ${most}.`);
}

/** A duration from parsed options in milliseconds. @throws RangeError if the options were never parsed. */
export function readDuration(text: string): Duration {
  const duration = parseDuration(text);
  if (duration === null) throw new RangeError(`'${text}' is no duration.`);
  return duration;
}
