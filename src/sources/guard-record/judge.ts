import type { Amounts } from '../../core/budget.ts';
import { LEDGER_LOST, type MeterReport } from '../../core/guard.ts';
import type { GuardVerdict } from '../../core/guard-check.ts';
import { type GuardRecord, HOOKS_UNASKED, reportOf, type SessionAccount } from '../../core/guard-record.ts';
import type { RunConclusion } from '../../core/run.ts';
import type { SessionReading } from '../../core/session.ts';
import { between, type Duration, type Instant, MINUTE, SECOND } from '../../core/time.ts';
import type { TamperSign } from '../../core/violation.ts';
import type { WeighedSign } from '../violations/terms.ts';

/** The job of a guard according to GitHub's API. */
export interface JobFacts {
  readonly startedAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly conclusion: RunConclusion | null;
  /** Whether the runner completed its steps. Null when the API does not say. */
  readonly whole: boolean | null;
}

/** Everything that is compared for one job. */
export interface Matter {
  /** Null when the ledger has no decision for this job. */
  readonly decided: null | {
    readonly at: Instant;
    readonly decision: 'allow' | 'warn' | 'deny';
    readonly lease: string | null;
  };
  readonly record: GuardRecord | null;
  /** Why another record of this job is not the guard's. Null when there is none. */
  readonly forged: string | null;
  /** Null when GitHub's response does not show which job it was. */
  readonly job: JobFacts | null;
  /** The sessions in the run's artifacts. */
  readonly artifacts: readonly SessionReading[];
  /** The amounts that the lease was settled with. Null if it was not. */
  readonly settled: Amounts | null;
  /** Damage to the ledger since the guard decided, in a sentence of ours. Null if there is none. */
  readonly damage: string | null;
}

/** The result of the comparison. */
export interface Judgement {
  readonly verdict: GuardVerdict;
  readonly because: string;
  /** Empty unless somebody tampered. */
  readonly signs: readonly WeighedSign[];
}

/** Clocks of runners differ from GitHub's by at most this much, as everywhere. */
const SKEW: Duration = 10 * MINUTE;

/**
 * Compares what a job says about itself with what GitHub and other records say. Missing data incriminates nobody if the job was
 * cancelled, timed out or lost its runner. Numbers are compared only if both cover the whole of the same thing, and with enough
 * tolerance for engines that count differently. Pure.
 */
export function judgeGuard(matter: Matter): Judgement {
  const { record, damage } = matter;
  const cut = cutShort(matter.job);
  const signs = [
    ...(damage === null ? [] : [sign('ledger_rewritten', { name: damage })]),
    ...(matter.forged === null ? [] : [sign('record_forged', { name: matter.forged })]),
    ...(record === null ? missing(matter, cut) : ofRecord(matter, record)),
  ];
  if (signs.length > 0) return { verdict: 'tampered', because: 'what it says does not fit', signs };
  if (record === null && cut !== 'no' && matter.decided?.decision !== 'deny') {
    return { verdict: 'unknown', because: UNTOLD[cut], signs };
  }
  return { verdict: 'sound', because: 'nothing speaks against it', signs };
}

const UNTOLD: Readonly<Record<'yes' | 'unknown', string>> = {
  yes: 'the job was cancelled, timed out or lost its runner, and left no record',
  unknown: 'it left no record, and GitHub does not tell how its job ended',
};

/** Whether a job was ended before it could report. A job unknown to GitHub is not known to have come to its end. */
function cutShort(job: JobFacts | null): 'yes' | 'no' | 'unknown' {
  if (job === null || job.completedAt === null) return 'unknown';
  if (job.conclusion !== 'success' && job.conclusion !== 'failure') return 'yes';
  // A job that lost its runner fails without its last steps.
  if (job.conclusion === 'failure') return job.whole === null ? 'unknown' : job.whole ? 'no' : 'yes';
  return 'no';
}

function sign(
  what: TamperSign,
  { name = null, amount = 1, limit = null }: { name?: string | null; amount?: number; limit?: number | null } = {},
): WeighedSign {
  return { what, name, amount, limit, severity: 'critical' };
}

function missing({ decided }: Matter, cut: 'yes' | 'no' | 'unknown'): readonly WeighedSign[] {
  // A denied agent did not run, so its guard has nothing to report.
  if (decided === null || decided.decision === 'deny' || cut !== 'no') return [];
  return [sign('record_missing')];
}

function ofRecord(matter: Matter, record: GuardRecord): readonly WeighedSign[] {
  // A lease is written together with the decision.
  const gone = matter.decided === null && record.lease !== null ? [DECISION_GONE] : [];
  const rewritten =
    record.ledger === 'rewritten' ? [sign('ledger_rewritten', { name: 'the ledger was rewritten in the job' })] : [];
  const meter = reportOf(record.meter);
  return [
    ...gone,
    ...(matter.damage === null ? rewritten : []),
    ...meterSigns({ ...matter, record }),
    ...(meter?.problems.includes(LEDGER_LOST.gone) === true
      ? [sign('ledger_rewritten', { name: 'the ledger was gone while the agent ran' })]
      : []),
    ...(meter?.problems.includes(LEDGER_LOST.rewound) === true
      ? [sign('ledger_rewritten', { name: 'the ledger was set back while the agent ran' })]
      : []),
    ...(meter === null ? [] : comparedWithMeter(record, meter, matter)),
    ...shrunk(record, matter.artifacts),
    ...(matter.job === null ? [] : timeSigns(record, matter.job)),
    ...forgedDecision(matter, record),
  ];
}

/** The record's data from before the agent started is also in the ledger, where only the guard wrote it. */
function forgedDecision({ decided }: Matter, record: GuardRecord): readonly WeighedSign[] {
  if (decided === null) return [];
  // If the meter did not start the agent was denied after all, even if the ledger could not be updated.
  const isSame = decided.decision === record.decision || record.decision === 'deny';
  if (decided.lease === record.lease && isSame) return [];
  return [sign('record_forged', { name: 'it names another decision or lease' })];
}

function meterSigns({ record, artifacts, job }: MetersMatter): readonly WeighedSign[] {
  const { meter, endedAt } = record;
  const cut = cutShort(job);
  const report = reportOf(meter);
  const hooks = hookSigns(report?.problems ?? [], [...record.sessions, ...artifacts]);
  switch (meter.kind) {
    case 'none':
    case 'ended':
      return hooks;
    case 'forged':
      return [sign('record_forged', { name: 'the report of the meter does not bear its seal' })];
    case 'died':
      if (cut === 'yes') return hooks;
      if (report === null) return [sign('meter_gone')];
      return [...hooks, sign('meter_killed', { amount: Math.max(0, between(report.beatAt, endedAt)) })];
    default:
      return meter satisfies never;
  }
}

type MetersMatter = Pick<Matter, 'artifacts' | 'job'> & { readonly record: GuardRecord };

/** Codex runs hooks on some machines only, so its calls prove nothing. */
function hookSigns(problems: readonly string[], told: readonly SessionReading[]): readonly WeighedSign[] {
  if (problems.some((problem) => HOOKS_GONE.test(problem))) return [HOOKS_REMOVED];
  const tools = told.filter(({ engine }) => engine !== 'codex').flatMap((session) => session.tools);
  const amount = tools.reduce((sum, { calls }) => sum + calls, 0);
  return amount > 0 && problems.includes(HOOKS_UNASKED)
    ? [{ ...sign('hooks_unasked', { amount }), severity: 'warning' }]
    : [];
}

/** Setting up an engine again removes the hooks as well, so a person has to look at this. */
const HOOKS_REMOVED: WeighedSign = { ...sign('hooks_removed'), severity: 'warning' };

/** What the guard wrote before its agent started is gone. */
export const DECISION_GONE: WeighedSign = sign('decision_gone');

/** The wording for hooks of the meter that are gone. */
const HOOKS_GONE = /^hooks (?:were )?(?:removed|changed)/i;

/** The meter also counts requests outside the session. An excess over an exact record by this factor is not explained by that. */
const FAR_MORE = 1.5;
/** The transcripts of some engines hold only the beginning of the output, so they give a lower bound. */
const FAR_MORE_THAN_LEAST = 3;
const TOKENS_AT_LEAST = 10_000;
const USD_AT_LEAST = 0.1;

function comparedWithMeter(record: GuardRecord, { use }: MeterReport, matter: Matter): readonly WeighedSign[] {
  const told = [...record.sessions, ...matter.artifacts];
  const isExact = told.every(({ state }) => state.tokens === 'exact');
  const isBilled = told.length > 0 && told.every(({ reportedCost }) => reportedCost.usd !== null);
  const factor = isExact ? FAR_MORE : FAR_MORE_THAN_LEAST;
  const tokens = most(told.map((session) => session.tokens.total));
  const usd = most(told.map((session) => session.reportedCost.usd));
  const inTokens = far(use.tokens, tokens * factor, TOKENS_AT_LEAST);
  // List prices differ from an engine's own figures for several reasons.
  const inUsd = isBilled && far(use.usd, usd * factor, USD_AT_LEAST);
  // Dollars are not compared, because a session under a flat plan costs none.
  const settled = matter.settled?.tokens ?? null;
  return [
    ...(inTokens ? [sign('meter_saw_more', { name: 'tokens', amount: use.tokens ?? 0, limit: tokens })] : []),
    ...(!inTokens && inUsd ? [sign('meter_saw_more', { name: 'usd', amount: use.usd ?? 0, limit: usd })] : []),
    ...(settled !== null && far(use.tokens, settled * FAR_MORE, TOKENS_AT_LEAST)
      ? [sign('lease_low', { amount: settled, limit: use.tokens })]
      : []),
  ];
}

/** The sum of the known amounts. Missing amounts count as zero. */
function most(amounts: readonly (number | null)[]): number {
  return amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
}

/** True when the excess over the allowed amount is more than negligible. */
function far(seen: number | null, allowed: number, least: number): boolean {
  return seen !== null && seen - allowed > least;
}

/** One account of a session, whatever its source. */
interface Telling {
  readonly name: string;
  readonly format: string;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly tokens: number;
}

/** Two records of one session that cover the same time but report very different amounts. One of them was made smaller. */
function shrunk(record: GuardRecord, artifacts: readonly SessionReading[]): readonly WeighedSign[] {
  const sessions = new Map<string, Telling[]>();
  const add = (id: string | null, engine: string, telling: Telling | null): void => {
    if (id === null || telling === null) return;
    const key = `${engine} ${id}`;
    sessions.set(key, [...(sessions.get(key) ?? []), telling]);
  };
  for (const account of record.accounts) add(account.engineSession, account.engine, ofAccount(account));
  for (const session of artifacts) add(session.engineSession, session.engine, ofArtifact(session));
  return [...sessions.values()].flatMap((tellings) => smallest(tellings) ?? []);
}

function ofAccount({ file, format, startedAt, endedAt, tokens, certainty }: SessionAccount): Telling | null {
  if (tokens === null || certainty === 'partial' || certainty === 'unknown') return null;
  return { name: `the file ${file}`, format, startedAt, endedAt, tokens };
}

function ofArtifact({ format, startedAt, endedAt, tokens, state }: SessionReading): Telling | null {
  if (tokens.total === null || state.tokens === 'partial' || state.tokens === 'unknown') return null;
  return { name: 'an artifact of the run', format, startedAt, endedAt, tokens: tokens.total };
}

/** Records of one format report the same. Two formats count differently. */
const SAME_FORM = 0.95;
const OTHER_FORM = 0.4;

function smallest(tellings: readonly Telling[]): WeighedSign | null {
  const sorted = [...tellings].sort((a, b) => a.tokens - b.tokens);
  for (const small of sorted) {
    const large = sorted.findLast((other) => other !== small && isSameSpan(small, other));
    if (large === undefined) continue;
    const share = small.format === large.format ? SAME_FORM : OTHER_FORM;
    if (small.tokens >= large.tokens * share || large.tokens - small.tokens < TOKENS_AT_LEAST) continue;
    return sign('session_shrunk', { name: small.name, amount: small.tokens, limit: large.tokens });
  }
  return null;
}

/** A session that was continued later has a shorter record of its beginning and a longer one of everything. */
function isSameSpan(a: Telling, b: Telling): boolean {
  const near = (x: Instant | null, y: Instant | null): boolean =>
    x !== null && y !== null && Math.abs(between(x, y)) <= 30 * SECOND;
  return near(a.startedAt, b.startedAt) && near(a.endedAt, b.endedAt);
}

function timeSigns(record: GuardRecord, { startedAt, completedAt }: JobFacts): readonly WeighedSign[] {
  if (startedAt === null || completedAt === null) return [];
  const outside = (name: string, at: Instant | null): readonly WeighedSign[] => {
    const off = at === null ? 0 : Math.max(between(at, startedAt), between(completedAt, at));
    return off > SKEW ? [sign('times_apart', { name, amount: off })] : [];
  };
  const job = between(startedAt, completedAt);
  const longest = Math.max(0, ...record.sessions.map(({ duration }) => duration ?? 0));
  return [
    ...outside('the start of the guard', record.startedAt),
    ...outside('the end of the guard', record.endedAt),
    ...(longest > job + SKEW ? [sign('times_apart', { name: 'the length of a session', amount: longest - job })] : []),
    ...(isAllOld(record, startedAt) ? [sign('session_old')] : []),
  ];
}

/** True when there are only files of an earlier job, put there again, although the meter observed an agent at work. */
function isAllOld({ sessions, accounts, meter }: GuardRecord, startedAt: Instant): boolean {
  const use = reportOf(meter)?.use;
  const worked = (use?.tokens ?? use?.calls ?? 0) > 0;
  if (!worked || sessions.length > 0 || accounts.length === 0) return false;
  return accounts.every(({ endedAt }) => endedAt !== null && between(endedAt, startedAt) > SKEW);
}
