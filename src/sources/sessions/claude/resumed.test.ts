import { describe, expect, test } from 'vitest';
import { NO_PRICES } from '../../prices/price-list.ts';
import type { FoundSession } from '../found-session.ts';
import { eachOnce, identify } from '../identity.ts';
import { readSessionFile } from '../recognise.ts';

// How totals continue follows the descriptions in Claude Code 2.1.330's schema of results. The costs were measured with 2.1.278
// (Enderfga/claw-orchestrator#112): a run of $0.363044, and one that resumed it and reported $0.386463. Tokens are made up.

interface Run {
  readonly version?: string;
  /** The totals in the result: output tokens and dollars. */
  readonly total: readonly [output: number, usd: number];
  /** What the messages of the run show. Its main loop used the same. */
  readonly own: number;
  readonly more?: object;
  readonly at?: string;
}

const MODEL = 'claude-opus-5';

function models(output: number, usd: number): object {
  const usage = { inputTokens: output, outputTokens: output, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 };
  return { [`${MODEL}[1m]`]: { ...usage, webSearchRequests: 0, costUSD: usd } };
}

function loop(output: number): object {
  return {
    input_tokens: output,
    output_tokens: output,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
}

function run({ version, total: [output, usd], own, more = {}, at }: Run): string {
  const about = { session_id: 's-1', ...(at === undefined ? {} : { timestamp: at }) };
  const messages = [
    { type: 'system', subtype: 'init', model: MODEL, claude_code_version: version, ...about },
    { type: 'assistant', ...about, message: { id: `m${own}`, model: MODEL, content: [], usage: loop(own) } },
    {
      type: 'result',
      subtype: 'success',
      is_error: false,
      num_turns: 1,
      duration_api_ms: 9_000,
      permission_denials: [],
      ...about,
      total_cost_usd: usd,
      usage: loop(own),
      modelUsage: models(output, usd),
      ...more,
    },
  ];
  return messages.map((message) => JSON.stringify(message)).join('\n');
}

function found(...texts: readonly string[]): readonly FoundSession[] {
  return texts.flatMap((text, index) => {
    const bytes = Buffer.from(text);
    return identify(`${index}.jsonl`, bytes, readSessionFile(`${index}.jsonl`, bytes, NO_PRICES));
  });
}

function sums(...texts: readonly string[]): readonly (readonly [string, number | null, number | null])[] {
  return eachOnce(found(...texts)).map(({ id, reading }) => [id, reading.tokens.output, reading.cost.usd]);
}

const cents = (usd: number): unknown => expect.closeTo(usd, 9);

describe('a result that tells what is new in it', () => {
  const since = (output: number, usd: number, number = 0): object => ({
    result_index: number,
    model_usage_since_last_result: output === 0 ? {} : models(output, usd),
    uuid: `r${number}-${output}`,
  });
  const resumed = run({ version: '2.1.330', total: [1_500, 0.386463], own: 500, more: since(500, 0.023419) });

  test('counts for that alone, exactly, whatever earlier runs of the session used', () => {
    const [only] = found(resumed);
    expect(only?.reading).toMatchObject({
      tokens: { input: 500, output: 500, total: 1_000 },
      cost: { usd: 0.023419, basis: 'billed' },
      reportedCost: { usd: 0.023419 },
      state: { tokens: 'exact', cost: 'exact' },
      detail: { apiDuration: null },
    });
  });

  test('beside the run before it gives the totals of the session once', () => {
    const first = run({ version: '2.1.330', total: [1_000, 0.363044], own: 1_000, more: since(1_000, 0.363044) });
    expect(sums(first, resumed)).toEqual([
      ['s-1', 1_000, 0.363044],
      ['s-1#2', 500, 0.023419],
    ]);
  });

  test('in a session that was not resumed keeps its totals and the time of its answers', () => {
    const [first] = found(run({ version: '2.1.330', total: [70, 0.2], own: 70, more: since(70, 0.2) }));
    expect(first?.reading).toMatchObject({
      tokens: { output: 70 },
      cost: { usd: 0.2 },
      state: { tokens: 'exact', cost: 'exact' },
      detail: { apiDuration: 9_000 },
    });
  });

  test('is added to the others of its run, each once, and says so where one is missing', () => {
    const results = (numbers: readonly number[]): string =>
      [
        run({ version: '2.1.330', total: [100, 1], own: 5, more: since(5, 0.1, numbers[0]) }),
        ...numbers.slice(1).map((number) =>
          run({ version: '2.1.330', total: [100, 1], own: 5, more: since(5, 0.1, number) })
            .split('\n')
            .at(-1),
        ),
      ].join('\n');
    const [whole] = found(results([0, 1, 1, 2]));
    expect(whole?.reading).toMatchObject({ tokens: { output: 15 }, state: { tokens: 'exact', cost: 'exact' } });
    expect(whole?.reading.cost.usd).toEqual(cents(0.3));
    const [gap] = found(results([0, 2]));
    expect(gap?.reading).toMatchObject({
      tokens: { output: 10 },
      state: { tokens: 'lower_bound', cost: 'lower_bound' },
    });
  });

  test('that nothing was used after a resumption is believed only where no message says otherwise', () => {
    const silent = JSON.parse(resumed.split('\n').at(-1) ?? '') as object;
    const nothing = { ...silent, ...since(0, 0), usage: loop(0) };
    const [none] = found(JSON.stringify(nothing));
    expect(none?.reading).toMatchObject({ tokens: { total: 0 }, cost: { usd: 0 }, state: { tokens: 'exact' } });
    const [spoken] = found([resumed.split('\n')[1], JSON.stringify(nothing)].join('\n'));
    expect(spoken?.reading).toMatchObject({ tokens: { output: 500 }, state: { tokens: 'lower_bound' } });
  });

  test.each([
    [null],
    ['x'],
    [[]],
    [{ [MODEL]: 7 }],
    [{ [MODEL]: { inputTokens: -1, outputTokens: 'many', costUSD: -3 } }],
  ])('of any form never makes figures below zero: %j', (value) => {
    const [odd] = found(
      run({ version: '2.1.330', total: [9, 1], own: 9, more: { model_usage_since_last_result: value } }),
    );
    expect(Object.values(odd?.reading.tokens ?? {}).every((count) => count === null || count >= 0)).toBe(true);
    expect(odd?.reading.cost.usd ?? 0).toBeGreaterThanOrEqual(0);
  });
});

describe('totals that go on in a session that was resumed (2.1.277 and later)', () => {
  const version = '2.1.278';
  const first = run({ version, total: [1_000, 0.363044], own: 1_000 });
  const second = run({ version, total: [1_500, 0.386463], own: 500 });
  const third = run({ version, total: [1_700, 0.4], own: 200 });

  test('count once over the runs, in whatever order their files are found', () => {
    for (const order of [
      [first, second, third],
      [third, first, second],
      [second, third, first],
    ]) {
      const each = sums(...order);
      expect(each.map(([, output]) => output).sort()).toEqual([1_000, 200, 500]);
      expect(each.reduce((sum, [, , usd]) => sum + (usd ?? 0), 0)).toBeCloseTo(0.4, 9);
    }
  });

  test('are called an estimate where they were told apart so', () => {
    const [, later] = eachOnce(found(first, second));
    expect(later?.reading).toMatchObject({
      tokens: { input: 500, output: 500, total: 1_000 },
      state: { tokens: 'estimate', cost: 'estimate' },
      detail: { apiDuration: null, computedCost: { usd: null } },
    });
    expect(later?.reading.reportedCost.usd).toEqual(cents(0.023419));
  });

  test('stay as they are, as an estimate with a complaint, where the run before is not known', () => {
    const { sessions, complaints } = readSessionFile('b.jsonl', Buffer.from(second), NO_PRICES);
    expect(sessions).toMatchObject([{ tokens: { output: 1_500 }, state: { tokens: 'estimate', cost: 'estimate' } }]);
    expect(complaints.map(({ reason }) => reason)).toEqual([
      'the result tells more than its messages show: if the session was resumed, a part of it is of an earlier run',
    ]);
  });

  test('are exact where messages show all of them', () => {
    const { sessions, complaints } = readSessionFile('a.jsonl', Buffer.from(first), NO_PRICES);
    expect(sessions).toMatchObject([{ state: { tokens: 'exact', cost: 'exact' } }]);
    expect(complaints).toEqual([]);
  });

  test('are also told apart where no version is named', () => {
    expect(sums(run({ total: [1_000, 0.36], own: 1_000 }), run({ total: [1_500, 0.38], own: 500 }))).toEqual([
      ['s-1', 1_000, 0.36],
      ['s-1#2', 500, cents(0.02)],
    ]);
  });

  test('are not taken to hold a run that began later', () => {
    const late = run({ version, total: [1_000, 0.3], own: 1_000, at: '2026-10-02T00:00:00Z' });
    const early = run({ version, total: [2_500, 0.5], own: 500, at: '2026-10-01T00:00:00Z' });
    expect(sums(late, early).map(([, output]) => output)).toEqual([1_000, 2_500]);
  });
});

describe('totals that begin anew in each run', () => {
  test('of versions before 2.1.277 add up, even where a later one is larger', () => {
    const runs = [
      run({ version: '2.1.276', total: [1_000, 0.25], own: 1_000 }),
      run({ version: '2.1.276', total: [3_000, 0.5], own: 500 }),
    ];
    expect(sums(...runs)).toEqual([
      ['s-1', 1_000, 0.25],
      ['s-1#2', 3_000, 0.5],
    ]);
  });

  test('of any version add up where the later one has no room for the earlier one', () => {
    expect(
      sums(run({ total: [1_000, 0.25], own: 1_000 }), run({ total: [1_500, 0.5], own: 1_500 })).map(([, o]) => o),
    ).toEqual([1_000, 1_500]);
  });

  test('of other sessions are never taken away', () => {
    const other = run({ total: [1_500, 0.38], own: 500 }).replaceAll('s-1', 's-2');
    expect(sums(run({ total: [1_000, 0.36], own: 1_000 }), other).map(([, output]) => output)).toEqual([1_000, 1_500]);
  });
});
