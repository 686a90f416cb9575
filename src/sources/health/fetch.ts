import type { EventOf } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import { attempt } from '../../core/failure.ts';
import type { Probe, ProbeMark } from '../../core/health.ts';
import { after, between, DAY, type Duration, type Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Gathered } from '../progress.ts';

/** How a reading of the ledger went. */
export interface LedgerReading {
  readonly ok: boolean;
  readonly latency: Duration | null;
  /** In our words; null when it went well. */
  readonly problem: string | null;
}

/** What is looked at, and how. */
export interface HealthRequest {
  readonly repo: string;
  readonly now: Instant;
  /** Unique for each process. */
  readonly by: string;
  /** Null where the ledger was not read yet. */
  readonly ledger: LedgerReading | null;
  readonly github: Pick<GitHub, 'actions' | 'usage'> | null;
  readonly runs: readonly RunMark[];
  /** What was probed before, oldest first, by what it is of. */
  readonly before: Readonly<Record<string, readonly ProbeMark[]>>;
  /** Asks the MCP servers whose time has come. */
  readonly servers: readonly { readonly name: string; readonly every: Duration; readonly ask: () => Promise<Probe> }[];
}

/** Looks whether what Checkrein rests on answers. Costs at most one request, and none where no run is new. */
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

/** The wait for a runner is told by the jobs of a run alone; one run, the newest, stands for the rest. */
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

/** From when the first job was made to when it began; null where GitHub does not tell or cannot be asked. */
async function queueOf(github: Pick<GitHub, 'actions'>, { run, attempt: nth }: RunMark): Promise<Duration | null> {
  const jobs = await attempt(() => github.actions.jobs(run, nth));
  if (!jobs.ok) return null;
  const waits = jobs.value.flatMap(({ began, createdAt, startedAt }) =>
    began && createdAt !== null && startedAt !== null ? [{ createdAt, wait: between(createdAt, startedAt) }] : [],
  );
  const first = waits.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))[0];
  return first === undefined || first.wait < 0 ? null : first.wait;
}
