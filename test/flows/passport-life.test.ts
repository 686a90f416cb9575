import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Passport } from '../../src/core/passport.ts';
import { after, MINUTE } from '../../src/core/time.ts';
import { commitAll } from '../kit/branches.ts';
import { LATER, type Orchard, plantOrchard } from './orchard.ts';
import { UNUSUAL_GROUND, UNUSUAL_LATELY } from './unusual-pulls.ts';

interface Review {
  readonly pull: number;
  readonly passport: Passport;
  readonly status: { readonly state: string };
}

/** Before the day that GitHub's list of 300 files can tell all of. */
const TEN_DAYS_AGO = '2026-11-10T08:00:00Z';
const SUM = 'src/sum.ts';

describe('the floor of the risk passport, on pull requests with a past', () => {
  let orchard: Orchard;
  const reviews = new Map<string, Review>();
  const found = (name: string): readonly string[] =>
    (reviews.get(name) ?? expect.fail(`${name} was not looked at`)).passport.findings.map(
      ({ check, risk, path, line }) => `${check} ${risk}${path === null ? '' : ` ${path}:${line}`}`,
    );

  beforeAll(async () => {
    orchard = await plantOrchard({ ground: UNUSUAL_GROUND });
    const { github, propose, push, clock } = orchard;
    const many = Object.fromEntries(Array.from({ length: 310 }, (_, i) => [`lib/${i}.ts`, `export const n = ${i};\n`]));
    await commitAll(github, 'main', { files: many, at: TEN_DAYS_AGO });
    await commitAll(github, 'main', { files: UNUSUAL_LATELY, at: '2026-11-18T08:00:00Z' });
    const numbers = new Map<number, string>();
    const opened = async (name: string, ...more: Parameters<Orchard['propose']>) => {
      const pull = await propose(...more);
      numbers.set(pull.issue.number, name);
      return pull;
    };
    const mended = { [SUM]: 'export const sum = (a: number, b: number): number => b + a;\n' };
    const merged = await opened('merged', 'take main in', mended, { title: 'Take main in' });
    const dropping = await opened(
      'dropping',
      'drop in a merge',
      { 'src/drop.ts': 'export const drop = true;\n' },
      { title: 'Drop it' },
    );
    const later = await commitAll(github, 'main', {
      files: { 'lib/later.ts': 'export {};\n' },
      at: '2026-11-20T08:40:00Z',
    });
    await push(merged, { files: { 'lib/later.ts': 'export {};\n' }, parents: [merged.headSha, later] });
    await push(dropping, { files: {}, parents: [dropping.headSha, later] });
    await opened(
      'again',
      'bring it back',
      { 'src/door.ts': UNUSUAL_GROUND['src/door.ts'] ?? '' },
      {
        title: 'Revert "Revert "Add a door""',
      },
    );
    await opened(
      'old copy',
      'mend the door',
      { 'src/door.ts': UNUSUAL_GROUND['src/door.ts'] ?? '' },
      {
        title: 'Mend the door',
      },
    );
    await opened('empty', 'nothing', {}, { title: 'Nothing at all' });
    await opened('draft', 'a draft', { '.github/workflows/x.yml': 'on: push\n' }, { title: 'Draft', isDraft: true });
    await opened('fork', 'from elsewhere', { 'src/new.ts': 'export {};\n' }, { title: 'Elsewhere', fromFork: true });
    clock.now = LATER;
    await orchard.watch();
    clock.now = after(clock.now, 5 * MINUTE);
    const done = await orchard.review(...[...numbers.keys()].flatMap((number) => ['--pull', String(number)]), '--json');
    const report = JSON.parse(done.stdout) as { readonly reviews: readonly Review[] };
    for (const review of report.reviews) reviews.set(numbers.get(review.pull) ?? '', review);
  }, 180_000);

  afterAll(async () => {
    await orchard[Symbol.asyncDispose]();
  });

  it('holds a merge of the base against nobody: only what the change itself adds counts', () => {
    expect(found('merged')).toEqual([]);
    expect(reviews.get('merged')?.passport.risk).toBe('low');
  });

  it('sees what a merge leaves out of what the base got', () => {
    expect(found('dropping')).toEqual(['scope-path high lib/later.ts:null']);
  });

  it('finds what was taken out and comes back although GitHub cuts the list of what the base got short', () => {
    expect(found('old copy')).toEqual(['silent-revert high src/door.ts:3']);
  });

  it('holds it less against who says so, as in the revert of a revert', () => {
    expect(found('again')).toEqual(['silent-revert medium src/door.ts:3']);
  });

  it('finds nothing in a change without files, and leaves it green', () => {
    expect(found('empty')).toEqual([]);
    expect(reviews.get('empty')?.status.state).toBe('success');
  });

  it('looks at a draft as closely as at any other', () => {
    expect(found('draft')).toEqual([
      'control-plane critical .github/workflows/x.yml:1',
      'scope-path high .github/workflows/x.yml:null',
    ]);
  });

  it('does not believe that a run of this repository made what lies in another', () => {
    expect(found('fork')).toEqual(['session medium']);
  });
});
