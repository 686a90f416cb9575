import { expect, it } from 'vitest';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Decision } from '../core/improvement.ts';
import { repositorySubject } from '../core/subject.ts';
import { improvementFacts, improvementsFold } from './improvements.ts';

const AT = '2026-11-20T12:00:00Z';
const LEA = { id: 7, login: 'lea', type: 'User' as const };
const decided = (decision: Decision): EventOf<'proposal.decided'> => ({
  ...{ v: 1, id: `decision:${decision.comment}`, kind: 'proposal.decided', at: AT, seen: AT, repo: 'octo/repo' },
  subject: repositorySubject('octo/repo'),
  data: { decision },
});
const SOUND: Decision = {
  ...{ proposal: 'rollback:12@1', pull: 12, commit: 'a'.repeat(40), verdict: 'rejected', by: LEA, comment: 1, at: AT },
  ...{ expiresAt: null, why: null },
};
// What a ledger holds in which `reject constructor` was written down: without the members that an object of JavaScript lacks.
const { proposal: _proposal, pull: _pull, commit: _commit, ...of } = SOUND;
const OF_NOTHING = { ...of, comment: 2 } as Decision;
const opened: LedgerEvent = {
  ...{ v: 1, id: 'validated:12', kind: 'improvement.validated', at: AT, seen: AT, repo: 'octo/repo' },
  subject: repositorySubject('octo/repo'),
  data: { pull: 12, head: 'a'.repeat(40) },
} as LedgerEvent;

it('a decision about nothing is passed over, and what else was decided still counts', () => {
  const state = improvementsFold.apply(improvementsFold.initial, [opened, decided(OF_NOTHING), decided(SOUND)]);
  expect(state.decisions).toEqual([SOUND]);
  expect(improvementFacts(state, { pulls: [] }).cases).toMatchObject([{ pull: 12, keptBy: 'lea' }]);
});

it('a checkpoint that holds a decision about nothing can still be read, and forgets it', () => {
  const sound = improvementsFold.apply(improvementsFold.initial, [opened, decided(SOUND)]);
  const poisoned = { ...sound, decisions: [...sound.decisions, OF_NOTHING] };
  expect(improvementFacts(poisoned, { pulls: [] }).cases).toMatchObject([{ pull: 12, keptBy: 'lea' }]);
  expect(improvementsFold.apply(poisoned, [opened]).decisions).toEqual([SOUND]);
});
