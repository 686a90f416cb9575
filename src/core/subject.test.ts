import { expect, test } from 'vitest';
import { agentSubject, repositorySubject, subjectKey } from './subject.ts';

// The keys stand in reports that programs read, and in ledgers: they must not change.
test('subjects are written as kind and name, so that an agent and a repository of one name stay apart', () => {
  expect([agentSubject('octo/garden'), repositorySubject('octo/garden')].map(subjectKey)).toEqual([
    'agent:octo/garden',
    'repository:octo/garden',
  ]);
  expect(subjectKey({ kind: 'source', name: 'actions-runs' })).toBe('source:actions-runs');
});
