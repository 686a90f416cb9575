import { createFixture } from 'fs-fixture';
import { expect, test } from 'vitest';
import { openPriceList } from '../prices/genai-prices.ts';
import { collectSessions } from './collect.ts';
import { hasMark } from './marks.ts';

const price = openPriceList('2026-11-01T00:00:00.000Z');
const foundAt = async (path: string): Promise<readonly [number, readonly string[]]> => {
  const { sessions, complaints } = await collectSessions([path], price, () => undefined);
  return [sessions.length, complaints.map(({ reason }) => reason.split(':')[0] ?? '')];
};

test.each([
  ['{"theme":"dark"}', false],
  ['{"gen_ai_model":"x"}', false],
  ['{"attributes":{"gen_ai.usage":1}}', true],
  ['{"type":"thread.started"}', true],
  ['{"sessionId":"s1"}', true],
])('%s may be of a known kind: %s', (text, may) => {
  expect(hasMark(text)).toBe(may);
});

test('a small file of no kind is passed over in a folder, and complained of when it is named', async () => {
  await using files = await createFixture({ 'settings.json': '{"theme":"dark"}' });
  expect(await foundAt(files.path)).toEqual([0, []]);
  expect(await foundAt(files.getPath('settings.json'))).toEqual([0, ['format not recognised']]);
});

test('a file that only gh-aw writes is complained of in a folder too when its shape is new', async () => {
  await using files = await createFixture({ 'agent_usage.json': '{"theme":"dark"}' });
  const [sessions, reasons] = await foundAt(files.path);
  expect(sessions).toBe(0);
  expect(reasons).toHaveLength(1);
});

test('a session with a mark is read however small it is', async () => {
  const init = { type: 'system', subtype: 'init', session_id: 's1' };
  await using files = await createFixture({ 'out.json': JSON.stringify([init]) });
  expect(await foundAt(files.path)).toEqual([1, []]);
});
