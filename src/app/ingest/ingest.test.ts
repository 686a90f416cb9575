import { symlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { type IngestReport, ingest } from './ingest.ts';
import { renderIngest } from './table.ts';

const NOW = '2026-11-01T00:00:00.000Z';

function session(id: string, usd: number | null): string {
  const init = { type: 'system', subtype: 'init', session_id: id };
  const message = {
    id: `m-${id}`,
    model: 'claude-opus-4-5-20251101',
    content: [],
    usage: { input_tokens: 1_000, output_tokens: 10 },
  };
  const rows: object[] = [init, { type: 'assistant', session_id: id, message }];
  const modelUsage = {
    'claude-opus-4-5-20251101': {
      inputTokens: 1_000,
      outputTokens: 500,
      cacheReadInputTokens: 0,
      cacheCreationInputTokens: 0,
    },
  };
  if (usd !== null)
    rows.push({
      type: 'result',
      subtype: 'success',
      is_error: false,
      session_id: id,
      num_turns: 2,
      total_cost_usd: usd,
      modelUsage,
    });
  return JSON.stringify(rows);
}
const run = (...paths: readonly string[]): Promise<IngestReport> => ingest(paths, { now: NOW });

describe('ingest', () => {
  test('reads files, folders and zips, each session once, in the shape of the contract', async () => {
    await using files = await createFixture({
      'a.json': session('s1', 0.25),
      'logs/deep/b.txt': session('s2', 0.5),
      'logs/copy-of-a.json': session('s1', 0.25),
      'logs/readme.md': 'nothing',
      'logs/node_modules/x.json': session('s9', 9),
      'c.zip': Buffer.from(zipSync({ 'x/out.json': strToU8(session('s3', 1)) })),
    });
    const report = await run(files.getPath('a.json'), files.getPath('logs'), files.getPath('c.zip'));
    expect(report.complaints).toEqual([]);
    expect(report.sessions.map((found) => [found.id, found.path])).toEqual([
      ['s1', files.getPath('a.json')],
      ['s2', files.getPath('logs/deep/b.txt')],
      ['s3', `${files.getPath('c.zip')}!/x/out.json`],
    ]);
    expect(report.totals).toMatchObject({
      sessions: 3,
      tokens: { total: 4_500 },
      cost: { usd: 1.75, basis: 'billed' },
    });
    expect(report.totals.state).toEqual({ tokens: 'exact', cost: 'exact' });
    const keys = [
      'id',
      'engine',
      'format',
      'path',
      'startedAt',
      'endedAt',
      'outcome',
      'models',
      'tokens',
      'cost',
      'reportedCost',
      'turns',
      'tools',
      'denials',
      'state',
    ];
    expect(Object.keys(report.sessions[0] ?? {})).toEqual(expect.arrayContaining(keys));
  });

  test('prices a session without a result, and says that the sum is a lower bound', async () => {
    await using files = await createFixture({ 'a.json': session('s1', 0.25), 'b.json': session('s2', null) });
    const { sessions, totals } = await run(files.path);
    // 1,000 input at 5 and 10 output at 25 dollars a million.
    expect(sessions[1]?.cost.usd).toBeCloseTo(0.00525, 9);
    expect(totals.cost.basis).toBe('estimated');
    expect(totals.state.cost).toBe('lower_bound');
  });

  test('keeps what was reported and what the list asks for apart', async () => {
    await using files = await createFixture({ 'a.json': session('s1', 0.25) });
    const { sessions } = await run(files.path);
    // 1,000 input at 5 and 500 output at 25 dollars a million.
    expect(sessions[0]).toMatchObject({
      cost: { usd: 0.25, basis: 'billed' },
      reportedCost: { usd: 0.25, basis: 'billed' },
      computedCost: { usd: expect.closeTo(0.0175, 9), basis: 'list' },
      computedState: 'estimate',
      cutOff: false,
    });
  });

  test('prices by the configuration come first, and a flat plan takes the money away', async () => {
    await using files = await createFixture({ 'a.json': session('s1', null) });
    const prices = [{ model: 'claude-opus-4-5', input: 1_000, output: 0 }];
    const priced = await ingest([files.path], { now: NOW, prices });
    expect(priced.sessions[0]?.cost).toEqual({ usd: 1, basis: 'estimated' });
    const covered = await ingest([files.path], { now: NOW, prices, plans: [{ engine: 'claude' }] });
    expect(covered.sessions[0]).toMatchObject({ cost: { usd: 0, basis: 'quota' }, computedCost: { usd: 1 } });
    expect(covered.totals).toMatchObject({ cost: { usd: 0, basis: 'quota' }, tokens: { input: 1_000 } });
    const ofAnAgent = await ingest([files.path], { now: NOW, prices, plans: [{ agent: 'fixer' }] });
    expect(ofAnAgent.sessions[0]?.cost.basis).toBe('estimated');
    const told = await ingest([files.path], { now: NOW, prices, plans: [{ agent: 'fixer' }], agent: 'fixer' });
    expect(told.sessions[0]?.cost.basis).toBe('quota');
  });

  test('names a model without a price, and shows a session that was cut off as such', async () => {
    const successor = session('s1', null).replaceAll('claude-opus-4-5-20251101', 'claude-opus-4-9');
    await using files = await createFixture({ 'a.json': successor });
    const report = await run(files.path);
    expect(report.sessions[0]).toMatchObject({
      cost: { usd: null, basis: 'unknown' },
      unpricedModels: ['claude-opus-4-9'],
      cutOff: true,
    });
    const table = renderIngest(report, null);
    expect(table).toMatch(/^s1 .* cut off /m);
    expect(table).toContain('No price is known of claude-opus-4-9: set it in `prices` of .github/checkrein.yml.');
  });

  test('takes the record with the result where a session was found cut off as well', async () => {
    await using files = await createFixture({ 'a.json': session('s1', null), 'b.json': session('s1', 0.25) });
    const { sessions } = await run(files.path);
    expect(sessions.map(({ id, cost }) => [id, cost.usd])).toEqual([['s1', 0.25]]);
  });

  test('keeps two executions of one resumed session apart', async () => {
    await using files = await createFixture({ 'a.json': session('s1', 0.25), 'b.json': session('s1', 0.5) });
    const { sessions } = await run(files.path);
    expect(sessions.map(({ id, cost }) => [id, cost.usd])).toEqual([
      ['s1', 0.25],
      ['s1#2', 0.5],
    ]);
  });

  test('nothing found is nothing known: no zeros', async () => {
    await using files = await createFixture({ 'a.json': '[]' });
    const { sessions, totals } = await run(files.getPath('a.json'));
    expect(sessions).toEqual([]);
    expect(totals).toMatchObject({ sessions: 0, tokens: { total: null }, cost: { usd: null, basis: 'unknown' } });
  });

  test('complains of what a person named and it cannot read, by path and reason', async () => {
    await using files = await createFixture({
      'broken.zip': 'PK\u0003\u0004 and then nothing',
      'x.txt': 'hello',
      'e.zip': Buffer.from(zipSync({})),
    });
    const { complaints } = await run(
      files.getPath('broken.zip'),
      files.getPath('x.txt'),
      files.getPath('none'),
      files.getPath('e.zip'),
    );
    expect(complaints.map(({ path, reason }) => [basename(path), reason.split(':')[0]])).toEqual([
      ['none', 'no such file or folder'],
      ['broken.zip', 'The zip cannot be read'],
      ['x.txt', 'format not recognised'],
      ['e.zip', 'no session file in this zip'],
    ]);
  });

  test('does not follow links inside folders, not even in a circle', async () => {
    await using files = await createFixture({ 'in/a.json': session('s1', 1) });
    await symlink(files.path, files.getPath('in/loop'));
    expect((await run(files.path)).sessions).toHaveLength(1);
  });

  test('tells how far it is', async () => {
    await using files = await createFixture({ 'a.json': session('s1', 1), 'b.json': session('s2', 1) });
    const steps: (readonly [number, number])[] = [];
    await ingest([files.path], { now: NOW, onProgress: (done, total) => steps.push([done, total]) });
    expect(steps).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
  });
});

describe('renderIngest', () => {
  test('aligns its columns and marks what is not exact', async () => {
    await using files = await createFixture({
      'a.json': session('s1', 0.25),
      'b.json': session('s2', null),
      'c.json': '{"result',
    });
    const text = renderIngest(
      await run(files.getPath('a.json'), files.getPath('b.json'), files.getPath('c.json')),
      null,
    );
    const [head = '', ...rows] = text.split('\n');
    const edge = head.indexOf('cost') + 'cost'.length;
    expect(rows.slice(0, 2).map((row) => row.slice(0, edge).split(/ {2,}/).at(-1))).toEqual(['$0.25', '≥ $0.0053']);
    expect(text).toContain('2 sessions · ≥ 2,510 tokens · ≥ $0.26 (estimated)');
    expect(text).toContain('c.json: format not recognised');
  });
});
