import { DAY, type Duration, HOUR, parseDuration } from '../../core/time.ts';
import type { Invocation } from '../shell/flags.ts';
import { quoted } from '../shell/quoted.ts';
import { UsageError } from '../shell/world.ts';

/**
 * How far a report looks back: `--since`, or the report's default. `longest` is a number of whole days.
 * @throws UsageError for anything but a duration from an hour to the longest.
 */
export function sinceLength(
  invocation: Invocation,
  { usual, longest }: { readonly usual: Duration; readonly longest: Duration },
): Duration {
  const text = invocation.value('since');
  if (text === null) return usual;
  const length = parseDuration(text);
  if (length !== null && length >= HOUR && length <= longest) return length;
  throw new UsageError(
    `--since takes a length of time from 1h to ${longest / DAY}d, such as 24h or 7d, not ${quoted(text)}.`,
  );
}
