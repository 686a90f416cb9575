import { lastDue } from '../../core/cron.ts';
import { after, between, type Duration, type Instant, WEEK } from '../../core/time.ts';

/**
 * How long after its latest due minute a scheduled run began. A lower bound, since an earlier due minute may have been dropped
 * altogether. Null when `cron` is not a five-field cron line in UTC, or was not due within the week before.
 */
export function lateness(cron: string, startedAt: Instant): Duration | null {
  const due = lastDue({ cron, zone: 'UTC' }, { from: after(startedAt, -WEEK), to: startedAt });
  return due === null ? null : between(due, startedAt);
}
