import type { LedgerEvent } from '../../core/event.ts';
import { attempt } from '../../core/failure.ts';
import { matchesGlob } from '../../core/glob.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';
import type { BuildsApi, RemoteBuildJob } from '../../github/builds-port.ts';
import type { RemoteRun } from '../../github/remote.ts';
import { type Gathered, gather, type SourceMoment, type SourcesState, watermarkOf } from '../progress.ts';
import { type Analysis, type Build, buildEvent } from './parse.ts';
import { type BuildsPlace, formatPlace, parsePlace } from './place.ts';

/** Its name as a source. */
export const BUILDS = 'builds';

/** How long before its end a build may have begun, and how long it is looked for. */
const LONGEST: Duration = DAY;
/** Longer lists are cut, with a remark: nobody who starts more runs in a day needs each of them. */
const MOST_PAGES = 3;
/** At most this many failed jobs of one run are asked for their messages. */
const MOST_FAILED_JOBS = 3;
/** At most this many jobs of one run are asked for their analyser's findings. */
const MOST_ANALYSED_JOBS = 5;
/** A run costs no more than this. */
const MOST_REQUESTS = 1 + MOST_FAILED_JOBS + MOST_ANALYSED_JOBS;

export interface BuildsRequest {
  readonly builds: BuildsApi;
  readonly moment: SourceMoment;
  readonly sources: SourcesState;
  /** Workflow files of agents, which are read elsewhere as sessions. */
  readonly agents: readonly string[];
  /** Names of workflow files as globs. A leading `!` excludes files. */
  readonly workflows: readonly string[];
  /** Whether failed jobs are asked for their error messages. */
  readonly errors: boolean;
  /** Names of jobs as globs. Their annotations on files count as results of an analyser. */
  readonly analysers: readonly string[];
  /** At most this many runs are read at a time. The next run reads the rest. */
  readonly mostRuns: number;
  /** Whether this many requests may still be made. */
  readonly canAfford: (requests: number) => boolean;
}

/**
 * Reads the builds that have ended since the last look. This takes one request if none has, plus one per build, per failed job and
 * per configured analyser. A failure is only reported, because it hides nothing of what agents spend.
 */
export async function gatherBuilds(request: BuildsRequest): Promise<Gathered> {
  const { moment, sources, builds } = request;
  const place = parsePlace(watermarkOf(sources, BUILDS)) ?? { from: after(moment.now, -LONGEST), read: [] };
  const listed = await attempt(() => endedSince(builds, place.from));
  if (!listed.ok) return told(`How builds fare is not known: ${listed.failure.message}. ${listed.failure.remedy}.`);
  const known = new Set(place.read);
  const runs = listed.value.runs.filter((run) => isWanted(run, request));
  const fresh = runs.filter((run) => !known.has(keyOf(run))).reverse();
  return await gather(BUILDS, moment, async () => {
    const read = await readBuilds(request, fresh.slice(0, request.mostRuns));
    const done = [...known, ...read.done];
    const complaints = [...read.complaints, ...leftOut(listed.value, known)];
    const watermark = formatPlace(nextPlace(place, runs, new Set(done), moment.now));
    return { ...read, complaints, watermark, items: runs.length };
  });
}

function told(complaint: string): Gathered {
  return { events: [], complaints: [complaint] };
}

interface Listed {
  /** Newest first. */
  readonly runs: readonly RemoteRun[];
  /** Whether there are older ones that were not listed. */
  readonly isCut: boolean;
}

async function endedSince(builds: BuildsApi, from: Instant): Promise<Listed> {
  const runs = new Map<string, RemoteRun>();
  let isCut = false;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { items, hasNext } = await builds.ended(from, page);
    for (const run of items) runs.set(keyOf(run), run);
    isCut = hasNext;
    if (!hasNext) break;
  }
  return { runs: [...runs.values()], isCut };
}

/** If one of the listed builds was read before, so were all older ones. */
function leftOut({ runs, isCut }: Listed, known: ReadonlySet<string>): readonly string[] {
  if (!isCut || runs.some((run) => known.has(keyOf(run)))) return [];
  return [
    `More than ${runs.length} runs have ended since the last look: the ${runs.length} newest are looked at, and how the builds before them ` +
      'fared is not known. Let `watch` run more often.',
  ];
}

function keyOf({ id, attempt: number }: RemoteRun): string {
  return `${id}.${number}`;
}

function isWanted({ path, status }: RemoteRun, { agents, workflows }: BuildsRequest): boolean {
  const file = path.replace(/^\.github\/workflows\//, '');
  const named = (sign: '' | '!'): boolean =>
    workflows.some((glob) => glob.startsWith('!') === (sign === '!') && matchesGlob(glob.replace(/^!/, ''), file));
  return status === 'completed' && !agents.includes(path) && named('') && !named('!');
}

interface Read {
  readonly events: readonly LedgerEvent[];
  readonly complaints: readonly string[];
  readonly done: readonly string[];
  readonly failure: null;
}

async function readBuilds(request: BuildsRequest, runs: readonly RemoteRun[]): Promise<Read> {
  const events: LedgerEvent[] = [];
  const complaints = new Set<string>();
  const done: string[] = [];
  for (const run of runs) {
    if (!request.canAfford(MOST_REQUESTS)) break;
    const build = await attempt(() => readBuild(request, run));
    if (build.ok) {
      events.push(buildEvent(build.value.build, request.moment));
      for (const complaint of build.value.complaints) complaints.add(complaint);
    } else complaints.add(`A build could not be read: ${build.failure.message}. ${build.failure.remedy}.`);
    // A run that is gone will not come back. Temporary failures are left to the next look.
    if (build.ok || !build.failure.retry) done.push(keyOf(run));
  }
  return { events, complaints: [...complaints], done, failure: null };
}

async function readBuild(
  request: BuildsRequest,
  run: RemoteRun,
): Promise<{ readonly build: Build; readonly complaints: readonly string[] }> {
  const jobs = await request.builds.jobs(run.id, run.attempt);
  const { failed, analysed } = askedJobs(jobs, request);
  const failures: string[] = [];
  const analyses: Analysis[] = [];
  const complaints: string[] = [];
  for (const job of new Set([...failed, ...analysed])) {
    const found = await attempt(() => request.builds.annotations(job.id));
    if (!found.ok) {
      const what = failed.includes(job) ? 'Why builds fail' : 'What analysers found';
      complaints.push(`${what} is not known: ${found.failure.message}. ${found.failure.remedy}.`);
      continue;
    }
    const told = found.value;
    if (failed.includes(job)) failures.push(...told.flatMap((one) => (one.level === 'failure' ? one.message : [])));
    if (analysed.includes(job)) analyses.push({ job: job.name, annotations: told });
  }
  return { build: { run, jobs, failures, analyses }, complaints };
}

/** The jobs to ask for their annotations. A cancelled or skipped job proves nothing about what it would have found. */
function askedJobs(
  jobs: readonly RemoteBuildJob[],
  { errors, analysers }: BuildsRequest,
): { readonly failed: readonly RemoteBuildJob[]; readonly analysed: readonly RemoteBuildJob[] } {
  const failed = jobs.filter(({ conclusion }) => errors && (conclusion === 'failure' || conclusion === 'timed_out'));
  const analysed = jobs.filter(
    ({ name, conclusion }) =>
      (conclusion === 'success' || conclusion === 'failure') && analysers.some((glob) => matchesGlob(glob, name)),
  );
  return { failed: failed.slice(0, MOST_FAILED_JOBS), analysed: analysed.slice(0, MOST_ANALYSED_JOBS) };
}

/**
 * Builds that were read and are older than the longest build are forgotten. Unread ones hold the position back, for a week at most.
 */
function nextPlace(
  { from }: BuildsPlace,
  runs: readonly RemoteRun[],
  done: ReadonlySet<string>,
  now: Instant,
): BuildsPlace {
  const unread = runs.filter((run) => !done.has(keyOf(run))).map(({ createdAt }) => createdAt);
  const [oldest = now] = [...unread, after(now, -LONGEST)].sort();
  const limit = after(now, -7 * DAY);
  const next = [from, oldest < limit ? limit : oldest].sort().at(-1) ?? from;
  return { from: next, read: runs.filter((run) => done.has(keyOf(run)) && run.createdAt >= next).map(keyOf) };
}
