import type { ResponseKind } from '../../core/response.ts';
import { type Asked, needsOf, type StepNeeds } from './needs.ts';
import type { Need } from './permissions.ts';
import type { WaitingEvents } from './waiting.ts';
import type { Access, Grants, OwnJob } from './workflow.ts';

/** One permission of a job that is not what it should be. */
export interface PermissionGap {
  readonly permission: string;
  /** Null when the file does not say. */
  readonly has: Access | null;
  readonly needs: Access;
  readonly why: string;
}

/** The report on one job. */
export interface JobReport {
  readonly file: string;
  readonly job: string;
  readonly does: readonly string[];
  /** What it lacks for what the configuration asks: the job fails or leaves something undone. */
  readonly lacks: readonly PermissionGap[];
  /** What it has and does not need; informational. */
  readonly more: readonly PermissionGap[];
  /** Why it cannot work as written. */
  readonly faults: readonly string[];
  /** Worth knowing; nothing is wrong. */
  readonly notes: readonly string[];
  /** The block to paste into the job, line by line; empty when it lacks nothing. */
  readonly permissions: readonly string[];
}

/** Something the configuration asks for and no job does. */
export interface Unserved {
  readonly what: string;
  readonly remedy: string;
  /** The block of a job that would do it. */
  readonly permissions: readonly string[];
}

/** The output of `doctor`. A stable contract: members may be added, none changes its meaning. */
export interface DoctorReport {
  readonly ok: boolean;
  readonly repo: string | null;
  readonly files: readonly string[];
  readonly jobs: readonly JobReport[];
  readonly missing: readonly Unserved[];
  /** People's rules that are not asked, and channels that are named but do not exist, one line each. */
  readonly unsound: readonly string[];
  /** What waits for a ledger that was away; null when there is nothing, or no repository was named to look in. */
  readonly waiting: WaitingEvents | null;
}

/** What the workflow files contain, and which of them could not be read. */
export interface Examined {
  readonly repo: string | null;
  readonly files: readonly string[];
  readonly jobs: readonly OwnJob[];
  /** Files that may run Checkrein but are not valid YAML. */
  readonly unreadable: readonly string[];
  /** Whether these are all workflows of the repository, so that what none of them does is not done at all. */
  readonly whole: boolean;
}

/** Compares the jobs that run Checkrein with what the configuration asks. Pure. */
export function diagnose(
  { repo, files, jobs, unreadable, whole }: Examined,
  asked: Asked,
): Omit<DoctorReport, 'unsound' | 'waiting'> {
  const looked = jobs.map((job) => ({ job, steps: job.steps.map((step) => needsOf(step, job, asked)) }));
  const reports = looked.map(({ job, steps }) => reportOn(job, steps));
  const missing = [
    ...unreadable.map(brokenFile),
    ...(jobs.length === 0 ? [NOBODY] : []),
    ...(whole && jobs.length > 0
      ? unserved(
          looked.flatMap(({ steps }) => steps),
          asked,
        )
      : []),
  ];
  const ok = missing.length === 0 && reports.every(({ lacks, faults }) => lacks.length + faults.length === 0);
  return { ok, repo, files, jobs: reports, missing };
}

function brokenFile(file: string): Unserved {
  return { what: `${file} is not valid YAML, so GitHub does not run it`, remedy: 'Fix the file', permissions: [] };
}

const NOBODY: Unserved = {
  what: 'No job runs Checkrein',
  remedy: 'Put config/workflows/checkrein.yml of Checkrein into .github/workflows/',
  permissions: [],
};

function reportOn(job: OwnJob, steps: readonly StepNeeds[]): JobReport {
  const withJobToken = steps.filter((_, i) => job.steps[i]?.ownToken === false);
  const needs = strongest(withJobToken.flatMap((step) => step.needs));
  const lacks = needs.flatMap((need) => gapOf(need, job.grants));
  const faults = steps.flatMap(({ fault }) => (fault === null ? [] : [fault]));
  const sure = !job.shared && faults.length === 0 && withJobToken.length === steps.length;
  return {
    file: job.file,
    job: job.job,
    does: steps.map(({ does }) => does).filter((does) => does !== ''),
    lacks,
    more: sure ? surplus(needs, job.grants) : [],
    faults,
    notes: [...(withJobToken.length === steps.length ? [] : [OWN_TOKEN]), ...notesOf(steps, job.grants)],
    permissions: lacks.length === 0 ? [] : blockOf(needs, job.grants),
  };
}

const OWN_TOKEN = 'It works with a token of its own, so what that may do is not for the permissions of the job to say.';

function notesOf(steps: readonly StepNeeds[], grants: Grants): readonly string[] {
  if (held('actions', grants) === 'write') return [];
  return steps.flatMap(({ note }) => (note === null ? [] : [note]));
}

/** One need per permission: the strongest access, with its reason. */
function strongest(needs: readonly Need[]): readonly Need[] {
  const found = new Map<string, Need>();
  for (const need of needs) {
    const before = found.get(need.permission);
    if (before === undefined || (before.access === 'read' && need.access === 'write')) found.set(need.permission, need);
  }
  return [...found.values()].sort((a, b) => (a.permission < b.permission ? -1 : 1));
}

function gapOf({ permission, access, why }: Need, grants: Grants): readonly PermissionGap[] {
  const has = held(permission, grants);
  return has !== null && rank(has) >= rank(access) ? [] : [{ permission, has, needs: access, why }];
}

function held(permission: string, grants: Grants): Access | null {
  switch (grants.kind) {
    case 'unsaid':
      return null;
    case 'all':
      return grants.access;
    case 'listed':
      return grants.access[permission] ?? 'none';
    default:
      return grants satisfies never;
  }
}

function rank(access: Access): number {
  return ['none', 'read', 'write'].indexOf(access);
}

function surplus(needs: readonly Need[], grants: Grants): readonly PermissionGap[] {
  const why = 'nothing that it does needs it';
  if (grants.kind === 'unsaid') return [];
  if (grants.kind === 'all') return [{ permission: `${grants.access}-all`, has: grants.access, needs: 'none', why }];
  return Object.entries(grants.access).flatMap(([permission, has]) => {
    const wanted = needs.find((need) => need.permission === permission)?.access ?? 'none';
    return rank(has) > rank(wanted) ? [{ permission, has, needs: wanted, why }] : [];
  });
}

/** The block to paste: all that the job needs, plus what it is already granted for its other steps. */
function blockOf(needs: readonly Need[], grants: Grants): readonly string[] {
  const all = new Map<string, Access>(needs.map(({ permission, access }) => [permission, access]));
  for (const [permission, access] of Object.entries(grants.kind === 'listed' ? grants.access : {})) {
    if (rank(access) > rank(all.get(permission) ?? 'none')) all.set(permission, access);
  }
  const lines = [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([permission, access]) => `  ${permission}: ${access}`);
  return ['permissions:', ...lines];
}

function unserved(steps: readonly StepNeeds[], asked: Asked): readonly Unserved[] {
  const job = (apply: string, gather: string): StepNeeds =>
    needsOf({ command: 'watch', apply, gather, ownToken: false, env: [] }, { events: [], minutes: null }, asked);
  const wanted = [
    { served: steps.some(({ gathers }) => gathers), what: 'reads what the agents did', by: job('none', 'true') },
    { served: applies(steps, 'issue'), what: 'opens issues about alerts', by: job('issue', 'false') },
    {
      served: !asked.stops || applies(steps, 'stop'),
      what: 'carries out the stops that the configuration asks for',
      by: job('stop', 'false'),
    },
    {
      served: !asked.reruns || applies(steps, 'rerun'),
      what: 'runs failed runs again as the configuration asks',
      by: job('rerun', 'false'),
    },
    {
      served: !asked.rollsBack || applies(steps, 'rollback'),
      what: 'opens the drafts that improvements.rollback asks for',
      by: job('rollback', 'false'),
    },
  ];
  return wanted
    .filter(({ served }) => !served)
    .map(({ what, by }) => ({
      what: `No job ${what}`,
      remedy: `Add a job of the command watch that may (${by.does}), as in config/workflows/checkrein.yml`,
      permissions: blockOf(strongest(by.needs), { kind: 'unsaid' }),
    }));
}

function applies(steps: readonly StepNeeds[], kind: ResponseKind): boolean {
  return steps.some((step) => step.applies.includes(kind));
}
