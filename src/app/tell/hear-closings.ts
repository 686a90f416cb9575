import type { EventOf } from '../../core/event.ts';
import { attempt } from '../../core/failure.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { WatchJob } from '../job.ts';
import type { LedgerState } from '../state.ts';
import type { Upheld } from '../stop/upheld.ts';

/** Used for the person who closed an issue: the list of issues does not say who it was. */
const SOMEBODY = 'somebody';
const NOTE = 'closed the issue while the condition holds';

const NOTHING: Upheld = { complaints: [], incomplete: false, done: false };

/**
 * Treats an issue that somebody closed while its alert holds as an acknowledgement of that episode, and says so once: it stays
 * closed, and nobody is reminded. Reopening it takes that back. Needs one request, and none while no alert has an issue. If the
 * list cannot be read, nothing changes.
 * @throws OutsideFailure when the ledger cannot be written.
 */
export async function hearClosings(job: WatchJob, state: LedgerState): Promise<Upheld> {
  const { issues, config } = job;
  const [label] = config.issues.labels;
  if (issues === null || livingIssues(state).length === 0 || label === undefined) return NOTHING;
  const listed = await attempt(() => issues.withLabel(label));
  if (!listed.ok) return NOTHING;
  const seen = new Map(listed.value.map((issue) => [issue.number, issue.state]));
  const known = turned(state, seen);
  if (known.length === 0) return NOTHING;
  const heard: { turns: readonly Turn[] } = { turns: [] };
  await job.ledger.append((now) => {
    // What a concurrent run has heard since is newer than our list.
    heard.turns = turned(now, seen).filter(({ number, to }) =>
      known.some((one) => one.number === number && one.to === to),
    );
    return heard.turns.map((turn) => turnEvent(job, turn));
  });
  return { complaints: heard.turns.map(words), incomplete: false, done: heard.turns.length > 0 };
}

/** An issue that somebody closed or reopened since the last look. */
interface Turn {
  readonly fingerprint: string;
  readonly number: number;
  readonly episode: number;
  readonly to: 'open' | 'closed';
}

/** Issues of active alerts: those that should be open, and those that somebody closed. */
function livingIssues({ responses, alerts }: LedgerState): readonly Turn[] {
  return Object.entries(responses.issues).flatMap(([fingerprint, { number, episode, state, gone }]) => {
    const alert = alerts.alerts[fingerprint];
    if (alert?.state !== 'active' || alert.episode !== episode || state !== 'open' || gone) return [];
    const { acknowledged } = alert;
    if (acknowledged !== null && acknowledged.via !== 'closing') return [];
    return [{ fingerprint, number, episode, to: acknowledged === null ? 'closed' : 'open' }];
  });
}

/** The changes to them that nobody has heard of yet. */
function turned(state: LedgerState, seen: ReadonlyMap<number, 'open' | 'closed'>): readonly Turn[] {
  return livingIssues(state).filter(({ number, to }) => seen.get(number) === to);
}

function turnEvent(
  { now, repo, by }: WatchJob,
  { fingerprint, episode, to }: Turn,
): EventOf<'alert.acknowledged' | 'alert.unacknowledged'> {
  const about = { fingerprint, episode };
  const base = { v: 1, at: now, seen: now, repo, subject: repositorySubject(repo) } as const;
  // Somebody may close it again: the moment and the process tell the closings apart.
  const id = `by-${to === 'closed' ? 'closing' : 'reopening'}:${fingerprint}:${episode}:${now}:${by}`;
  if (to === 'open') return { ...base, id, kind: 'alert.unacknowledged', data: { ...about, because: 'by_a_person' } };
  const acknowledgement = { by: SOMEBODY, at: now, until: null, note: NOTE, via: 'closing' } as const;
  return { ...base, id, kind: 'alert.acknowledged', data: { ...about, acknowledgement } };
}

function words({ number, to }: Turn): string {
  return to === 'closed'
    ? `issue #${number} was closed while its condition holds: this is taken for an acknowledgement, and it stays closed`
    : `issue #${number} was opened again: the acknowledgement by closing it is taken back`;
}
