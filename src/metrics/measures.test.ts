import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryEvents, frozen } from '../../test/kit/arbitrary-events.ts';
import { REPO, sessionRecorded } from '../../test/kit/happenings.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Measure } from '../core/measure.ts';
import { addSummary, type MeasureRow, type Summary, startSummary, summaryOfSum } from '../core/measure-row.ts';
import { packSpread } from '../core/packed-spread.ts';
import { sketchOf } from '../core/sketch.ts';
import { repositorySubject } from '../core/subject.ts';
import { DAY, HOUR, type Instant, MINUTE, after as shifted } from '../core/time.ts';
import { measureQuantiles, measureSeries } from './measure-query.ts';
import {
  type MeasuresState,
  MOST_LABEL_SETS,
  MOST_METRICS,
  measureComplaints,
  measuresFold,
  measuring,
  OTHER_LABELS,
} from './measures.ts';

const AT: Instant = '2026-11-21T09:30:00.000Z';

function measure(change: Partial<Measure> = {}, values: readonly number[] = [2, 4]): Measure {
  const sketch = sketchOf(values);
  return {
    metric: 'tool.latency',
    labels: { server: 'github', tool: 'get_issue' },
    minute: AT,
    aggregate: {
      count: values.length,
      sum: values.reduce((sum, value) => sum + value, 0),
      min: Math.min(...values),
      max: Math.max(...values),
      unknown: 0,
    },
    spread: sketch === null ? null : { zeros: sketch.zeros, bins: sketch.bins },
    ...change,
  };
}

function summary(values: readonly number[]): Summary {
  const { aggregate, spread } = measure({}, values);
  return { aggregate, spread: spread === null ? null : packSpread(spread) };
}

function together(...summaries: readonly Summary[]): Summary {
  const sum = startSummary();
  for (const each of summaries) addSummary(sum, each);
  return summaryOfSum(sum);
}

let count = 0;
function recorded(measures: readonly unknown[], at: Instant = AT): EventOf<'metrics.recorded'> {
  return {
    v: 1,
    id: `metrics:test:${count++}`,
    kind: 'metrics.recorded',
    at,
    seen: at,
    repo: REPO,
    subject: repositorySubject(REPO),
    data: { measures: measures as readonly Measure[] },
  };
}

function compacted(since: Instant): LedgerEvent {
  const data = { keptSince: { minute: since, hour: since, day: since }, cut: null, dropped: 0 };
  return { ...recorded([]), kind: 'ledger.compacted', data } as LedgerEvent;
}

const rowsOf = (events: readonly LedgerEvent[], state: MeasuresState = measuresFold.initial): readonly MeasureRow[] =>
  measuring.rows(state, events);
const stateOf = (events: readonly LedgerEvent[]): MeasuresState => measuresFold.apply(measuresFold.initial, events);

describe('what events add to the rollups', () => {
  test('a measure stands by minute, hour and day', () => {
    const rows = rowsOf([recorded([measure()])]);
    expect(rows.map(({ step, at }) => [step, at])).toEqual([
      ['minute', '2026-11-21T09:30:00.000Z'],
      ['hour', '2026-11-21T09:00:00.000Z'],
      ['day', '2026-11-21T00:00:00.000Z'],
    ]);
    expect(rows[0]).toMatchObject({ metric: 'tool.latency', aggregate: { count: 2, sum: 6, min: 2, max: 4 } });
  });

  test('a session tells its cost, tokens and duration by agent, and calls, errors and times by tool', () => {
    const event = sessionRecorded({ run: 1, at: AT, usd: 0.5, duration: 90_000 });
    const latency = sketchOf([100, 300]);
    const session = {
      ...event.data.session,
      tools: [
        { server: 'github', tool: 'list', calls: 3, errors: 1, latency },
        { server: null, tool: 'Bash', calls: 2, errors: 2, latency: null },
        { server: null, tool: 'Read', calls: 0, errors: 0, latency: null },
      ],
    };
    const rows = rowsOf([{ ...event, data: { session } }]).filter(({ step }) => step === 'hour');
    const brief = rows.map(({ metric, labels, aggregate }) => [metric, labels, aggregate]);
    expect(brief).toEqual([
      ['session.cost', { agent: 'fixer' }, { count: 1, sum: 0.5, min: 0.5, max: 0.5, unknown: 0 }],
      ['session.tokens', { agent: 'fixer' }, { count: 1, sum: 1_200, min: 1_200, max: 1_200, unknown: 0 }],
      ['session.duration', { agent: 'fixer' }, { count: 1, sum: 90_000, min: 90_000, max: 90_000, unknown: 0 }],
      ['session.tool.errors', { server: 'github', tool: 'list' }, { count: 3, sum: 1, min: 0, max: 1, unknown: 0 }],
      [
        'session.tool.latency',
        { server: 'github', tool: 'list' },
        { count: 2, sum: 400, min: 100, max: 300, unknown: 1 },
      ],
      ['session.tool.errors', { tool: 'Bash' }, { count: 2, sum: 2, min: 1, max: 1, unknown: 0 }],
      ['session.tool.latency', { tool: 'Bash' }, { count: 0, sum: 0, min: 0, max: 0, unknown: 2 }],
    ]);
  });

  test('a cost that is not known is an observation of unknown value, never zero', () => {
    const [row] = rowsOf([sessionRecorded({ run: 1, at: AT, usd: null })]);
    expect(row).toMatchObject({ metric: 'session.cost', aggregate: { count: 0, unknown: 1 }, spread: null });
  });

  test.each<[string, unknown]>([
    ['a name with capitals', measure({ metric: 'Tool' })],
    ['a name of sessions, which only their records may tell', measure({ metric: 'session.cost' })],
    ['a minute that is none', measure({ minute: '2026-11-21T09:30:12.000Z' })],
    ['a minute of nonsense', measure({ minute: 'now' })],
    ['a count below zero', measure({ aggregate: { count: -1, sum: 0, min: 0, max: 0, unknown: 0 } })],
    ['an infinite sum', measure({ aggregate: { count: 1, sum: Infinity, min: 0, max: 0, unknown: 0 } })],
    ['a least value above the greatest', measure({ aggregate: { count: 1, sum: 1, min: 3, max: 2, unknown: 0 } })],
    ['bins that count something else', measure({ spread: { zeros: 0, bins: [[3, 1]] } })],
    ['a bin that would take all memory', measure({ spread: { zeros: 1, bins: [[1e9, 1]] } })],
    [
      'bins out of order',
      measure({
        spread: {
          zeros: 0,
          bins: [
            [5, 1],
            [3, 1],
          ],
        },
      }),
    ],
    ['labels that are no texts', measure({ labels: { server: 7 } as never })],
    ['a label with a name that objects give a meaning', measure({ labels: JSON.parse('{"__proto__":"y"}') })],
    ['too many labels', measure({ labels: Object.fromEntries([...'abcdefghi'].map((name) => [name, name])) })],
    ['a value of a label that is too long', measure({ labels: { server: 'x'.repeat(201) } })],
  ])('%s is refused, counted and told', (_name, bad) => {
    const events = [recorded([bad, measure()])];
    expect(rowsOf(events)).toHaveLength(3);
    expect(stateOf(events).refused).toEqual({ day: '2026-11-21', count: 1, names: [] });
    expect(measureComplaints(stateOf(events))).toEqual([expect.stringMatching(/^Of the measures of 2026-11-21, 1 /)]);
  });

  test('rows from before what is kept are not added any more', () => {
    const state = stateOf([compacted('2026-11-21T10:00:00.000Z')]);
    const since = '2026-11-21T10:05:00.000Z';
    expect(rowsOf([recorded([measure()])], state)).toEqual([]);
    expect(rowsOf([recorded([measure({ minute: since })])], state).map(({ step }) => step)).toEqual(['minute', 'hour']);
  });
});

describe('labels', () => {
  const tools = (from: number, to: number, at: Instant = AT): LedgerEvent =>
    recorded(
      Array.from({ length: to - from }, (_, n) => measure({ labels: { tool: `t${from + n}` }, minute: at })),
      at,
    );

  test('beyond the most of a metric are counted together, and that is told', () => {
    const state = stateOf([tools(0, MOST_LABEL_SETS)]);
    expect(measureComplaints(state)).toEqual([]);
    const events = [tools(MOST_LABEL_SETS, MOST_LABEL_SETS + 2), tools(0, 1)];
    const rows = rowsOf(events, state).filter(({ step }) => step === 'day');
    expect(rows.map(({ labels }) => labels)).toEqual([OTHER_LABELS, OTHER_LABELS, { tool: 't0' }]);
    expect(measureComplaints(measuresFold.apply(state, events))).toEqual([
      expect.stringContaining('tool.latency has more than 1000 sets of labels'),
    ]);
    expect(rowsOf([recorded([measure({ metric: 'build.time' })])], state)[0]?.labels).not.toEqual(OTHER_LABELS);
  });

  test('that were not measured for 30 days give their place away', () => {
    const state = stateOf([tools(0, MOST_LABEL_SETS)]);
    const later = shifted(AT, 31 * DAY);
    const [row] = rowsOf([recorded([measure({ labels: { tool: 'new' }, minute: later })], later)], state);
    expect(row?.labels).toEqual({ tool: 'new' });
  });

  test('metrics beyond the most are refused', () => {
    const metrics = Array.from({ length: MOST_METRICS + 1 }, (_, n) => measure({ metric: `m${n}` }));
    const state = stateOf([{ ...recorded(metrics), id: 'metric:test:1' }]);
    expect(Object.keys(state.labels)).toHaveLength(MOST_METRICS);
    expect(measureComplaints(state)).toEqual([
      expect.stringMatching(/, 1 are not kept: .* \(200, of them 100 from spools\), among others for m200\.$/),
    ]);
  });

  test('metrics from spools leave places for what a person records, and none of them crowds our own out', () => {
    const flood = Array.from({ length: 150 }, (_, n) => measure({ metric: `flood${n}` }));
    const byHand = Array.from({ length: 100 }, (_, n) => measure({ metric: `mine${n}` }));
    const events = [
      recorded(flood),
      { ...recorded(byHand), id: 'metric:me:1' },
      recorded([measure()]),
      recorded(flood),
    ];
    const { labels, refused } = stateOf(events);
    expect(Object.keys(labels)).toHaveLength(201);
    expect(labels).toHaveProperty('mine99');
    expect(Object.hasOwn(labels, 'tool.latency')).toBe(true);
    expect(refused).toMatchObject({ count: 100, names: ['flood100', 'flood101', 'flood102', 'flood103', 'flood104'] });
  });

  test('a metric may be called like what objects have', () => {
    const state = stateOf([recorded([measure({ metric: 'constructor' }), measure({ metric: 'constructor' })])]);
    expect(Object.keys(state.labels['constructor'] ?? {})).toHaveLength(1);
  });
});

const moments = fc.integer({ min: 0, max: 24 * 60 }).map((hours) => shifted('2026-01-01T00:00:00.000Z', hours * HOUR));
const measured = fc
  .record({ at: moments, metric: fc.constantFrom('a', 'b.c'), tool: fc.integer({ min: 0, max: 5 }), bad: fc.boolean() })
  .map(({ at, metric, tool, bad }) =>
    recorded([measure({ metric: bad ? 'BAD' : metric, labels: { tool: `${tool}` }, minute: at })], at),
  );
const cuts = moments.map((at) => ({ ...compacted(at), at, seen: at }));
const anyEvents: fc.Arbitrary<readonly LedgerEvent[]> = fc
  .tuple(arbitraryEvents, fc.array(fc.oneof<fc.Arbitrary<LedgerEvent>[]>(measured, cuts), { maxLength: 40 }))
  .map(([some, others]) => [...some, ...others]);

test('state and rows do not hang on how events are cut into batches, and nothing is changed in place', () => {
  fc.assert(
    fc.property(anyEvents, fc.nat(80), (events, cut) => {
      const [head, tail] = [events.slice(0, cut), events.slice(cut)];
      const between = frozen(measuresFold.apply(measuresFold.initial, head));
      expect(measuresFold.apply(between, tail)).toEqual(measuresFold.apply(frozen(measuresFold.initial), events));
      expect([...rowsOf(head), ...rowsOf(tail, between)]).toEqual(rowsOf(events));
    }),
  );
});

describe('series and quantiles', () => {
  const query = {
    metric: 'tool.latency',
    labels: { server: 'github' },
    step: 'minute' as const,
    from: '2026-11-21T09:29:30.000Z',
    to: '2026-11-21T09:32:00.000Z',
  };

  test('a series has one point a step, and takes rows of several labels together', () => {
    const events = [recorded([measure(), measure({ labels: { server: 'github', tool: 'list' } }, [10])])];
    const rows = rowsOf(events).filter(({ step }) => step === 'minute');
    const series = measureSeries(rows, query, repositorySubject(REPO));
    expect(series).toMatchObject({ metric: 'tool.latency', labels: { server: 'github' }, step: 'minute' });
    expect(series.points.map(({ at, aggregate }) => [at.slice(11, 16), aggregate?.count, aggregate?.max])).toEqual([
      ['09:29', undefined, undefined],
      ['09:30', 3, 10],
      ['09:31', undefined, undefined],
    ]);
    expect(measureSeries([], query, repositorySubject(REPO)).points).toHaveLength(3);
  });

  test('quantiles over many rows are within 1 % of the value of that rank (Masson, Rim, Lee 2019)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }), {
          minLength: 1,
          maxLength: 10,
        }),
        fc.constantFrom(0, 0.5, 0.95, 0.99, 1),
        (groups, q) => {
          const rows = rowsOf(
            groups.map((values, n) => recorded([measure({ minute: shifted(AT, n * MINUTE) }, values)])),
          ).filter(({ step }) => step === 'minute');
          const sorted = groups.flat().sort((a, b) => a - b);
          const exact = sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
          const [found] = measureQuantiles(rows, [q]);
          expect(Math.abs((found ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.0101);
        },
      ),
    );
  });

  test('quantiles of nothing, or with a negative value among them, are not known', () => {
    expect(measureQuantiles([], [0.5])).toEqual([null]);
    const negative = measure({ spread: null }, [-1]);
    expect(measureQuantiles(rowsOf([recorded([negative, measure()])]), [0.5])).toEqual([null]);
    const nothing = measure({ aggregate: { count: 0, sum: 0, min: 0, max: 0, unknown: 1 }, spread: null });
    expect(measureQuantiles(rowsOf([recorded([nothing])]), [0.5])).toEqual([null]);
  });

  test('merging is the same in any order of whole numbers', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [x, y, whole] = [summary(a), summary(b), summary([...a, ...b])];
        expect(together(x, y)).toEqual(together(y, x));
        expect(together(x, y)).toEqual(whole);
      }),
    );
  });
});
