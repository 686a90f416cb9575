import { describe, expect, test } from 'vitest';
import { sessionRecorded } from '../../test/kit/happenings.ts';
import type { SessionCertainty, ToolUse } from '../core/session.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../core/time.ts';
import { serverUsesFold } from './server-uses.ts';

const AT: Instant = '2026-11-01T08:00:00.000Z';

function tool(server: string | null, calls = 3): ToolUse {
  return { server, tool: 'search', calls, errors: 0, latency: null };
}

/** The nth session of an agent, an hour after the one before, with calls of these servers and of a tool of the engine. */
function session(nth: number, servers: readonly string[], more: Partial<{ tools: readonly ToolUse[] }> = {}) {
  const tools = more.tools ?? [tool(null), ...servers.map((server) => tool(server))];
  return sessionRecorded({ run: nth + 1, at: shifted(AT, nth * HOUR), more: { tools } });
}

const fold = (events: Parameters<typeof serverUsesFold.apply>[1]) =>
  serverUsesFold.apply(serverUsesFold.initial, events).uses;

describe('the MCP servers of agents', () => {
  test('are kept with the sessions that called them, and with those since that did not', () => {
    const events = [session(0, ['github']), session(1, []), session(2, ['github']), session(3, []), session(4, [])];
    expect(fold(events)).toEqual([
      {
        agent: 'fixer',
        server: 'github',
        last: shifted(AT, 2 * HOUR),
        sessions: 3,
        calledIn: 2,
        missing: 2,
        missingSince: shifted(AT, 3 * HOUR),
      },
    ]);
  });

  test('come out the same however the events are cut into batches', () => {
    const events = Array.from({ length: 450 }, (_, i) => session(i, i % 7 === 0 ? ['a'] : ['a', 'b']));
    const halves = serverUsesFold.apply(
      serverUsesFold.apply(serverUsesFold.initial, events.slice(0, 311)),
      events.slice(311),
    );
    expect(halves.uses).toEqual(fold(events));
    // From 200 on all counts half, so that fewer than 200 are remembered.
    expect(halves.uses.every(({ sessions }) => sessions < 200)).toBe(true);
    const [, b] = halves.uses;
    expect((b?.calledIn ?? 0) / (b?.sessions ?? 1)).toBeCloseTo(6 / 7, 1);
  });

  test('a session that called nothing, or of which not all calls are known, says nothing', () => {
    const tools: Partial<SessionCertainty> = { tools: 'lower_bound' };
    const partly = session(1, []);
    const unsure = {
      ...partly,
      data: { session: { ...partly.data.session, state: { ...partly.data.session.state, ...tools } } },
    };
    const [use] = fold([
      session(0, ['github']),
      unsure,
      session(2, [], { tools: [] }),
      session(3, [], { tools: [tool('x', 0)] }),
    ]);
    expect(use).toMatchObject({ server: 'github', sessions: 1, missing: 0 });
  });

  test('a session that was learned late ends no row that began after it', () => {
    const late = sessionRecorded({ run: 9, at: shifted(AT, HOUR / 2), more: { tools: [tool('github')] } });
    const [use] = fold([session(0, ['github']), session(2, []), session(3, []), late]);
    expect(use).toMatchObject({ missing: 2, sessions: 2, calledIn: 2 });
  });

  test('a forged record with a thousand servers leaves twenty, without secrets in their names', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => `server-${i}`);
    expect(fold([session(0, many)])).toHaveLength(20);
    expect(fold([session(0, [`sk-ant-${'a'.repeat(30)}`])])[0]?.server).toBe('[redacted:anthropic-key]');
  });

  test('a server that was not called for 30 days is forgotten', () => {
    const later = sessionRecorded({ run: 99, at: shifted(AT, 31 * DAY), more: { tools: [tool('new')] } });
    expect(fold([session(0, ['old']), later]).map(({ server }) => server)).toEqual(['new']);
  });

  test('a checkpoint that does not have them yet begins with none', () => {
    const missing = undefined as unknown as typeof serverUsesFold.initial;
    expect(serverUsesFold.apply(missing, []).uses).toEqual([]);
    expect(serverUsesFold.apply(missing, [session(0, ['github'])]).uses).toHaveLength(1);
  });
});
