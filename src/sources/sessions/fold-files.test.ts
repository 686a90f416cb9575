import { createFixture } from 'fs-fixture';
import { expect, test } from 'vitest';
import { answer, assistant, call, lines, prompt, row, usage } from '../../../test/kit/transcript-rows.ts';
import { totalsOf } from '../../app/ingest/totals.ts';
import type { PriceList } from '../prices/price-list.ts';
import { type CollectedSessions, collectSessions } from './collect.ts';
import { finishReading } from './finish-reading.ts';
import { type Progress, startReading } from './skim-files.ts';

const price: PriceList = (model, { output }) => (model === 'claude-x' ? output : null);

const quiet: Progress = () => undefined;

/** What both ways have to agree on, and whether the sessions were folded: then no part of them is kept. */
function figuresOf({ sessions, complaints }: CollectedSessions): { readonly folded: boolean; readonly told: unknown } {
  const told = sessions.map(({ id, path, reading }) => ({ id, path, reading }));
  return { folded: sessions.every(({ part }) => part === null), told: [told, complaints, totalsOf(sessions, null)] };
}

const main = [
  prompt('do it'),
  assistant('m1', { usage: usage(1, 2), stop_reason: 'tool_use' }, [call('t1', 'Task')]),
  answer('t1', {}),
  row('system', { subtype: 'turn_duration', durationMs: 5 }),
];
const helper = [
  prompt('help', { isSidechain: true }),
  assistant('m2', { usage: usage(3, 4) }, [], { isSidechain: true }),
];
const other = assistant('m3', { usage: usage(5, 6), stop_reason: 'end_turn' }, [], { sessionId: 's2' });

const files = {
  'p/s1/agent-1.jsonl': lines(helper),
  'p/s1.jsonl': `${lines(main)}\n{"type":"user","mess\n`,
  'p/s2.jsonl': `${lines([other])}\n\u0000\u0000\n`,
  'p/notes.json': '{"a": 1}',
  'p/empty.jsonl': '',
  'p/summary.jsonl': lines([row('summary', {})]),
  'p/odd.jsonl': `${lines([row('summary', {})])}\n{`,
};

test('files that are folded give the sessions and complaints that they give one by one', async () => {
  await using folder = await createFixture(files);
  const named = ['p/notes.json', 'p/empty.jsonl', 'p/summary.jsonl', 'p/gone.jsonl'].map((name) =>
    folder.getPath(name),
  );
  for (const paths of [[folder.path], [...named, folder.path], [folder.getPath('p/s1.jsonl'), folder.getPath('p')]]) {
    const apart = figuresOf(await collectSessions(paths, price, quiet));
    const together = figuresOf(await finishReading(startReading(paths), price, quiet));
    expect(apart.folded).toBe(false);
    expect(together).toEqual({ folded: true, told: apart.told });
  }
});

test.each([
  ['a model without a price', { 'p/s4.jsonl': lines([assistant('m4', { model: 'y', usage: usage(1, 1) })]) }],
  ['a fork', { 'p/s4.jsonl': lines([other].map((each) => ({ ...each, sessionId: 's4' }))) }],
  ['a session without an id', { 'p/s4.jsonl': lines([{ ...other, sessionId: undefined }]) }],
  [
    'a session of another engine',
    { 'p/s4.json': JSON.stringify({ session_id: 'g', response: 'x', stats: { models: {}, tools: {}, files: {} } }) },
  ],
])('files next to %s are put together one by one', async (_what, more) => {
  await using folder = await createFixture({ ...files, ...more });
  const paths = [folder.path];
  const apart = figuresOf(await collectSessions(paths, price, quiet));
  const together = figuresOf(await finishReading(startReading(paths), price, quiet));
  expect(together).toEqual(apart);
  expect(together.folded).toBe(false);
});
