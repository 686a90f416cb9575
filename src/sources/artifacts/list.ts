import type { RunMark } from '../../core/facts.ts';
import type { GitHub, RemoteArtifact } from '../../github/port.ts';

/** Up to this many runs are asked for one by one. */
const ONE_BY_ONE = 5;

/** Lists the artifacts of a run on demand. */
export type ListArtifacts = (run: number) => Promise<readonly RemoteArtifact[]>;

/**
 * Prepares to list the artifacts of runs with few requests. A few runs are listed one by one. For many, the list of the whole
 * repository is read, newest first, until it is older than the oldest run. Once that list costs more than it saves, the rest is
 * asked for one by one.
 */
export async function listArtifacts(github: GitHub, awaited: readonly RunMark[]): Promise<ListArtifacts> {
  const oneByOne: ListArtifacts = (run) => github.actions.runArtifacts(run);
  if (awaited.length <= ONE_BY_ONE) return oneByOne;
  const oldest = awaited.map(({ createdAt }) => createdAt).sort()[0] ?? '';
  const byRun = new Map<number, RemoteArtifact[]>();
  let listedBack: string | null = null;
  for (let page = 1; page <= awaited.length; page += 1) {
    const { items, hasNext } = await github.actions.artifacts(page);
    for (const artifact of items) addTo(byRun, artifact);
    listedBack = hasNext ? (items.at(-1)?.createdAt ?? listedBack) : '';
    if (!hasNext || (listedBack !== null && listedBack < oldest)) break;
  }
  // Everything created after the last listed moment was seen, so runs that began after it are complete.
  const complete = new Set(
    awaited.filter((mark) => listedBack !== null && mark.createdAt > listedBack).map(({ run }) => run),
  );
  return async (run) => (complete.has(run) ? (byRun.get(run) ?? []) : await oneByOne(run));
}

function addTo(byRun: Map<number, RemoteArtifact[]>, artifact: RemoteArtifact): void {
  if (artifact.run === null) return;
  const list = byRun.get(artifact.run);
  if (list === undefined) byRun.set(artifact.run, [artifact]);
  // A list that grows while it is paged shows an artifact twice.
  else if (!list.some(({ id }) => id === artifact.id)) list.push(artifact);
}
