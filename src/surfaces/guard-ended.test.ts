import { describe, expect, test } from 'vitest';
import { HANDOVER } from '../../test/fakes/agent/job.ts';
import type { MeterReport } from '../core/guard.ts';
import type { GuardRecord } from '../core/guard-record.ts';
import { type Engine, type SessionReading, UNKNOWN_DETAIL } from '../core/session.ts';
import type { Instant } from '../core/time.ts';
import { guardEndedMarkdown } from './guard-ended.ts';

const AT: Instant = '2026-11-21T12:00:00.000Z';

function session(engine: Engine): SessionReading {
  const unknown = { usd: null, basis: 'unknown' } as const;
  return {
    ...{ engine, format: 'x', engineSession: null, models: [], startedAt: null, endedAt: null, duration: null },
    ...{ outcome: 'completed', turns: null, cost: unknown, reportedCost: unknown, tools: [], denials: null },
    tokens: { input: null, output: null, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, total: null },
    state: { tokens: 'unknown', cost: 'unknown', turns: 'unknown', tools: 'unknown', latency: 'unknown' },
    detail: UNKNOWN_DETAIL,
  };
}

function markdown(report: Partial<MeterReport>, engine: Engine = 'claude'): string {
  const whole: MeterReport = {
    ...{ startedAt: AT, beatAt: AT, endedAt: AT, heard: [], stop: null, refused: [], moreRefused: 0, problems: [] },
    use: { usd: null, tokens: null, turns: null, minutes: 0, calls: null },
    ...report,
  };
  const record: GuardRecord = {
    ...{ v: 1, errand: HANDOVER.errand, mode: 'enforce', decision: 'allow', lease: null, startedAt: AT, endedAt: AT },
    ...{
      sessions: [session(engine)],
      accounts: [],
      unread: [],
      meter: { kind: 'ended', report: whole },
      ledger: 'held',
    },
  };
  return guardEndedMarkdown({ record, settled: null, budgets: [], warnings: [] });
}

describe('what is said of an agent that has ended', () => {
  test.each<[string, MeterReport['heard'], Engine, string]>([
    ['telemetry and files', ['files', 'telemetry'], 'claude', '| Followed by | session files and telemetry |'],
    ['nothing', [], 'claude', '| Followed by | nothing: no limit in dollars, tokens or turns could be held |'],
    [
      'files alone',
      ['files'],
      'codex',
      '| Followed by | session files (Codex takes no telemetry from its environment) |',
    ],
    ['nothing', [], 'copilot', '(the session files of Copilot are read at the end only) |'],
  ])('names %s as what the meter went by', (_name, heard, engine, row) => {
    expect(markdown({ heard }, engine)).toContain(row);
  });

  test.each([
    ['gone', 'the branch of the ledger was gone, so that no emergency stop could be seen'],
    ['rewound', 'the branch of the ledger was set back, so that no emergency stop could be seen'],
  ] as const)('says that it was ended because the ledger was %s', (how, words) => {
    const stop = { cause: { kind: 'ledger', how }, at: AT, mode: 'enforce', hands: ['process'], took: 600 } as const;
    expect(markdown({ stop })).toContain(`| Ended because | ${words}, by its process after 600 ms |`);
    expect(markdown({ stop: { ...stop, mode: 'shadow', hands: [], took: null } })).toContain(
      `| Would have been ended because | ${words} |`,
    );
  });

  test.each([
    [900, 'Had already ended when it was to, because'],
    [null, 'Could not be ended, though'],
  ])('does not say that the meter ended it when it did not (%s)', (took, verb) => {
    const cause = { kind: 'limit', limit: 'turns', used: 41, allowed: 40 } as const;
    const text = markdown({ stop: { cause, at: AT, mode: 'enforce', hands: [], took } });
    expect(text).toContain(`| ${verb} | it passed turns: 41, at most 40 |`);
  });
});
