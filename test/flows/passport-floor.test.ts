import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Passport } from '../../src/core/passport.ts';
import { after, MINUTE } from '../../src/core/time.ts';
import { LATER, type Orchard, plantOrchard } from './orchard.ts';
import { SCRIPTED } from './scripted-pulls.ts';
import { UNUSUAL, UNUSUAL_GROUND, UNUSUAL_LATELY } from './unusual-pulls.ts';

interface Review {
  readonly pull: number;
  readonly passport: Passport;
  readonly status: { readonly state: string; readonly description: string };
  readonly problems: readonly string[];
}

describe.each([
  { kind: 'scripted', pulls: SCRIPTED, ground: {}, lately: {} },
  { kind: 'unusual', pulls: UNUSUAL, ground: UNUSUAL_GROUND, lately: UNUSUAL_LATELY },
])('the floor of the risk passport, on $kind pull requests through the built command', ({ pulls, ground, lately }) => {
  let orchard: Orchard;
  const reviews = new Map<string, Review>();

  beforeAll(async () => {
    orchard = await plantOrchard({ ground, lately });
    const names = new Map<number, string>();
    for (const [i, { name, files }] of pulls.entries()) {
      const { issue } = await orchard.propose(`scripted-${i}`, files, { title: name });
      names.set(issue.number, name);
    }
    orchard.clock.now = LATER;
    await orchard.watch();
    // More than an hour of a workflow's requests, and more writes than GitHub takes in a minute.
    orchard.github.rates.pool('github_token', 'core').limit = 5_000;
    for (const batch of [[...names.keys()].slice(0, 30), [...names.keys()].slice(30)]) {
      orchard.clock.now = after(orchard.clock.now, 5 * MINUTE);
      const done = await orchard.review(...batch.flatMap((number) => ['--pull', String(number)]), '--json');
      const report = JSON.parse(done.stdout) as { readonly reviews: readonly Review[] };
      for (const review of report.reviews) reviews.set(names.get(review.pull) ?? '', review);
    }
  }, 180_000);

  afterAll(async () => {
    await orchard[Symbol.asyncDispose]();
  });

  it.each(pulls.map((pull) => [pull.name, pull] as const))('%s', (name, { risk, finds, unread = [] }) => {
    const { passport, status, problems } = reviews.get(name) ?? expect.fail('it was not looked at');
    const found = passport.findings.map(
      (one) =>
        `${one.check} ${one.risk}${one.path === null ? '' : ` ${one.path}`}${one.line === null ? '' : `:${one.line}`}`,
    );
    expect(found.sort()).toEqual([...finds].sort());
    expect(passport.unread).toEqual(unread);
    expect(passport.risk).toBe(risk);
    expect(problems).toEqual([]);
    expect(status.state).toBe(risk === 'high' || risk === 'critical' ? 'failure' : 'success');
    expect(passport.authorship).toMatchObject({ verdict: 'agent', agent: 'fixer' });
    expect(passport.cost).toEqual({ usd: 0.5, basis: 'billed' });
  });
});
