import { fingerprint } from '../../alerts/identity.ts';
import type { AlertChange } from '../../core/alert.ts';
import type { EventOf } from '../../core/event.ts';
import type { Finding } from '../../core/finding.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { WatchJob } from '../job.ts';

/** What detectors found, once per episode of the alert. */
export function anomalyEvents(
  { repo, now }: Pick<WatchJob, 'repo' | 'now'>,
  changes: readonly AlertChange[],
  findings: readonly Finding[],
): readonly EventOf<'anomaly.found'>[] {
  const found = new Map(
    findings.flatMap((finding) =>
      finding.outcome === 'violated' && finding.anomaly !== undefined
        ? [[fingerprint(repo, finding), finding.anomaly] as const]
        : [],
    ),
  );
  return changes.flatMap((change) => {
    const anomaly = change.kind === 'activated' ? found.get(change.fingerprint) : undefined;
    if (change.kind !== 'activated' || anomaly === undefined) return [];
    const { fingerprint: id, episode, name, subject } = change;
    return {
      v: 1,
      id: `anomaly:${id}:${episode}`,
      kind: 'anomaly.found',
      at: now,
      seen: now,
      repo,
      subject,
      data: { rule: name, fingerprint: id, episode, anomaly },
    };
  });
}

/** Records once that a mark has expired. */
export function markEndEvents(
  { repo, now }: Pick<WatchJob, 'repo' | 'now'>,
  over: readonly EventOf<'alert.unmarked'>['data'][],
): readonly EventOf<'alert.unmarked'>[] {
  return over.map((data) => ({
    v: 1,
    id: `unmark:${data.fingerprint}:${data.setAt}`,
    kind: 'alert.unmarked',
    at: now,
    seen: now,
    repo,
    subject: repositorySubject(repo),
    data,
  }));
}
