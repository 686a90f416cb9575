import { describe, expect, test } from 'vitest';
import { REPO, worked } from '../../../test/kit/happenings.ts';
import { parseConfig } from '../../config/parse.ts';
import type { Config } from '../../config/schema.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { MeasureQuery } from '../../core/measure-row.ts';
import type { Rule } from '../../core/rule.ts';
import type { SeriesRequest } from '../../core/series-request.ts';
import { repositorySubject } from '../../core/subject.ts';
import { DAY, HOUR, type Instant, MINUTE, after as shifted } from '../../core/time.ts';
import { memoryStore } from '../../ledger/memory-store.ts';
import type { Ledger } from '../../ledger/port.ts';
import { treeLedger } from '../../ledger/tree-ledger.ts';
import { buildFacts } from '../../metrics/facts.ts';
import { measureOf } from '../../sources/spool/sum.ts';
import { type LedgerState, STATE_TERMS, stateFold } from '../state.ts';
import { readAhead } from './read-ahead.ts';

const NOW: Instant = '2026-11-21T09:30:30.000Z';
const LATENCY = 'tool.latency';

function configured(): Config {
  const read = parseConfig('version: 1\n', 'the configuration');
  if (!read.ok) throw new Error('the configuration cannot be read');
  return read.config;
}

/** Calls of tools, `[minutes ago, tool, milliseconds]`. */
function calls(all: readonly (readonly [number, string, number])[]): LedgerEvent {
  const measures = all.map(([ago, tool, ms]) =>
    measureOf(LATENCY, { server: 'github', tool }, shifted(NOW, -ago * MINUTE), [ms]),
  );
  return {
    ...{ v: 1, id: `metrics:${JSON.stringify(all)}`, kind: 'metrics.recorded', at: NOW, seen: NOW, repo: REPO },
    subject: repositorySubject(REPO),
    data: { measures },
  };
}

type Asking = Pick<Rule<unknown>, 'name' | 'needs'>;

function asking(...requests: readonly SeriesRequest[]): readonly Asking[] {
  return [{ name: 'late', needs: () => requests }];
}

const byMinute = (labels: SeriesRequest['labels'], more: Partial<SeriesRequest> = {}): SeriesRequest => ({
  ...{ metric: LATENCY, labels, step: 'minute', lookBack: 2 * MINUTE },
  ...more,
});

async function factsOf(events: readonly LedgerEvent[], rules: readonly Asking[]) {
  const ledger = treeLedger(memoryStore(), stateFold, { repo: REPO, now: () => NOW, ...STATE_TERMS });
  const { state } = await ledger.append(() => events);
  const asked: MeasureQuery[] = [];
  const counting: Pick<Ledger<LedgerState>, 'measures'> = {
    measures: (query) => {
      asked.push(query);
      return ledger.measures(query);
    },
  };
  const ahead = await readAhead({ repo: REPO, now: NOW, config: configured(), ledger: counting }, state, rules);
  const facts = buildFacts({ ...state, repo: REPO, agents: [], sources: [], now: NOW, ahead });
  return { facts, asked };
}

describe('the series that a rule names', () => {
  test('are there when it is asked, one point a step, with the quantiles that it wants', async () => {
    const request = byMinute({ server: 'github' }, { quantiles: [0, 1] });
    const { facts } = await factsOf(
      [
        calls([
          [0, 'a', 10],
          [0, 'b', 30],
          [2, 'a', 5],
          [3, 'a', 1],
        ]),
      ],
      asking(request),
    );
    const { points, subject } = facts.measured(request);
    expect(subject).toEqual(repositorySubject(REPO));
    expect(points.map(({ at, aggregate }) => [at, aggregate?.sum ?? null])).toEqual([
      ['2026-11-21T09:28:00.000Z', 5],
      ['2026-11-21T09:29:00.000Z', null],
      ['2026-11-21T09:30:00.000Z', 40],
    ]);
    expect(points.map(({ quantiles }) => quantiles)).toEqual([
      [5, 5],
      [null, null],
      [expect.closeTo(10, 0), 30],
    ]);
  });

  test('cost one question however many sets of labels are asked for, each answered apart', async () => {
    const tools = ['a', 'b', 'c', 'd', 'e'];
    const requests = tools.map((tool) => byMinute({ server: 'github', tool }));
    const { facts, asked } = await factsOf([calls(tools.map((tool, n) => [0, tool, n + 1]))], asking(...requests));
    expect(asked).toHaveLength(1);
    expect(requests.map((request) => facts.measured(request).points.at(-1)?.aggregate?.sum)).toEqual([1, 2, 3, 4, 5]);
  });

  test('can be named by the labels that were recorded', async () => {
    const rules: readonly Asking[] = [
      { name: 'late', needs: (_options, labelSets) => labelSets(LATENCY).map((labels) => byMinute(labels)) },
    ];
    const { facts } = await factsOf(
      [
        calls([
          [0, 'b', 7],
          [0, 'a', 3],
        ]),
      ],
      rules,
    );
    const sums = facts
      .labelSets(LATENCY)
      .map((labels) => facts.measured(byMinute(labels)).points.at(-1)?.aggregate?.sum);
    expect(facts.labelSets(LATENCY).map(({ tool }) => tool)).toEqual(['a', 'b']);
    expect(sums).toEqual([3, 7]);
    expect(facts.labelSets('toString')).toEqual([]);
  });

  test('that sessions and runs come to are asked for in the same way, and read nothing', async () => {
    const request: SeriesRequest = {
      ...{ metric: 'sessions.tokenUsage.cost', labels: { agent: 'fixer' }, step: 'day', lookBack: DAY },
    };
    const events = worked({ id: 1, at: shifted(NOW, -HOUR), usd: 2 });
    const { facts, asked } = await factsOf(events, asking(request));
    expect(asked).toEqual([]);
    expect(facts.measured(request).points.map(({ aggregate }) => aggregate?.sum ?? null)).toEqual([null, 2]);
    expect(() => facts.measured({ ...request, step: 'minute' })).toThrow('by hour and day, not by minute');
    expect(() => facts.measured({ ...request, labels: { tool: 'x' } })).toThrow('not by tool');
  });

  test('and no others can be asked for, so that nothing unread looks like nothing happened', async () => {
    const { facts } = await factsOf([calls([[0, 'a', 1]])], asking());
    expect(() => facts.measured(byMinute({}))).toThrow('No rule has named the series');
  });
});
