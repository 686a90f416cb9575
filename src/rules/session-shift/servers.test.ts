import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, sessionRecorded } from '../../../test/kit/happenings.ts';
import type { ToolUse } from '../../core/session.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../../core/time.ts';
import { judgeServers } from './servers.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';

interface Life {
  readonly agent?: string;
  /** Whether each session called the server, the oldest first; the last one was an hour before `until`. */
  readonly calls: readonly boolean[];
  readonly every?: number;
  readonly until?: Instant;
}

function sessionsOf({ agent = 'fixer', calls, every = 3 * HOUR, until = NOW }: Life, first = 1) {
  return calls.map((isCalled, i) => {
    const tool = (server: string | null): ToolUse => ({ server, tool: 'search', calls: 2, errors: 0, latency: null });
    const at = shifted(until, (i - calls.length + 1) * every - HOUR);
    const tools = isCalled ? [tool(null), tool('github')] : [tool(null)];
    return sessionRecorded({ run: first + i, at, agent, more: { tools } });
  });
}

function judge(...lives: readonly Life[]) {
  const events = lives.flatMap((life, i) => sessionsOf(life, 1 + 1_000 * i));
  const agents = lives.map(({ agent = 'fixer' }) => agent);
  return judgeServers(factsAfter(events, { now: NOW, agents }), NOW);
}

const yes = (times: number): readonly boolean[] => Array<boolean>(times).fill(true);
const no = (times: number): readonly boolean[] => Array<boolean>(times).fill(false);

describe('an MCP server that an agent called in every session', () => {
  test('is missed after the second session without it', () => {
    // Eight sessions a day, 240 a month; 240 × (0.5 · 1.5) / (81 · 82) = 0.027 rows of two a month, and 1.5 of one.
    expect(judge({ calls: [...yes(80), ...no(1)] })[0]).toMatchObject({ outcome: 'ok', limit: 1 });
    const [finding] = judge({ calls: [...yes(80), ...no(2)] });
    expect(finding).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      value: 2,
      limit: 1,
      labels: { metric: 'server', server: 'github' },
    });
    expect(finding?.reason).toContain('in 100 % of its sessions, and in none of the last 2');
  });

  test('is missed later where some sessions did without it before', () => {
    const often = Array.from({ length: 80 }, (_, i) => i % 5 !== 0 || i === 79);
    expect(judge({ calls: [...often, ...no(3)] })[0]?.outcome).toBe('ok');
    expect(judge({ calls: [...often, ...no(6)] })[0]?.outcome).toBe('violated');
  });

  test('is not missed where it was called for some tasks only, nor where little is known', () => {
    const half = Array.from({ length: 80 }, (_, i) => i % 2 === 1);
    expect(judge({ calls: [...half, ...no(40)] })[0]?.outcome).toBe('ok');
    expect(judge({ calls: [...yes(10), ...no(10)] })[0]?.outcome).toBe('unknown');
  });

  test('is not missed any more after a week: then that is the habit', () => {
    expect(judge({ calls: [...yes(80), ...no(55)] })[0]?.outcome).toBe('violated');
    expect(judge({ calls: [...yes(80), ...no(60)] })[0]?.outcome).toBe('ok');
  });

  test('is missed once, whoever else misses it', () => {
    const found = judge({ agent: 'a', calls: [...yes(60), ...no(4)] }, { agent: 'b', calls: [...yes(60), ...no(4)] });
    expect(found.map((one) => (one.outcome === 'violated' ? one.explainedBy : one.outcome))).toEqual([
      null,
      'session-shift/agent:a/metric=server/server=github',
    ]);
  });

  test('is missed by nobody who does not work: silence is another story', () => {
    expect(judge({ calls: yes(80), until: shifted(NOW, -5 * DAY) })[0]?.outcome).toBe('ok');
  });
});

test('without facts there is nobody to judge', () => {
  expect(judgeServers(noFacts(NOW), NOW)).toEqual([]);
});
