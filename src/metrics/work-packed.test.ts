import { expect, test } from 'vitest';
import { runCompleted, sessionRecorded } from '../../test/kit/happenings.ts';
import { workFold } from './work.ts';
import { allRuns, allSessions, packedRun, packedSession, unpackedSession } from './work-packed.ts';
import type { RunEntry, SessionEntry } from './work-state.ts';

const AT = '2026-11-21T09:00:00.000Z';
const RUN: RunEntry = {
  run: 8123,
  attempt: 2,
  agent: 'fixer',
  workflow: '.github/workflows/fixer.yml',
  trigger: 'schedule',
  actor: null,
  at: AT,
  end: AT,
  conclusion: 'success',
};
const SESSION: SessionEntry = {
  agent: 'fixer',
  workflow: '.github/workflows/fixer.yml',
  run: 8123,
  attempt: 2,
  at: AT,
  usd: 1,
  tokens: null,
  done: true,
};

test('a run keeps nothing that its key or the name of its agent says', () => {
  expect(packedRun(RUN)).toEqual({ agent: 'fixer', trigger: 'schedule', at: AT, end: AT, conclusion: 'success' });
});

test.each<[string, Partial<RunEntry>]>([
  ['that is like all others', {}],
  ['of an agent with a name of its own', { workflow: '.github/workflows/nightly.yaml' }],
  ['that a person set off', { actor: 'octocat' }],
  ['that a bot set off, because of another run', { actor: 'app[bot]', bot: true, by: 7, parent: 8000, pull: 12 }],
  ['of no agent', { agent: '', workflow: '.github/workflows/.yml' }],
])('a run %s is found again as it was', (_name, more) => {
  const entry = { ...RUN, ...more };
  expect(allRuns({ '2026-11-21': { '8123.2': packedRun(entry) } })).toEqual({ '8123.2': entry });
});

test.each<[string, string, Partial<SessionEntry>]>([
  ['of a run', 'session:8123:2:0', {}],
  ['of another attempt than its id says', 'session:8123:1:0', {}],
  ['of no run', 'session:none:1:0', { run: null, attempt: null }],
  ['of no run, whose id names one', 'session:8123:2:0', { run: null, attempt: null }],
  ['of a run without an attempt', 'session:8123:2:0', { attempt: null }],
  ['of a file', 'session:file:9f2c', { run: null, attempt: null, workflow: null }],
  ['with an id that writes its number in another way', 'session:08123:2:0', {}],
  ['with an id that ends early', 'session:8123:2', {}],
  ['of a workflow with another name', 'session:8123:2:0', { workflow: '.github/workflows/nightly.yml' }],
  ['of nobody', 'session:8123:2:0', { agent: '', workflow: null }],
])('a session %s is found again as it was', (_name, id, more) => {
  const entry = { ...SESSION, ...more };
  expect(unpackedSession(id, packedSession(id, entry))).toEqual(entry);
});

test('entries of ledgers that left nothing out are read as they are', () => {
  expect(allRuns({ '2026-11-21': { '8123.2': RUN } })).toEqual({ '8123.2': RUN });
  expect(allSessions({ '2026-11-21': { 'session:8123:2:0': SESSION } })).toEqual({ 'session:8123:2:0': SESSION });
});

test('a session and its run take less than 350 bytes of the state', () => {
  const many = Array.from({ length: 500 }, (_, n) => {
    const wish = { agent: `agent-${n % 20}`, at: `2026-11-21T0${n % 10}:00:00.000Z` };
    const id = 19_000_000_000 + n;
    return [runCompleted({ id, ...wish }), sessionRecorded({ run: id, usd: 0.123456, ...wish })];
  });
  const { runs, sessions } = workFold.apply(workFold.initial, many.flat());
  expect(JSON.stringify({ runs, sessions }).length / many.length).toBeLessThan(350);
});
