import { describe, expect, test } from 'vitest';
import { LEDGER_LOST, type MeterReport } from '../../core/guard.ts';
import { type GuardRecord, HOOKS_UNASKED, type SessionAccount } from '../../core/guard-record.ts';
import { UNKNOWN_MONEY } from '../../core/money.ts';
import type { SessionReading, ToolUse } from '../../core/session.ts';
import { HOUR, type Instant, after as later, MINUTE, SECOND } from '../../core/time.ts';
import { type JobFacts, judgeGuard, type Matter } from './judge.ts';

const START: Instant = '2026-11-20T12:00:00.000Z';
const END = later(START, 20 * MINUTE);
const DECIDED = later(START, MINUTE);
const POSTED = later(START, 19 * MINUTE);
const JOB: JobFacts = { startedAt: START, completedAt: END, conclusion: 'success', whole: true };
const TOKENS = 400_000;

function session(tokens: number | null = TOKENS, wish: Partial<SessionReading> = {}): SessionReading {
  return {
    ...{ engine: 'claude', format: 'claude-execution', engineSession: 's1', models: ['claude-sonnet-4-5'] },
    ...{ startedAt: later(START, 2 * MINUTE), endedAt: later(START, 15 * MINUTE), duration: 13 * MINUTE },
    ...{ outcome: 'completed', turns: 12, tools: [], denials: 0 },
    tokens: { input: null, output: null, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, total: tokens },
    cost: { usd: 2, basis: 'billed' },
    reportedCost: { usd: 2, basis: 'billed' },
    state: { tokens: 'exact', cost: 'exact', turns: 'exact', tools: 'exact', latency: 'unknown' },
    ...wish,
  };
}

function account(tokens: number | null, wish: Partial<SessionAccount> = {}): SessionAccount {
  return {
    ...{ place: 'output', file: 'claude-execution-output.json', sha256: '0'.repeat(64), bytes: 1_000 },
    ...{ engine: 'claude', format: 'claude-execution', engineSession: 's1', usd: 2, turns: 12, certainty: 'exact' },
    ...{ startedAt: later(START, 2 * MINUTE), endedAt: later(START, 15 * MINUTE), tokens },
    ...wish,
  };
}

function bash(calls: number): ToolUse {
  return { server: null, tool: 'Bash', calls, errors: 0, latency: null };
}

/** The record of a job in which no hook was asked about a session's calls. */
function unasked(wish: Partial<SessionReading>): GuardRecord {
  const meter = { kind: 'ended', report: report({ problems: [HOOKS_UNASKED] }) } as const;
  return record({ meter, sessions: [session(TOKENS, wish)] });
}

function report(wish: Partial<MeterReport> = {}, use: Partial<MeterReport['use']> = {}): MeterReport {
  return {
    ...{ startedAt: DECIDED, beatAt: POSTED, endedAt: POSTED, heard: ['telemetry'], stop: null },
    ...{ refused: [], moreRefused: 0, problems: [] },
    use: { usd: 2, tokens: TOKENS, turns: 12, minutes: 18, calls: 30, ...use },
    ...wish,
  };
}

function record(wish: Partial<GuardRecord> = {}): GuardRecord {
  return {
    ...{ v: 1, mode: 'enforce', decision: 'allow', lease: 'lease:7:1:fixer:fix', startedAt: DECIDED, endedAt: POSTED },
    errand: {
      ...{ agent: 'fixer', workflow: '.github/workflows/fixer.yml', run: 7, attempt: 1, job: 'fix' },
      ...{ actor: null, trigger: 'schedule', parent: null },
    },
    ...{ sessions: [session()], accounts: [account(TOKENS)], unread: [], ledger: 'held' },
    meter: { kind: 'ended', report: report() },
    ...wish,
  };
}

function matter(wish: Partial<Matter> = {}): Matter {
  return {
    decided: { at: DECIDED, decision: 'allow', lease: 'lease:7:1:fixer:fix' },
    ...{ record: record(), forged: null, job: JOB, artifacts: [], damage: null },
    settled: { usd: 2, tokens: TOKENS, minutes: 18 },
    ...wish,
  };
}

function signsOf(given: Matter): readonly string[] {
  return judgeGuard(given).signs.map(({ what }) => what);
}

describe('a healthy job is never told of', () => {
  const transcript = account(TOKENS * 0.7, { place: 'home', file: 's1.jsonl', format: 'claude-transcript' });
  const died = (conclusion: JobFacts['conclusion']): Partial<Matter> => ({
    job: { ...JOB, conclusion },
    record: record({ meter: { kind: 'died', report: report({ endedAt: null, beatAt: later(POSTED, -5 * MINUTE) }) } }),
  });

  test.for<readonly [string, Partial<Matter>]>([
    ['that went as it should', {}],
    ['whose meter was not started', { record: record({ meter: { kind: 'none' } }) }],
    ['whose artifact holds the same session', { artifacts: [session()] }],
    ['whose transcript counts in its own way', { record: record({ accounts: [account(TOKENS), transcript] }) }],
    [
      'whose meter heard requests beside the session',
      { record: record({ meter: { kind: 'ended', report: report({}, { tokens: TOKENS * 1.4 }) } }) },
    ],
    [
      'whose session was gone on with after its artifact was uploaded',
      { artifacts: [session(50_000, { endedAt: later(START, 5 * MINUTE) })] },
    ],
    [
      'whose record was cut off',
      { artifacts: [session(20_000, { state: { ...session().state, tokens: 'partial' } })] },
    ],
    [
      'whose transcript tells only the least of what telemetry heard',
      {
        record: record({
          sessions: [
            session(TOKENS, { state: { ...session().state, tokens: 'lower_bound' }, reportedCost: UNKNOWN_MONEY }),
          ],
          meter: { kind: 'ended', report: report({}, { tokens: TOKENS * 2.5, usd: 20 }) },
        }),
        settled: null,
      },
    ],
    ['of which GitHub says nothing', { job: null }],
    ['of which GitHub says no times', { job: { ...JOB, startedAt: null, completedAt: null } }],
    [
      'without a ledger or a lease',
      { decided: null, record: record({ lease: null, ledger: 'unknown' }), settled: null },
    ],
    ['under a flat plan, whose lease counts no dollars', { settled: { usd: 0, tokens: TOKENS, minutes: 18 } }],
    [
      'whose use nobody knows',
      { record: record({ sessions: [session(null)], accounts: [account(null)], meter: { kind: 'none' } }) },
    ],
    ['that was cancelled, and its meter with it', died('cancelled')],
    ['that timed out, and its meter with it', died('timed_out')],
    ['whose engine has no hooks that could be asked', { record: unasked({ engine: 'codex', tools: [bash(3)] }) }],
    ['whose record tells of no call that a hook was to be asked about', { record: unasked({}) }],
    ['on a machine whose clock is off by five minutes', { record: record({ endedAt: later(END, 5 * MINUTE) }) }],
  ])('%s', ([, wish]) => {
    expect(judgeGuard(matter(wish))).toEqual({ verdict: 'sound', because: 'nothing speaks against it', signs: [] });
  });
});

describe('a job without a record', () => {
  test.for<readonly [string, Partial<Matter>, string]>([
    ['that went well', {}, 'tampered'],
    ['that failed with all of its steps', { job: { ...JOB, conclusion: 'failure' } }, 'tampered'],
    ['that failed and lost its last steps', { job: { ...JOB, conclusion: 'failure', whole: false } }, 'unknown'],
    [
      'that failed, of whose steps nothing is known',
      { job: { ...JOB, conclusion: 'failure', whole: null } },
      'unknown',
    ],
    ['that was cancelled', { job: { ...JOB, conclusion: 'cancelled' } }, 'unknown'],
    ['that timed out', { job: { ...JOB, conclusion: 'timed_out' } }, 'unknown'],
    ['that nobody finds', { job: null }, 'unknown'],
    ['whose agent was denied', { decided: { at: DECIDED, decision: 'deny', lease: null } }, 'sound'],
  ])('%s', ([, wish, verdict]) => {
    const answer = judgeGuard(matter({ record: null, ...wish }));
    expect([answer.verdict, answer.signs.map(({ what }) => what)]).toEqual([
      verdict,
      verdict === 'tampered' ? ['record_missing'] : [],
    ]);
  });
});

describe('a hand in it is told by', () => {
  const beat = later(POSTED, -4 * MINUTE);

  test.for<readonly [string, Partial<Matter>, string]>([
    [
      'a meter that stopped without a word',
      { record: record({ meter: { kind: 'died', report: report({ endedAt: null, beatAt: beat }) } }) },
      'meter_killed',
    ],
    ['a meter of which nothing is left', { record: record({ meter: { kind: 'died', report: null } }) }, 'meter_gone'],
    ['a report without its seal', { record: record({ meter: { kind: 'forged' } }) }, 'record_forged'],
    [
      'hooks that were taken out',
      {
        record: record({ meter: { kind: 'ended', report: report({ problems: ['Hooks were removed by somebody'] }) } }),
      },
      'hooks_removed',
    ],
    ['calls of tools that no hook was asked about', { record: unasked({ tools: [bash(3)] }) }, 'hooks_unasked'],
    [
      'a ledger that was gone while the agent ran',
      { record: record({ meter: { kind: 'ended', report: report({ problems: [LEDGER_LOST.gone] }) } }) },
      'ledger_rewritten',
    ],
    ['another record in an artifact', { forged: 'an artifact holds another one' }, 'record_forged'],
    ['a record that names another decision', { record: record({ decision: 'warn' }) }, 'record_forged'],
    ['a lease whose decision the ledger lost', { decided: null }, 'decision_gone'],
    ['a ledger that was rewritten in the job', { record: record({ ledger: 'rewritten' }) }, 'ledger_rewritten'],
    [
      'a ledger that was damaged meanwhile',
      { damage: 'the ledger was changed in chain/000001.ndjson' },
      'ledger_rewritten',
    ],
    ['an artifact that tells of less', { artifacts: [session(100_000)] }, 'session_shrunk'],
    ['files that tell of less', { record: record({ accounts: [account(TOKENS), account(90_000)] }) }, 'session_shrunk'],
    [
      'a meter that heard of far more',
      { record: record({ meter: { kind: 'ended', report: report({}, { tokens: TOKENS * 2 }) } }), settled: null },
      'meter_saw_more',
    ],
    [
      'a meter that heard an agent of which no record is left',
      { record: record({ sessions: [], accounts: [] }), settled: null },
      'meter_saw_more',
    ],
    ['a lease that was settled at less', { settled: { usd: 0.1, tokens: 1_000, minutes: 18 } }, 'lease_low'],
    ['an end before the job', { record: record({ endedAt: later(START, -HOUR) }) }, 'times_apart'],
    [
      'a session that took longer than its job',
      { record: record({ sessions: [session(TOKENS, { duration: 2 * HOUR })] }) },
      'times_apart',
    ],
    [
      'records of yesterday alone',
      {
        record: record({ sessions: [], accounts: [account(TOKENS, { endedAt: later(START, -HOUR) })] }),
        artifacts: [session(TOKENS, { engineSession: 's2' })],
      },
      'session_old',
    ],
  ])('%s', ([, wish, sign]) => {
    const given = matter(wish);
    expect(signsOf(given)).toEqual([sign]);
    expect(judgeGuard(given).verdict).toBe('tampered');
  });

  test('says how long a meter was silent, and between which amounts a record differs', () => {
    const killed = matter({
      record: record({
        meter: { kind: 'died', report: report({ endedAt: null, beatAt: later(POSTED, -90 * SECOND) }) },
      }),
    });
    expect(judgeGuard(killed).signs).toMatchObject([{ amount: 90_000, severity: 'critical' }]);
    const [less] = judgeGuard(matter({ artifacts: [session(100_000)] })).signs;
    expect(less).toMatchObject({ amount: 100_000, limit: TOKENS, name: 'an artifact of the run' });
  });
});
