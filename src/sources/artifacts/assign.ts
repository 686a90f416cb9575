import type { RunMark } from '../../core/facts.ts';
import type { RemoteArtifact } from '../../github/port.ts';

/**
 * The artifacts that an attempt of a run left. An artifact belongs to the last attempt that had started when it was created. One
 * older than the run was left by something else. `attempts` are all known attempts of the same run.
 */
export function artifactsOf(
  mark: RunMark,
  attempts: readonly RunMark[],
  artifacts: readonly RemoteArtifact[],
): readonly RemoteArtifact[] {
  const next = attempts
    .filter(({ attempt }) => attempt > mark.attempt)
    .map(({ startedAt }) => startedAt)
    .sort()[0];
  // The recorded start of a first attempt may be slightly after its first job began. Its creation time never is.
  const from = mark.attempt === 1 && mark.createdAt < mark.startedAt ? mark.createdAt : mark.startedAt;
  return artifacts
    .filter(({ run, createdAt }) => run === mark.run && createdAt >= from && (next === undefined || createdAt < next))
    .sort((a, b) => a.id - b.id);
}
