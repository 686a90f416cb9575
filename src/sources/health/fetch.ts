import type { EventOf } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import { attempt } from '../../core/failure.ts';
import type { Probe, ProbeMark } from '../../core/health.ts';
import { after, between, DAY, type Duration, type Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Gathered } from '../progress.ts';

/** The result of reading the ledger. */
export interface LedgerReading {
  readonly ok: boolean;
  readonly latency: Duration | null;
  /** In our own words. Null if it succeeded. */
  readonly problem: string | null;
}

/** What is checked, and how. */
export interface HealthRequest {
  readonly repo: string;
  readonly now: Instant;
  /** Unique for each process. */
  readonly by: string;
  /** Null if the ledger was not read yet. */
  readonly ledger: LedgerReading | null;
  readonly github: Pick<GitHub, 'actions' | 'usage'> | null;
  readonly runs: readonly RunMark[];
  /** Earlier probes by their target, oldest first. */
  readonly before: Readonly<Record<string, readonly ProbeMark[]>>;
  /** Probes the MCP servers that are due. */
  readonly servers: readonly { readonly name: string; readonly every: Duration; readonly ask: () => Promise<Probe> }[];
}

/** Checks whether the services that Checkrein depends on respond. Costs at most one request, and none without a new run. */
export async function gatherHealth(request: HealthRequest): Promise<Gathered> {
  const { repo, now, by, ledger } = request;
  const actions = await actionsProbe(request);
  const due = request.servers.filter((server) => isDue(request, server));
  const servers = await Promise.all(due.map(({ ask }) => ask()));
  const probes: readonly Probe[] = [
    ...(ledger === null ? [] : [{ what: 'database' as const, ...ledger }]),
    ...actions,
    ...servers,
  ];
  if (probes.length === 0) return { events: [], complaints: [] };
  const event: EventOf<'health.probed'> = {
    v: 1,
    id: `health:${now}:${by}`,
    kind: 'health.probed',
    at: now,
    seen: now,
    repo,
    subject: { kind: 'checkrein', name: 'health' },
    data: { probes },
  };
  return { events: [event], complaints: [] };
}

function isDue(
  { before, now }: HealthRequest,
  { name, every }: { readonly name: string; readonly every: Duration },
): boolean {
  const last = before[`mcp-server:${name}`]?.at(-1);
  return last === undefined || between(last.at, now) >= every;
}

/** Only the jobs of a run show the wait for a runner. The newest run represents the rest. */
async function actionsProbe({ github, runs, before, now }: HealthRequest): Promise<readonly Probe[]> {
  if (github === null) return [];
  const seen = before['github-actions']?.findLast((mark) => mark.what === 'github-actions' && mark.run !== null);
  const newest = runs
    .filter(({ status, startedAt }) => status !== 'queued' && startedAt > after(now, -DAY) && startedAt <= now)
    .reduce<RunMark | null>((last, run) => (last === null || run.startedAt > last.startedAt ? run : last), null);
  const isNew = newest !== null && !(seen?.what === 'github-actions' && seen.run === newest.run);
  const queue = isNew ? await queueOf(github, newest) : null;
  const { remaining } = github.usage();
  return [{ what: 'github-actions', run: isNew ? newest.run : null, queue, requestsLeft: remaining }];
}

/** The time from the creation of the first job to its start. Null if GitHub does not say or cannot be reached. */
async function queueOf(github: Pick<GitHub, 'actions'>, { run, attempt: nth }: RunMark): Promise<Duration | null> {
  const jobs = await attempt(() => github.actions.jobs(run, nth));
  if (!jobs.ok) return null;
  const waits = jobs.value.flatMap(({ began, createdAt, startedAt }) =>
    began && createdAt !== null && startedAt !== null ? [{ createdAt, wait: between(createdAt, startedAt) }] : [],
  );
  const first = waits.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))[0];
  return first === undefined || first.wait < 0 ? null : first.wait;
}
