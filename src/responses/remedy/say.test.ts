import { describe, expect, test } from 'vitest';
import type { RemedyRecord } from '../../core/notice-record.ts';
import { sayDenial } from './say.ts';

function remedy(verdict: RemedyRecord['verdict'], agents: readonly string[] = ['fixer']): RemedyRecord {
  const until = '2026-11-21T16:00:00.000Z';
  return { fingerprint: 'f', episode: 1, name: 'loop', do: 'deny', verdict, agents, until };
}

describe('what the issue says of a denial', () => {
  test.each([
    ['done', 'the guard **starts** fixer **no more** until 2026-11-21 16:00 UTC'],
    ['would_have', 'would have denied** fixer until 2026-11-21 16:00 UTC'],
    ['awaits_approval', '`/checkrein approve deny`'],
    ['cooling', 'too lately'],
    ['day_full', '`max_per_day`'],
    ['no_hand', 'only recorded'],
    ['rejected', 'a lead said no'],
  ] as const)('that is %s', (verdict, expected) => {
    expect(sayDenial(remedy(verdict))).toContain(expected);
  });

  test('pings nobody and links nowhere, and stays short', () => {
    const names = ['@octocat [x](http://evil)', ...Array.from({ length: 30 }, (_, i) => `agent-${i}`)];
    const said = sayDenial(remedy('done', names));
    expect(said).not.toMatch(/@octocat|\]\(http/);
    expect(said).toContain('and 11 more');
  });
});
