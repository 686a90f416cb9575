import { describe, expect, test } from 'vitest';
import { factsAfter } from '../../test/kit/happenings.ts';
import type { ItemMark } from '../core/item.ts';
import { agentPulls } from './agent-pulls.ts';
import { measure } from './current.ts';

const NOW = '2026-11-21T12:00:00.000Z';

function pull(number: number, bot: number, agent: string | null): ItemMark {
  const author = { id: bot, login: `bot-${bot}`, type: 'Bot' as const };
  const at = '2026-11-20T12:00:00.000Z';
  const open = { createdAt: at, updatedAt: at, closedAt: null, mergedAt: null };
  return { number, kind: 'pull', author, app: null, ...open, titleHash: '0'.repeat(16), agent };
}

const PULLS = [pull(1, 7, 'fixer'), pull(2, 7, null), pull(3, 8, null), pull(4, 9, 'docs')];
const facts = (pulls: readonly ItemMark[] | null) => ({
  ...factsAfter([], { now: NOW, agents: ['fixer'] }),
  items: PULLS,
  pulls,
});
const pending = (pulls: readonly ItemMark[] | null) => measure(facts(pulls), NOW)['reviews'];

describe('the open pull requests of agents', () => {
  test('are those of bots that worked for agents, and none of other bots', () => {
    expect(agentPulls(facts(PULLS))?.map(({ number }) => number)).toEqual([1, 2, 4]);
  });

  test('are the reviews that wait, also by agent', () => {
    expect(pending(PULLS)).toMatchObject({ pending: 3 });
    expect(measure(facts(PULLS), NOW).agents).toMatchObject({ fixer: { reviews: { pending: 1 } } });
    expect(pending([])).toMatchObject({ pending: 0 });
  });

  test('are unknown, not none, where nobody could look', () => {
    expect(agentPulls(facts(null))).toBeNull();
    expect(pending(null)).toMatchObject({ pending: null });
  });
});
