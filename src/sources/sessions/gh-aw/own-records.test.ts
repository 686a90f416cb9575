import { expect, test } from 'vitest';
import { UNKNOWN_MONEY } from '../../../core/money.ts';
import { type SessionReading, UNKNOWN_TOKENS } from '../../../core/session.ts';
import { type ToldSession, withOwnRecords } from './own-records.ts';

const NOTHING: SessionReading = {
  engine: 'gh-aw',
  format: 'gh-aw-usage',
  engineSession: 'gh-aw:1-1',
  models: [],
  startedAt: null,
  endedAt: null,
  duration: null,
  outcome: 'unknown',
  turns: null,
  tokens: UNKNOWN_TOKENS,
  cost: UNKNOWN_MONEY,
  reportedCost: UNKNOWN_MONEY,
  tools: [],
  denials: null,
  state: { tokens: 'unknown', cost: 'unknown', turns: 'unknown', tools: 'unknown', latency: 'unknown' },
};

function found(fields: Partial<SessionReading>): ToldSession {
  const reading = { ...NOTHING, ...fields };
  return { id: reading.engineSession ?? 'x', path: 'usage.zip', part: null, reading, detection: false };
}

function tokens(total: number, state: 'exact' | 'lower_bound'): Pick<SessionReading, 'tokens' | 'state'> {
  return { tokens: { ...UNKNOWN_TOKENS, input: total, output: 0, total }, state: { ...NOTHING.state, tokens: state } };
}

const COPILOT = { engine: 'copilot', format: 'copilot-events', outcome: 'completed', turns: 4, denials: 1 } as const;
const TOLD = found(tokens(1_000, 'exact'));

test('the work that gh-aw and the engine both tell of is one session, with what only the engine knows', () => {
  const own = found({ ...COPILOT, ...tokens(15, 'lower_bound') });
  const { sessions, complaints } = withOwnRecords([TOLD], [own]);
  expect(sessions).toMatchObject([
    {
      id: 'gh-aw:1-1',
      reading: { engine: 'gh-aw', turns: 4, denials: 1, outcome: 'completed', tokens: { total: 1_000 } },
    },
  ]);
  expect(complaints[0]?.reason).toBe("gh-aw tells 1000 tokens, the engine's own record 15: those of gh-aw count");
});

test("the engine's own final account counts, and a small difference is not worth telling", () => {
  const own = found({ ...COPILOT, ...tokens(1_040, 'exact') });
  const { sessions, complaints } = withOwnRecords([TOLD], [own]);
  expect(sessions).toMatchObject([{ reading: { tokens: { total: 1_040 }, state: { tokens: 'exact' } } }]);
  expect(complaints).toEqual([]);
});

test('credits of Copilot without the proxy are joined to the tokens of its own record', () => {
  const credits = { usd: 0.035, basis: 'list' } as const;
  const told = found({ cost: credits, reportedCost: credits, state: { ...NOTHING.state, cost: 'exact' } });
  const { sessions } = withOwnRecords([told], [found({ ...COPILOT, ...tokens(15, 'lower_bound') })]);
  expect(sessions).toMatchObject([
    { reading: { cost: credits, tokens: { total: 15 }, state: { tokens: 'lower_bound', cost: 'exact' } } },
  ]);
});

test('several records of the engine never count besides the sums of gh-aw', () => {
  const own = [1, 2].map((n) => found({ ...COPILOT, engineSession: `c${n}`, ...tokens(n, 'lower_bound') }));
  expect(withOwnRecords([TOLD], own).sessions.map(({ id }) => id)).toEqual(['gh-aw:1-1']);
  const final = own.map(({ reading }) => found({ ...reading, state: { ...reading.state, tokens: 'exact' } }));
  expect(withOwnRecords([TOLD], final).sessions.map(({ id }) => id)).toEqual(['c1', 'c2']);
});

test('the detection stays a session of its own, and without figures of gh-aw nothing changes', () => {
  const detection = { ...found({ engineSession: 'gh-aw:1-1:detection' }), detection: true };
  const own = [found({ ...COPILOT, engineSession: 'c1' })];
  expect(withOwnRecords([detection], own).sessions.map(({ id }) => id)).toEqual(['c1', 'gh-aw:1-1:detection']);
  expect(withOwnRecords([TOLD, detection], own).sessions.map(({ id }) => id)).toEqual([
    'gh-aw:1-1',
    'gh-aw:1-1:detection',
  ]);
});

test("the engine's record of a detection without figures of gh-aw leaves those of the agent alone", () => {
  const own = { ...found({ ...COPILOT, engineSession: 'c1', ...tokens(12, 'exact') }), path: 'run/detection.log' };
  const { sessions, complaints } = withOwnRecords([TOLD], [own]);
  expect(sessions).toMatchObject([{ reading: TOLD.reading }, { reading: { engineSession: 'c1', turns: 4 } }]);
  expect(complaints).toEqual([]);
});

test("the engine's records of the detection are merged with it, and not with the agent", () => {
  const told = found({ engineSession: 'gh-aw:1-1:detection', ...tokens(12, 'exact') });
  const detection = { ...told, detection: true };
  const own = ['run/agent/agent-stdio.log', 'run/detection/agent-stdio.log'].map((path, n) => ({
    ...found({ ...COPILOT, engineSession: `c${n}`, turns: 4 + n, ...tokens(n === 0 ? 1_000 : 12, 'exact') }),
    path,
  }));
  for (const records of [own, [...own].reverse()]) {
    const { sessions, complaints } = withOwnRecords([TOLD, detection], records);
    expect(sessions).toMatchObject([
      { id: 'gh-aw:1-1', reading: { turns: 4, tokens: { total: 1_000 } } },
      { id: 'gh-aw:1-1:detection', reading: { turns: 5, tokens: { total: 12 } } },
    ]);
    expect(complaints).toEqual([]);
  }
});
