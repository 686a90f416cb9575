import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, sessionRecorded } from '../../test/kit/happenings.ts';
import type { SessionOutcome, ToolUse } from '../core/session.ts';
import { HOUR, type Instant, after as shifted } from '../core/time.ts';
import { type SessionShiftOptions, sessionShift } from './session-shift.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = sessionShift.options.parse({}) as unknown as SessionShiftOptions;

interface Kind {
  readonly total?: number;
  readonly usd?: number;
  readonly calls?: number;
  readonly outcome?: SessionOutcome;
}

const bash = (calls: number): readonly ToolUse[] => [{ server: null, tool: 'Bash', calls, errors: 0, latency: null }];

/** Sessions every five hours, the last of them half an hour ago, as large as 0.7 to 1.4 times a usual one in turn. */
function judge(kinds: readonly Kind[]) {
  const events = kinds.map(({ total = 400_000, usd = 1, calls = 20, outcome = 'completed' }, i) => {
    const size = [0.7, 0.85, 1, 1.2, 1.4][i % 5] ?? 1;
    const at = shifted(NOW, (i - kinds.length + 1) * 5 * HOUR - HOUR / 2);
    const event = sessionRecorded({ run: i + 1, at, usd: usd * size, outcome, tokens: { total: total * size } });
    return { ...event, data: { session: { ...event.data.session, tools: bash(Math.round(calls * size)) } } };
  });
  const found = sessionShift.judge(factsAfter(events, { now: NOW, agents: ['fixer'] }), DEFAULTS, NOW);
  return (metric: string) => found.find(({ labels }) => labels['metric'] === metric);
}

const usual = (count: number): readonly Kind[] => Array.from({ length: count }, () => ({}));
const last = (count: number, kind: Kind): readonly Kind[] => Array.from({ length: count }, () => kind);

describe('the last sessions of an agent', () => {
  test('that are like those before are fine, in every respect', () => {
    const of = judge(usual(60));
    expect(['calls', 'tokens', 'spend', 'failures'].map((metric) => of(metric)?.outcome)).toEqual(Array(4).fill('ok'));
  });

  test('one of ten times the usual tokens is told at once, with what is usual', () => {
    const tokens = judge([...usual(59), { total: 4_000_000 }])('tokens');
    expect(tokens).toMatchObject({ outcome: 'violated', severity: 'warning', explainedBy: null });
    expect(tokens?.reason).toContain('One of the last sessions of fixer had');
    // The geometric mean of 0.7, 0.85, 1, 1.2 and 1.4 times 400,000 tokens.
    expect(tokens?.reason).toMatch(/where (399|400)(\.\d)? k tokens a session are usual/);
  });

  test('one of four times the usual may be a large task; three of them are none', () => {
    expect(judge([...usual(58), { total: 1_600_000 }])('tokens')?.outcome).toBe('ok');
    expect(judge([...usual(57), ...last(3, { total: 1_600_000 })])('tokens')?.outcome).toBe('violated');
  });

  test('two of three times the usual are told of an agent with few sessions, where chance has few occasions', () => {
    expect(judge([...usual(58), ...last(2, { total: 1_200_000 })])('tokens')?.outcome).toBe('violated');
    expect(judge([...usual(58), ...last(2, { total: 500_000 })])('tokens')?.outcome).toBe('ok');
  });

  test('of what one larger session was before, another one is no news', () => {
    const tokens = judge([...usual(20), { total: 8_000_000 }, ...usual(39), { total: 4_000_000 }])('tokens');
    expect(tokens?.outcome).toBe('ok');
  });

  test('few tokens more are nothing, however many times that is', () => {
    expect(judge([...usual(57), ...last(3, { usd: 1.2 })])('spend')?.outcome).toBe('ok');
    const small = { total: 1_000, usd: 0.001, calls: 0 };
    const of = judge([...last(57, small), ...last(3, { ...small, total: 20_000, usd: 0.02 })]);
    expect([of('tokens')?.outcome, of('spend')?.outcome]).toEqual(['ok', 'ok']);
  });

  test('a call that is repeated is told by the calls, and the tokens that it takes are the same story', () => {
    const of = judge([...usual(59), { calls: 320, total: 4_000_000 }]);
    expect(of('calls')).toMatchObject({ outcome: 'violated', explainedBy: null });
    expect(of('tokens')).toMatchObject({ outcome: 'violated', explainedBy: 'session-shift/agent:fixer/metric=calls' });
  });

  test('half of the calls over twenty sessions are told too: a server may be gone', () => {
    const calls = judge([...usual(50), ...last(20, { calls: 10 })])('calls');
    expect(calls?.outcome).toBe('violated');
    expect(calls?.reason).toMatch(/had 0\.[56] times the usual calls/);
  });

  test('four failures of six after fifty good ones are told, as the story of another rule', () => {
    const failed = { outcome: 'failed' } as const;
    const failures = judge([...usual(56), failed, {}, failed, failed, failed])('failures');
    expect(failures).toMatchObject({ outcome: 'violated', explainedBy: 'failures-in-a-row/agent:fixer' });
    expect(failures?.reason).toContain('4 of 6 sessions of fixer in a row failed');
  });

  test('of an agent that fails every other time four of six are no news', () => {
    const half = Array.from({ length: 60 }, (_, i): Kind => (i % 2 === 0 ? { outcome: 'failed' } : {}));
    expect(judge([...half, ...last(3, { outcome: 'failed' })])('failures')?.outcome).toBe('ok');
  });

  test('with too few sessions before them nothing is known', () => {
    expect(judge([...usual(25), { total: 4_000_000 }])('tokens')?.outcome).toBe('unknown');
  });

  test('without facts there is nobody to judge', () => {
    expect(sessionShift.judge(noFacts(NOW), DEFAULTS, NOW)).toEqual([]);
  });
});
