import { attempt } from '../../core/failure.ts';
import { plainLine } from '../../core/text.ts';
import { forgetTold, rememberTold, toldIssues } from '../../responses/without-ledger/issue.ts';
import type { ToldAlone } from '../../responses/without-ledger/record.ts';
import type { WatchJob } from '../job.ts';
import { eventsOfTold } from './without-ledger.ts';

/**
 * Takes what earlier runs reported without this ledger into it, so that this run tells the same channels that it is over. One
 * request, and none when rules name no channel. What cannot be read or written now is taken in by the next run.
 */
export async function takeInTold(job: WatchJob): Promise<void> {
  const { issues, deliver, config, repo, now } = job;
  if (issues === null || deliver === null || !tellsSomebody(job)) return;
  const found = await attempt(() => toldIssues(issues, config.issues.labels[0] ?? 'checkrein'));
  if (!found.ok || found.value.length === 0) return;
  const told = found.value.flatMap((issue) => issue.told).filter(({ at }) => at <= now);
  const taken = await attempt(() => job.ledger.append(() => eventsOfTold(told, repo)));
  if (!taken.ok) return;
  // An issue that cannot be closed now is taken in again by the next run, which adds nothing.
  for (const issue of found.value) await attempt(() => forgetTold(issues, issue));
}

/** Remembers in an issue what was reported while no ledger could be read; returns what a person should know about that. */
export async function keepTold({ issues, config }: WatchJob, told: readonly ToldAlone[]): Promise<readonly string[]> {
  if (told.length === 0) return [];
  const never = 'so nobody will be told automatically when it is over';
  if (issues === null) return [`this job may not write issues and cannot remember what it sent, ${never}`];
  const kept = await attempt(() => rememberTold(issues, config.issues.labels, told));
  return kept.ok
    ? []
    : [`what was sent could not be remembered in an issue, ${never}: ${plainLine(kept.failure.message)}`];
}

function tellsSomebody({ config: { escalation, alerts } }: WatchJob): boolean {
  return Object.keys(escalation).length > 0 || alerts.rules.some(({ channels }) => channels.length > 0);
}
