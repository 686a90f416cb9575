import { expect } from 'vitest';
import { resume } from '../../src/app/stop/resume.ts';
import type { ResumeJob } from '../../src/app/stop/resume-job.ts';
import { type StopJob, stop } from '../../src/app/stop/stop.ts';
import type { StopReceipt } from '../../src/core/halt.ts';
import { MINUTE, SECOND } from '../../src/core/time.ts';
import type { ConnectionOptions } from '../../src/github/connection.ts';
import type { LoggedRequest } from '../fakes/github/server.ts';
import { plantRunaway, type Runaway } from '../kit/runaway.ts';

/** No request is repeated by the connection: what fails once must be taken up by the stop itself. */
export const UNREPEATED: Partial<ConnectionOptions> = { retries: 0 };

/** A short grace makes few looks. */
export const QUICK: Pick<StopJob, 'limits'> = { limits: { grace: 5 * SECOND, deadline: 15 * MINUTE, reserve: 0 } };

export function resumeJob(scene: Runaway, wish: Partial<ResumeJob['wish']> = {}): ResumeJob {
  return {
    ...scene.job(),
    wish: { paths: null, stage: 'all', anyway: false, reason: 'The cause is gone', ...wish },
  };
}

/** All agents off, none of their runs left, and nothing else touched. */
export function expectStopped(scene: Runaway): void {
  expect(scene.alive().map(({ id }) => id)).toEqual([]);
  expect(scene.fixer.state).toBe('disabled_manually');
  expect(scene.triage.state).toBe('disabled_manually');
  expect(scene.idle.state).toBe('disabled_inactivity');
  expect(scene.ci.state).toBe('active');
  expect(scene.ciRun.attempts[0].status).toBe('in_progress');
}

/** A receipt without residue, in a ledger that holds; and nothing of an agent merges by itself. */
export async function expectWhole(scene: Runaway, receipt: StopReceipt): Promise<void> {
  expect(receipt.residue).toEqual([]);
  expect(receipt.timeToStop).not.toBeNull();
  expect((await scene.ledger.read()).state.halt.receipt).toEqual(receipt);
  expect((await scene.ledger.verify()).ok).toBe(true);
  if (scene.pull === null) return;
  expect(scene.pull).toMatchObject({ autoMerge: null, isInMergeQueue: false });
  expect(haltStatus(scene)).toBe('failure');
}

/** Exactly the state before the stop. */
export async function expectResumed(scene: Runaway): Promise<void> {
  expect([scene.fixer.state, scene.triage.state, scene.idle.state]).toEqual([
    'active',
    'active',
    'disabled_inactivity',
  ]);
  expect((await scene.ledger.read()).state.halt).toMatchObject({ halt: null, held: [] });
  if (scene.pull !== null) expect(haltStatus(scene)).toBe('success');
}

function haltStatus({ github, pull }: Runaway): string | undefined {
  return github.world.statuses.findLast(({ sha, context }) => sha === pull?.headSha && context === 'checkrein/halt')
    ?.state;
}

/**
 * With CHECKREIN_SWEEP=all every single call goes wrong once in every way, as in CI; else the first and the last of each kind
 * do, and not in every way on the branch.
 */
export const SWEEPS_ALL: boolean = process.env['CHECKREIN_SWEEP'] === 'all';

/** For one turn of a sweep, in milliseconds. */
export const SWEEP_TIMEOUT: number = SWEEPS_ALL ? 900_000 : 300_000;

/** One call of a scene in which nothing goes wrong. */
export interface Call {
  /** Counted from 1. */
  readonly nth: number;
  readonly kind: string;
  readonly isOfLedger: boolean;
}

/** The calls that a sweep lets go wrong. */
export interface Calls {
  readonly stop: readonly Call[];
  /** Counted from the first one of the resume. */
  readonly resume: readonly Call[];
}

/** Where the ledger of a scene is kept: on a branch it is written by requests too, which takes its time. */
export type Place = 'memory' | 'branch';

/** A runaway with a pull request: all that a stop can ask for. */
export function plantWhole(place: Place): Promise<Runaway> {
  return plantRunaway({ ledgerOnBranch: place === 'branch', withPull: true });
}

const recorded = new Map<Place, Promise<Calls>>();

/** What a stop and the resume after it ask for; of a ledger on a branch only what is asked for the ledger. */
export function callsOfBoth(place: Place): Promise<Calls> {
  const calls = recorded.get(place) ?? record(place);
  recorded.set(place, calls);
  return calls;
}

async function record(place: Place): Promise<Calls> {
  await using scene = await plantWhole(place);
  await stop(scene.job(QUICK));
  const { log } = scene.github;
  const asked = log.length;
  await resume(resumeJob(scene));
  const chosen = (calls: readonly Call[]): readonly Call[] =>
    (SWEEPS_ALL ? calls : telling(calls)).filter(({ isOfLedger }) => isOfLedger === (place === 'branch'));
  return { stop: chosen(callsIn(log.slice(0, asked))), resume: chosen(callsIn(log.slice(asked))) };
}

function callsIn(log: readonly LoggedRequest[]): readonly Call[] {
  return log.map(({ method, path }, i) => ({
    nth: i + 1,
    kind: `${method} ${path.replace(/[0-9a-f]{40}|\d{4,}/g, '*')}`,
    isOfLedger: path.includes('/git/'),
  }));
}

/** Of each kind the first and the last: those between are looks that see the same, and cancels of runs that are alike. */
function telling(calls: readonly Call[]): readonly Call[] {
  return calls.filter(
    ({ nth, kind }) =>
      nth === calls.find((call) => call.kind === kind)?.nth ||
      nth === calls.findLast((call) => call.kind === kind)?.nth,
  );
}

/** The calls that a killed process may have left something with: a tree or a commit to which nothing points is nothing yet. */
export function isSeen({ kind }: Call): boolean {
  return SWEEPS_ALL || !/(trees|blobs|commits)/.test(kind);
}
