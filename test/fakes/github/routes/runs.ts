import { between, DAY, type Instant, parseInstant } from '../../../../src/core/time.ts';
import { actorOf, type Call, param } from '../call.ts';
import { listedAttempt } from '../lag.ts';
import { FILTERED_LIST_CAP, paginate } from '../paging.ts';
import { found, json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { cancelNow, cancelPolitely, runAgain } from '../runs.ts';
import { jobShape, runShape } from '../shapes/actions.ts';
import { currentAttempt, type FakeAttempt, type FakeJob, type FakeRun } from '../world.ts';
import { workflowOf } from './workflows.ts';

const A = '/repos/{owner}/{repo}/actions';

export const runRoutes: readonly Route[] = [
  route(`GET ${A}/runs`, { needs: 'actions:read' }, (call) => listRuns(call, call.world.runs)),
  route(`GET ${A}/workflows/{workflow_id}/runs`, { needs: 'actions:read' }, listRunsOfWorkflow),
  route(`GET ${A}/runs/{run_id}`, { needs: 'actions:read' }, (call) => {
    const run = runOf(call);
    return json(runShape(call.baseUrl, call.world, run, currentAttempt(run)));
  }),
  route(`GET ${A}/runs/{run_id}/attempts/{attempt_number}`, { needs: 'actions:read' }, (call) => {
    const run = runOf(call);
    return json(runShape(call.baseUrl, call.world, run, attemptOf(call, run)));
  }),
  route(`GET ${A}/runs/{run_id}/jobs`, { needs: 'actions:read' }, listJobs),
  route(`GET ${A}/runs/{run_id}/attempts/{attempt_number}/jobs`, { needs: 'actions:read' }, (call) => {
    const run = runOf(call);
    return jobsReply(call, run, [attemptOf(call, run)]);
  }),
  route(`POST ${A}/runs/{run_id}/rerun`, { needs: 'actions:write' }, (call) => rerun(call, () => true)),
  route(`POST ${A}/runs/{run_id}/rerun-failed-jobs`, { needs: 'actions:write' }, (call) => rerun(call, hasFailed)),
  route(`POST ${A}/runs/{run_id}/cancel`, { needs: 'actions:write' }, (call) => cancel(call, cancelPolitely)),
  route(`POST ${A}/runs/{run_id}/force-cancel`, { needs: 'actions:write' }, (call) => cancel(call, cancelNow)),
];

export function runOf(call: Call): FakeRun {
  const id = Number(param(call, 'run_id'));
  return found(call.world.runs.find((run) => run.id === id));
}

function attemptOf(call: Call, run: FakeRun): FakeAttempt {
  const number = Number(param(call, 'attempt_number'));
  return found(run.attempts.find((attempt) => attempt.attempt === number));
}

function listRunsOfWorkflow(call: Call): Reply {
  const workflow = workflowOf(call);
  return listRuns(
    call,
    call.world.runs.filter((run) => run.workflow === workflow),
  );
}

const FILTERS = ['actor', 'branch', 'event', 'status', 'created', 'head_sha', 'check_suite_id'];

function listRuns(call: Call, runs: readonly FakeRun[]): Reply {
  const filtered = FILTERS.some((name) => call.query.has(name));
  const wanted = runFilter(call.query);
  const chosen = runs
    .flatMap((run): Listed[] => {
      const attempt = listedAttempt(call.world, run, call.now);
      return attempt === null ? [] : [{ run, attempt }];
    })
    .filter(wanted)
    .sort((a, b) => newestFirst(a.run, b.run));
  const { items, total, headers } = paginate(call, chosen, {
    ...(filtered ? { cap: FILTERED_LIST_CAP } : {}),
    emptyPages: call.world.switches.emptyRunPages,
  });
  const payload = items.map(({ run, attempt }) => runShape(call.baseUrl, call.world, run, attempt));
  return json({ total_count: total, workflow_runs: payload }, 200, headers);
}

function newestFirst(a: FakeRun, b: FakeRun): number {
  if (a.createdAt === b.createdAt) return b.id - a.id;
  return a.createdAt < b.createdAt ? 1 : -1;
}

interface Listed {
  readonly run: FakeRun;
  readonly attempt: FakeAttempt;
}

function runFilter(query: URLSearchParams): (listed: Listed) => boolean {
  const wanted = (name: string, value: string | null) => !query.has(name) || query.get(name) === value;
  const inWindow = createdFilter(query.get('created'));
  return ({ run, attempt: { status, conclusion } }) => {
    return (
      wanted('actor', run.actor.login) &&
      wanted('branch', run.headBranch) &&
      wanted('event', run.event) &&
      wanted('head_sha', run.headSha) &&
      (wanted('status', status) || wanted('status', conclusion)) &&
      inWindow(run.createdAt)
    );
  };
}

/** `2026-11-01..2026-11-02`, `>=A`, `>A`, `<=B`, `<B` or one day; whole seconds, as GitHub stores them. */
function createdFilter(text: string | null): (at: Instant) => boolean {
  if (text === null) return () => true;
  const [, sign = '', first = '', second] = /^(>=|<=|>|<)?(.+?)(?:\.\.(.+))?$/.exec(text) ?? [];
  const from = moment(first, 'start');
  const to = second === undefined ? moment(first, 'end') : moment(second, 'end');
  const tests: Readonly<Record<string, (at: number) => boolean>> = {
    '>=': (at) => at >= from,
    '>': (at) => at > to,
    '<=': (at) => at <= to,
    '<': (at) => at < from,
    '': (at) => at >= from && at <= to,
  };
  const test = tests[sign] ?? (() => false);
  return (at) => test(wholeSecond(Date.parse(at)));
}

/** `*` is an open end; a bare day means its first or its last second. */
function moment(text: string, edge: 'start' | 'end'): number {
  if (text === '*') return edge === 'start' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const instant = parseInstant(isDay && edge === 'end' ? `${text}T23:59:59Z` : text);
  if (instant === null) throw new Refusal(422, `The created filter is no date: ${text}`);
  return wholeSecond(Date.parse(instant));
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function listJobs(call: Call): Reply {
  const run = runOf(call);
  return jobsReply(call, run, call.query.get('filter') === 'all' ? run.attempts : [currentAttempt(run)]);
}

function jobsReply(call: Call, run: FakeRun, attempts: readonly FakeAttempt[]): Reply {
  const all = attempts.flatMap((attempt) => attempt.jobs.map((job): [FakeAttempt, FakeJob] => [attempt, job]));
  const { items, total, headers } = paginate(call, all);
  const jobs = items.map(([attempt, job]) => jobShape(call.baseUrl, call.world, run, attempt, job));
  return json({ total_count: total, jobs }, 200, headers);
}

function cancel(call: Call, end: (run: FakeRun, at: Instant) => void): Reply {
  const run = runOf(call);
  if (currentAttempt(run).status === 'completed')
    throw new Refusal(409, 'Cannot cancel a workflow run that is completed.');
  end(run, call.now);
  return json({}, 202);
}

/** GitHub runs nothing again that was first run more than 30 days ago. */
const RERUN_WITHIN = 30 * DAY;

function hasFailed(run: FakeRun): boolean {
  const { conclusion } = currentAttempt(run);
  return conclusion === 'failure' || conclusion === 'timed_out' || conclusion === 'cancelled';
}

function rerun(call: Call, mayBe: (run: FakeRun) => boolean): Reply {
  const run = runOf(call);
  if (currentAttempt(run).status !== 'completed') throw new Refusal(403, 'This workflow is already running');
  if (!mayBe(run)) throw new Refusal(403, 'This workflow run cannot be retried');
  if (between(run.createdAt, call.now) > RERUN_WITHIN) {
    throw new Refusal(403, 'Unable to retry this workflow run because it was created over a month ago');
  }
  if (runAgain(call.world, run, actorOf(call), call.now) === null) {
    throw new Refusal(403, 'Unable to re-run this workflow run because the workflow is disabled');
  }
  return json({}, 201);
}
