import { describe, expect, test } from 'vitest';
import { FAKE_KEY, type FakeAnthropic, startFakeAnthropic } from '../../../test/fakes/anthropic.ts';
import { REPO } from '../../../test/kit/happenings.ts';
import { floorPassport, smallChange } from '../../../test/kit/passports.ts';
import { defaultConfig } from '../../config/parse.ts';
import type { Config } from '../../config/schema.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { Passport } from '../../core/passport.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../../core/time.ts';
import { memoryStore } from '../../ledger/memory-store.ts';
import type { Ledger } from '../../ledger/port.ts';
import { treeLedger } from '../../ledger/tree-ledger.ts';
import { opinionUse } from '../../metrics/opinions.ts';
import { anthropicOpinions } from '../../review/ai/anthropic.ts';
import { judgeFinding } from '../comments/opinion.ts';
import { type LedgerState, STATE_TERMS, stateFold } from '../state.ts';
import type { OpinionDesk } from './ask-model.ts';
import { opinionAsker, type SecondOpinion, secondOpinion } from './opinion.ts';

const NOW: Instant = '2026-11-21T09:00:00.000Z';
/** What every answer of the fake costs at the list price of claude-haiku-4-5: $1 and $5 a million. */
const ONE_USD = 0.0015;

interface Bench {
  readonly fake: FakeAnthropic;
  readonly ledger: Ledger<LedgerState>;
  desk(more?: Partial<OpinionDesk>, config?: Partial<Config>): OpinionDesk;
  ask(passport?: Passport, desk?: OpinionDesk): Promise<SecondOpinion>;
  events(): Promise<readonly LedgerEvent[]>;
}

function bench(fake: FakeAnthropic): Bench {
  const ledger = treeLedger(memoryStore(), stateFold, { repo: REPO, now: () => NOW, ...STATE_TERMS });
  const desk: Bench['desk'] = (more = {}, config = {}) => ({
    repo: REPO,
    now: NOW,
    config: { ...defaultConfig(), ...config },
    ledger,
    sleep: async () => undefined,
    opinions: anthropicOpinions({ apiKey: FAKE_KEY, baseUrl: fake.url }),
    by: 'process-1',
    clock: () => NOW,
    run: { id: 9_001, attempt: 1 },
    ...more,
  });
  return {
    fake,
    ledger,
    desk,
    ask: (passport = floorPassport(), asked = desk()) => secondOpinion(asked, passport, smallChange()),
    events: async () => {
      const all: LedgerEvent[] = [];
      for await (const event of ledger.events()) all.push(event);
      return all;
    },
  };
}

/** What the question of these tests may cost at most, as its lease says. */
async function mostUsd(): Promise<number> {
  await using fake = await startFakeAnthropic();
  const { ask, events } = bench(fake);
  await ask();
  const [lease] = await events();
  return lease?.kind === 'lease.taken' ? (lease.data.lease.reserved.usd ?? 0) : 0;
}

const FINDING = { risk: 'high', file: 1, line: 11, problem: 'The new value is never checked.' };
const NEXT_HEAD = floorPassport({ head: 'b'.repeat(40) });

describe('a second opinion', () => {
  test('raises the risk, is paid from the wallet and told with its cost', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, events } = bench(fake);
    fake.turns.push({ say: { findings: [FINDING, { ...FINDING, line: 99 }] } });
    const { passport, said } = await ask();
    expect(passport).toMatchObject({
      risk: 'high',
      findings: [{ by: 'opinion', id: 'O1', line: 11 }, { by: 'floor' }],
    });
    expect(said).toEqual([
      'Second opinion by AI (claude-haiku-4-5, $0.0015, 1,100 tokens): 1 finding. It can only add to what fixed checks found.',
      '1 of its remarks named no line of the change, or were too many, and were left out',
    ]);
    expect((await events()).map(({ kind }) => kind)).toEqual([
      'lease.taken',
      'opinion.given',
      'session.recorded',
      'lease.settled',
    ]);
  });

  test('the same head is asked about once, the next head anew', async () => {
    await using fake = await startFakeAnthropic();
    const { ask } = bench(fake);
    fake.turns.push({ say: { findings: [FINDING] } });
    const first = await ask();
    expect((await ask()).passport).toEqual(first.passport);
    expect(fake.asked).toHaveLength(1);
    await ask(NEXT_HEAD);
    expect(fake.asked).toHaveLength(2);
  });

  test('two processes that come at once ask once', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, desk } = bench(fake);
    const both = await Promise.all([ask(), ask(floorPassport(), desk({ by: 'process-2' }))]);
    expect(fake.asked).toHaveLength(1);
    expect(both.map(({ said }) => said[0]).sort()[0]).toBe(
      'No second opinion: Another run is asking this very moment.',
    );
  });

  test('a pull request may cost so much and no more, however often its head moves', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, desk } = bench(fake);
    // Enough for one question and what an answer really costs, less a tenth of a cent.
    const opinion = { ...defaultConfig().opinion, usd_per_pull: (await mostUsd()) + ONE_USD - 0.001 };
    const asked = desk({}, { opinion });
    await ask(floorPassport(), asked);
    await ask(NEXT_HEAD, asked);
    const third = await ask(floorPassport({ head: 'c'.repeat(40) }), asked);
    expect(fake.asked).toHaveLength(1);
    expect(third.said[0]).toMatch(/^No second opinion: Opinions about this pull request have cost \$0\.0015 of /);
    await ask(floorPassport({ pull: 13 }), asked);
    expect(fake.asked).toHaveLength(2);
  });

  test('a day may cost so much and no more; the next day is another', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, desk } = bench(fake);
    const opinion = { ...defaultConfig().opinion, usd_per_day: (await mostUsd()) + ONE_USD - 0.001 };
    await ask(floorPassport(), desk({}, { opinion }));
    const second = await ask(floorPassport({ pull: 13 }), desk({}, { opinion }));
    expect(second.said[0]).toMatch(/used \$0\.0015 of the .* of the day/);
    await ask(floorPassport({ pull: 13 }), desk({ now: shifted(NOW, DAY) }, { opinion }));
    expect(fake.asked).toHaveLength(2);
  });

  test('a process that died between its lease and its answer counts as if it had spent all of it', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, desk } = bench(fake);
    const opinion = { ...defaultConfig().opinion, usd_per_day: 0.02 };
    const dying = desk({ opinions: { ask: () => Promise.reject(new Error('killed')) } }, { opinion });
    await expect(ask(floorPassport(), dying)).rejects.toThrow('killed');
    const soon = desk({ by: 'process-2' }, { opinion });
    expect((await ask(floorPassport(), soon)).said[0]).toContain('Another run is asking');
    const later = desk({ by: 'process-3', now: shifted(NOW, HOUR) }, { opinion });
    expect((await ask(floorPassport(), later)).said[0]).toContain('of the day');
    expect(fake.asked).toEqual([]);
  });

  test('a budget of the repository that is used up holds for it too', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, desk } = bench(fake);
    const budgets = [{ name: 'all', period: 'day' as const, usd: 0.01, warn_at: [] }];
    const { said } = await ask(floorPassport(), desk({}, { budgets }));
    expect(said[0]).toMatch(/^No second opinion: The budget all holds \$0\.00 of \$0\.010: there is no room/);
    expect(fake.asked).toEqual([]);
  });

  test('where the budgets cannot tell, it is asked in shadow mode alone', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, desk } = bench(fake);
    // No source has been read, so that nobody knows what the repository has spent.
    const { said } = await ask(floorPassport(), desk({}, { mode: 'enforce' }));
    expect(said[0]).toContain('is not known: no source has been read yet');
    await ask(floorPassport(), desk({}, { mode: 'shadow' }));
    expect(fake.asked).toHaveLength(1);
  });

  test('budgets of runs and of open pull requests are not touched by it', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, desk } = bench(fake);
    const budgets = [
      { name: 'pulls', period: 'day' as const, open_pull_requests: 1, warn_at: [] },
      { name: 'runs', period: 'day' as const, runs: 1, warn_at: [] },
    ];
    await ask(floorPassport(), desk({}, { budgets, mode: 'enforce' }));
    expect(fake.asked).toHaveLength(1);
  });

  test('a model without a price is not asked, because no budget could hold it', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, desk } = bench(fake);
    const opinion = { ...defaultConfig().opinion, model: 'claude-of-tomorrow' };
    expect((await ask(floorPassport(), desk({}, { opinion }))).said).toEqual([
      'No second opinion: The model claude-of-tomorrow has no known price, so that no budget can hold it: set one under prices.',
    ]);
    const prices = [{ model: 'claude-of-tomorrow', input: 2, output: 10 }];
    const { opinion: given } = await ask(floorPassport(), desk({}, { opinion, prices }));
    expect(given?.cost).toEqual({ usd: 0.003, basis: 'list' });
  });

  test('an answer that never came counts for the most that it may be billed', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, desk, events } = bench(fake);
    fake.troubles.push({ kind: 'silence', after: true });
    const opinions = anthropicOpinions({ apiKey: FAKE_KEY, baseUrl: fake.url, patience: 200 });
    const { passport, opinion, said } = await ask(floorPassport(), desk({ opinions }));
    expect(passport).toEqual(floorPassport());
    expect(opinion?.cost.basis).toBe('estimated');
    expect(opinion?.cost.usd).toBeCloseTo(await mostUsd(), 6);
    expect(said[0]).toContain('no answer came');
    const sessions = (await events()).filter(({ kind }) => kind === 'session.recorded');
    expect(sessions).toMatchObject([{ data: { session: { outcome: 'timed_out', state: { cost: 'estimate' } } } }]);
  });

  test('without a key, or where it is switched off, nothing is asked and nothing said', async () => {
    await using fake = await startFakeAnthropic();
    const { desk } = bench(fake);
    const world = { by: 'process-1', now: () => NOW, sleep: async () => undefined };
    const off = { ...defaultConfig().opinion, reviews: false };
    const ground = { ...desk(), now: () => NOW };
    expect(opinionAsker(ground, { ...world, env: {} })).toBeNull();
    expect(opinionAsker(ground, { ...world, env: { ANTHROPIC_API_KEY: ' ' } })).toBeNull();
    expect(
      opinionAsker({ ...ground, config: { ...defaultConfig(), opinion: off } }, { ...world, env: fake.env }),
    ).toBeNull();
    const ask = opinionAsker(ground, { ...world, env: fake.env });
    expect((await ask?.(floorPassport(), smallChange()))?.opinion?.end).toBe('answered');
  });

  test.each([
    ['a key that holds a line break', { ANTHROPIC_API_KEY: 'sk-ant-a\nb' }, 'The key holds characters that no key has'],
    [
      'an address that is none',
      { ANTHROPIC_API_KEY: FAKE_KEY, ANTHROPIC_BASE_URL: 'here' },
      'ANTHROPIC_BASE_URL is no web address',
    ],
  ])('%s is told, and leaves the passport as it is', async (_name, env, words) => {
    await using fake = await startFakeAnthropic();
    const { desk } = bench(fake);
    const world = { by: 'process-1', now: () => NOW, sleep: async () => undefined, env };
    const told = await opinionAsker({ ...desk(), now: () => NOW }, world)?.(floorPassport(), smallChange());
    expect(told?.passport).toEqual(floorPassport());
    expect(told?.said[0]).toContain(words);
    expect(told?.opinion?.cost).toEqual({ usd: 0, basis: 'list' });
  });

  test('the ledger does not hold a line of the change', async () => {
    await using fake = await startFakeAnthropic();
    const { ask, events } = bench(fake);
    await ask();
    expect(fake.asked[0]?.text).toContain('+11|new');
    expect(JSON.stringify(await events())).not.toContain('|new');
  });
});

describe('what people make of findings', () => {
  const comment = { id: 77, issue: 12, createdAt: shifted(NOW, HOUR) };

  async function say(table: Bench, verb: 'accept' | 'dismiss', finding: string, id = 77) {
    const { state } = await table.ledger.read();
    const order = { repo: REPO, comment: { ...comment, id }, by: { id: 1, login: 'ana', type: 'User' }, state };
    const told = judgeFinding(order as never, { verb, finding, why: null }, shifted(NOW, HOUR));
    await table.ledger.append(() => told.events);
    return told;
  }

  test('is counted: the share that was of use, and what each of those cost', async () => {
    await using fake = await startFakeAnthropic();
    const table = bench(fake);
    const more = { ...FINDING, problem: 'Another one.' };
    fake.turns.push({ say: { findings: [FINDING, more, { ...more, line: 12 }] } });
    await table.ask();
    await say(table, 'dismiss', 'O1');
    await say(table, 'accept', 'O1', 78);
    const told = await say(table, 'dismiss', 'O2', 79);
    expect(told.answer.what).toBe('ana dismissed the finding O2 of the model claude-haiku-4-5.');
    const { state } = await table.ledger.read();
    expect(opinionUse(state.opinions, shifted(NOW, DAY))).toEqual({
      ...{ given: 1, findings: 3, accepted: 1, dismissed: 1, acceptedShare: 0.5 },
      ...{ cost: ONE_USD, costPerAccepted: ONE_USD },
    });
    expect((await table.ask()).passport.risk).toBe('high');
  });

  test('a finding that is not there is refused, with those that are', async () => {
    await using fake = await startFakeAnthropic();
    const table = bench(fake);
    fake.turns.push({ say: { findings: [FINDING] } });
    await table.ask();
    expect((await say(table, 'accept', 'O9')).answer).toMatchObject({
      what: 'No opinion about this pull request has a finding O9. Nothing was done.',
      next: 'The findings of the last one are O1.',
    });
  });

  test('nobody asked and nobody judged: nothing is known of its use', () => {
    expect(opinionUse(stateFold.initial.opinions, NOW)).toEqual({
      ...{ given: 0, findings: 0, accepted: 0, dismissed: 0, acceptedShare: null, cost: 0, costPerAccepted: null },
    });
  });
});
