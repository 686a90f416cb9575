import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import type { EventOf } from '../../core/event.ts';
import { after, DAY, type Instant } from '../../core/time.ts';
import { gatherFiles } from './fetch.ts';
import { type FilesState, filesFold } from './fold.ts';

const NOW: Instant = '2026-11-20T12:00:00.000Z';
const RECORD = JSON.stringify([{ type: 'result', subtype: 'success', total_cost_usd: 0.5, session_id: 's1' }]);

async function gather(glob: string, state: FilesState = filesFold.initial, now = NOW, agent: string | null = null) {
  const request = { repo: 'local', now, state, globs: [glob], agent, prices: [], progress: () => undefined };
  const { events, complaints } = await gatherFiles(request);
  const sessions = events.filter((event): event is EventOf<'session.recorded'> => event.kind === 'session.recorded');
  return { events, complaints, sessions };
}

describe('session files of this machine', () => {
  test('a file, a folder and a glob find the same session', async () => {
    await using folder = await createFixture({ 'logs/a.json': RECORD, 'logs/notes.txt': 'nothing' });
    const found = await Promise.all(
      ['logs/a.json', 'logs', 'logs/**/*.json'].map((path) => gather(folder.getPath(path))),
    );
    expect(found.map(({ sessions }) => sessions.map(({ id }) => id))).toEqual(Array(3).fill(['session:file:s1']));
  });

  test('the sessions count for the agent that is named, else for one of the name of the engine', async () => {
    await using folder = await createFixture({ 'a.json': RECORD });
    const named = await gather(folder.getPath('a.json'), filesFold.initial, NOW, 'fixer');
    const unnamed = await gather(folder.getPath('a.json'));
    expect(named.sessions[0]?.data.session.agent).toBe('fixer');
    expect(unnamed.sessions[0]?.data.session.agent).toBe('claude');
  });

  test('a record without a time counts once, on the day of its first reading, however often it is read', async () => {
    await using folder = await createFixture({ 'a.json': RECORD });
    const first = await gather(folder.getPath('a.json'));
    const state = filesFold.apply(filesFold.initial, first.events);
    const nextDay = await gather(folder.getPath('a.json'), state, after(NOW, DAY));
    expect(first.sessions.map(({ at }) => at)).toEqual([NOW]);
    expect(nextDay.sessions).toEqual([]);
  });

  test('a pattern that matches nothing is said, and is no failure of the source', async () => {
    await using folder = await createFixture({});
    const { events, complaints } = await gather(folder.getPath('*.json'));
    expect(complaints).toEqual([`${folder.getPath('*.json')}: no file matches`]);
    expect(events.map(({ kind }) => kind)).toEqual(['source.read']);
  });
});

test('what was counted does not depend on how events are cut into batches', async () => {
  await using folder = await createFixture({ 'a.json': RECORD, 'b.json': RECORD.replace('s1', 's2') });
  const { events } = await gather(folder.path);
  const whole = filesFold.apply(filesFold.initial, events);
  const parts = events.reduce((state, event) => filesFold.apply(state, [event]), filesFold.initial);
  expect(parts).toEqual(whole);
  expect(whole.undated).toHaveLength(2);
});
