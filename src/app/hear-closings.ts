import type { EventOf } from '../core/event.ts';
import { attempt } from '../core/failure.ts';
import { repositorySubject } from '../core/subject.ts';
import type { LivingIssue } from '../responses/log.ts';
import type { WatchJob } from './job.ts';
import type { LedgerState } from './state.ts';
import type { Upheld } from './uphold.ts';

/** Stands for whoever closed an issue: the list of issues does not say. */
const SOMEBODY = 'somebody';
const NOTE = 'closed the issue while the condition holds';

const NOTHING: Upheld = { complaints: [], incomplete: false, done: false };

/**
 * Takes an issue that somebody closed while its alert holds for an acknowledgement of that episode, and says so once: it stays
 * closed, and nobody is reminded. One request, and none while no issue is open. A list that cannot be read leaves all as it was.
 * @throws OutsideFailure when the ledger cannot be written.
 */
export async function hearClosings(job: WatchJob, state: LedgerState): Promise<Upheld> {
  const { issues, config } = job;
  const open = openIssues(state);
  const [label] = config.issues.labels;
  if (issues === null || open.length === 0 || label === undefined) return NOTHING;
  const listed = await attempt(() => issues.withLabel(label));
  if (!listed.ok) return NOTHING;
  const closed = new Set(listed.value.filter((issue) => issue.state === 'closed').map(({ number }) => number));
  if (!open.some(([, { number }]) => closed.has(number))) return NOTHING;
  const heard: { numbers: readonly number[] } = { numbers: [] };
  await job.ledger.append((now) => {
    const mine = openIssues(now).filter(([, { number }]) => closed.has(number));
    heard.numbers = mine.map(([, { number }]) => number);
    return mine.map(([fingerprint, { episode }]) => closingEvent(job, fingerprint, episode));
  });
  const complaints = heard.numbers.map(
    (number) =>
      `issue #${number} was closed while its condition holds: this is taken for an acknowledgement, and it stays closed`,
  );
  return { complaints, incomplete: false, done: true };
}

/** Issues that should be open, of alerts that nobody has taken on. */
function openIssues({ responses, alerts }: LedgerState): readonly (readonly [string, LivingIssue])[] {
  return Object.entries(responses.issues).filter(([fingerprint, issue]) => {
    const alert = alerts.alerts[fingerprint];
    const isAwaited = alert?.state === 'active' && alert.acknowledged === null && alert.episode === issue.episode;
    return isAwaited && issue.state === 'open' && !issue.gone;
  });
}

function closingEvent(job: WatchJob, fingerprint: string, episode: number): EventOf<'alert.acknowledged'> {
  return {
    v: 1,
    id: `ack-by-closing:${fingerprint}:${episode}`,
    kind: 'alert.acknowledged',
    at: job.now,
    seen: job.now,
    repo: job.repo,
    subject: repositorySubject(job.repo),
    data: {
      fingerprint,
      episode,
      acknowledgement: { by: SOMEBODY, at: job.now, until: null, note: NOTE, via: 'closing' },
    },
  };
}
