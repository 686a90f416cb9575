import { describe, expect, test } from 'vitest';
import { closePull, lifeOf, mergePull, pushTo, reviewPull, turnPull } from '../../../test/fakes/github/pull-life.ts';
import { userNamed } from '../../../test/fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../../../test/fakes/github.ts';
import { connectToFake } from '../../../test/kit/connect-github.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../../core/time.ts';
import { sourcesFold } from '../progress.ts';
import { gatherPulls } from './fetch.ts';
import { pullsFold } from './fold.ts';

const START: Instant = '2026-11-02T09:00:00.000Z';

/** A repository with an adjustable clock, and a ledger of what was gathered. */
async function plant() {
  const clock = { now: START };
  const fake = await startFakeGitHub({ now: () => clock.now });
  const events: LedgerEvent[] = [];
  const gather = async () => {
    const state = pullsFold.apply(pullsFold.initial, events);
    const gathered = await gatherPulls({
      api: connectToFake(fake).pullReviews,
      moment: { repo: fake.fullName, now: clock.now },
      sources: sourcesFold.apply(sourcesFold.initial, events),
      lookBack: 30 * DAY,
      around: {
        runs: [{ run: 81, agent: 'fixer', startedAt: plus(START, -HOUR), endedAt: plus(START, HOUR) }],
        agents: [],
        appOf: () => null,
        machines: ['ci-user'],
        known: new Map(state.pulls.map((pull) => [pull.number, pull])),
      },
    });
    const known = new Set(events.map(({ id }) => id));
    events.push(...gathered.events.filter(({ id }) => !known.has(id)));
    return gathered;
  };
  const state = () => pullsFold.apply(pullsFold.initial, events);
  const people = { ada: fake.addUser({ login: 'ada' }), bob: fake.addUser({ login: 'bob' }) };
  return { clock, fake, gather, state, events, ...people, [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose]() };
}

const requests = (fake: FakeGitHub) => fake.log.filter(({ path }) => path.startsWith('/graphql')).length;

describe('pull requests of agents', () => {
  test('come with the run that made them, who is asked, and the reviews of people alone', async () => {
    await using town = await plant();
    const { fake, ada, bob } = town;
    const pull = await fake.addPull({ title: 'Fix it' });
    lifeOf(pull).asked = [ada, { team: 'octo/core' }];
    reviewPull(fake.world, pull, { by: bob, state: 'APPROVED', at: plus(START, MINUTE) });
    reviewPull(fake.world, pull, { by: userNamed(fake.world, 'Copilot'), state: 'COMMENTED', at: START });
    reviewPull(fake.world, pull, { by: pull.issue.author, state: 'COMMENTED', at: START });
    const machine = fake.addUser({ login: 'CI-user' });
    reviewPull(fake.world, pull, { by: machine, state: 'APPROVED', at: START });
    reviewPull(fake.world, pull, { by: null, state: 'APPROVED', at: START });
    reviewPull(fake.world, pull, { by: ada, state: 'PENDING', at: START });
    lifeOf(pull).asked = [ada, { team: 'octo/core' }];
    await town.gather();
    expect(town.state()).toMatchObject({
      pulls: [
        {
          number: pull.issue.number,
          agent: 'fixer',
          run: 81,
          mergedAt: null,
          reverts: null,
          standing: {
            verdict: 'agent',
            readyAt: START,
            asked: [
              { id: ada.id, name: 'ada' },
              { id: null, name: '@octo/core' },
            ],
          },
        },
      ],
      reviews: [{ by: { login: 'bob' }, verdict: 'approved', head: pull.headSha, at: plus(START, MINUTE) }],
    });
    expect(JSON.stringify(town.events)).not.toContain('Fix it');
  });

  test('of people are left out, unless they take one of an agent back', async () => {
    await using town = await plant();
    const { fake, ada, clock } = town;
    const pull = await fake.addPull({});
    mergePull(pull, ada, plus(START, MINUTE));
    await fake.addPull({ author: ada, headRef: 'topic' });
    await town.gather();
    clock.now = plus(START, 2 * HOUR);
    const back = await fake.addPull({ author: ada, headRef: 'revert-1', title: 'Revert it', at: clock.now });
    back.issue.body = `Reverts ${fake.fullName}#${pull.issue.number}`;
    const git = await fake.addPull({ author: ada, headRef: 'back', at: clock.now });
    git.issue.body = `Back out\n\nThis reverts commit ${lifeOf(pull).mergeCommit}.`;
    const other = await fake.addPull({ author: ada, headRef: 'other', at: clock.now });
    other.issue.body = 'Reverts somebody/else#1';
    await town.gather();
    expect(town.state().pulls.map(({ number, reverts }) => [number, reverts])).toEqual([
      [pull.issue.number, null],
      [back.issue.number, pull.issue.number],
      [git.issue.number, pull.issue.number],
    ]);
    expect(town.state().pulls[0]).toMatchObject({ mergedBy: { login: 'ada' }, mergeCommit: lifeOf(pull).mergeCommit });
  });

  test('a dismissed review is no approval any more, and stays so', async () => {
    await using town = await plant();
    const { fake, ada, clock } = town;
    const pull = await fake.addPull({});
    const review = reviewPull(fake.world, pull, { by: ada, state: 'APPROVED', at: START });
    await town.gather();
    review.state = 'DISMISSED';
    clock.now = plus(START, HOUR);
    pull.issue.updatedAt = clock.now;
    await town.gather();
    expect(town.state().reviews.map(({ verdict }) => verdict)).toEqual(['dismissed']);
    const again = pullsFold.apply(town.state(), town.events);
    expect(again.reviews).toEqual(town.state().reviews);
  });

  test.each([
    ['opened as a draft', true, ['ready'], HOUR],
    ['made a draft later', false, ['draft', 'ready'], 0],
    ['that never left its draft', true, [], null],
  ] as const)('one %s waits since it was first ready', async (_what, isDraft, turns, wait) => {
    await using town = await plant();
    const pull = await town.fake.addPull({ isDraft });
    for (const turn of turns) turnPull(pull, turn, plus(START, HOUR));
    town.clock.now = plus(START, 2 * HOUR);
    await town.gather();
    const readyAt = wait === null ? null : plus(START, wait);
    expect(town.state().pulls[0]?.standing?.readyAt).toBe(readyAt);
  });

  test('whose it is, is remembered when its run no longer is; a new head is seen when it comes', async () => {
    await using town = await plant();
    const pull = await town.fake.addPull({ author: userNamed(town.fake.world, 'github-actions[bot]') });
    await town.gather();
    expect(town.state().pulls[0]).toMatchObject({ agent: 'fixer', headSince: START, standing: { verdict: 'agent' } });
    town.clock.now = plus(START, 40 * DAY);
    pushTo(pull, town.clock.now);
    await town.gather();
    expect(town.state().pulls[0]).toMatchObject({ agent: 'fixer', run: 81, headSince: town.clock.now });
    closePull(pull, town.ada, plus(town.clock.now, MINUTE));
    await town.gather();
    expect(town.state().pulls[0]).toMatchObject({ standing: { closedBy: { login: 'ada' } } });
  });

  test('a look at what has not changed costs one request and tells nothing new', async () => {
    await using town = await plant();
    for (let n = 0; n < 60; n += 1) await town.fake.addPull({ headSha: 'a'.repeat(40) });
    town.clock.now = plus(START, 10 * MINUTE);
    await town.gather();
    expect(requests(town.fake)).toBe(3);
    expect(town.state().pulls).toHaveLength(60);
    town.clock.now = plus(START, HOUR);
    const before = town.events.filter(({ kind }) => kind === 'pull.seen').length;
    await town.gather();
    expect(requests(town.fake)).toBe(4);
    expect(town.events.filter(({ kind }) => kind === 'pull.seen')).toHaveLength(before);
  });

  test.each([
    ['GitHub has trouble', { data: null, errors: [{ message: 'Something went wrong' }] }],
    ['the token may not', { data: null, errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible' }] }],
    ['the answer is another', { data: {} }],
    ['a review is none', { data: { repository: { pullRequests: { nodes: [{ number: 1, reviews: null }] } } } }],
  ])('where %s, that is said, blinds nobody and moves no mark', async (_what, body) => {
    await using town = await plant();
    const fault = { kind: 'status', status: 200, body } as const;
    town.fake.faults.add({ method: 'POST', path: /graphql/, times: 9, fault });
    const { events, complaints } = await town.gather();
    expect(events).toEqual([]);
    expect(complaints).toEqual([expect.stringMatching(/^What waits for review is not known: .+\. .+\.$/)]);
  });
});
