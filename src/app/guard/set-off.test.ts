import { describe, expect, test } from 'vitest';
import type { Instant } from '../../core/time.ts';
import { setOffIn } from './set-off.ts';

const NOW: Instant = '2026-11-21T12:10:00.000Z';
const CLAUDE = { id: 209_825_114, login: 'claude[bot]', type: 'Bot' };
const ADA = { id: 7, login: 'ada', type: 'User' };

/** As GitHub's webhook `issue_comment` has it. */
function commented(sender: object, comment: object = {}): Readonly<Record<string, unknown>> {
  return {
    ...{ action: 'created', sender, issue: { number: 5, created_at: '2026-11-01T00:00:00Z' } },
    comment: {
      ...{
        id: 99,
        created_at: '2026-11-21T12:09:00Z',
        updated_at: '2026-11-21T12:09:30Z',
        body: 'my password is hunter2',
      },
      ...{ performed_via_github_app: null, ...comment },
    },
  };
}

function read(name: string, payload: Readonly<Record<string, unknown>>) {
  return setOffIn({ name, payload, repo: 'octo/garden' }, NOW);
}

describe('what set off a run', () => {
  test('is a comment of a bot, without its words', () => {
    const found = read('issue_comment', commented(CLAUDE));
    expect(found).toEqual({
      ...{ trigger: 'issue_comment', at: '2026-11-21T12:09:00.000Z', bot: CLAUDE, app: null },
      ...{ item: 5, comment: 99, claims: null },
    });
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  test('is a comment of an app in the name of a person', () => {
    const payload = commented(ADA, { performed_via_github_app: { slug: 'some-app' } });
    expect(read('issue_comment', payload)).toMatchObject({ bot: { login: 'ada', type: 'User' }, app: 'some-app' });
  });

  test('claims the run of this repository that it links to, and no other', () => {
    const link = (repo: string) => ({ body: `[run](https://github.com/${repo}/actions/runs/8123)` });
    expect(read('issue_comment', commented(CLAUDE, link('octo/garden')))?.claims).toBe(8_123);
    expect(read('issue_comment', commented(CLAUDE, link('evil/garden')))?.claims).toBeNull();
  });

  test.each([
    [
      'a review, by when it was submitted',
      'pull_request_review',
      { action: 'submitted', review: { submitted_at: '2026-11-21T12:08:00Z' }, pull_request: { number: 6 } },
      '2026-11-21T12:08:00.000Z',
      6,
    ],
    [
      'an issue that was opened, by when it was made',
      'issues',
      {
        action: 'opened',
        issue: { number: 7, created_at: '2026-11-21T12:07:00Z', updated_at: '2026-11-21T12:09:00Z' },
      },
      '2026-11-21T12:07:00.000Z',
      7,
    ],
    [
      'an issue that was labelled, by when it changed',
      'issues',
      {
        action: 'labeled',
        issue: { number: 7, created_at: '2026-11-01T12:07:00Z', updated_at: '2026-11-21T12:09:00Z' },
      },
      '2026-11-21T12:09:00.000Z',
      7,
    ],
    ['a dispatch, of which nobody says when it was', 'workflow_dispatch', {}, NOW, null],
    [
      'a comment of a clock that is ahead',
      'issue_comment',
      { action: 'created', issue: { number: 5 }, comment: { id: 1, created_at: '2026-11-21T13:00:00Z' } },
      NOW,
      5,
    ],
  ] as const)('is %s', (_name, name, payload, at, item) => {
    expect(read(name, { ...payload, sender: CLAUDE })).toMatchObject({ at, item, bot: { login: 'claude[bot]' } });
  });

  test.each<[string, unknown]>([
    ['of a person', commented(ADA)],
    ['of nobody', { action: 'created' }],
    ['with a sender that is none', { sender: 'claude[bot]' }],
    ['with a sender without a number', { sender: { login: 'claude[bot]', type: 'Bot' } }],
    ['with a number that is none', { sender: { ...CLAUDE, id: '209825114' } }],
  ])('is nothing for an event %s', (_name, payload) => {
    expect(read('issue_comment', payload as Readonly<Record<string, unknown>>)).toBeNull();
  });
});
