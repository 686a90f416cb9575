import { describe, expect, test } from 'vitest';
import { sessionRecorded } from '../../test/kit/happenings.ts';
import { DAY, type Instant, after as shifted } from '../core/time.ts';
import { modelsFold } from './models.ts';

const AT: Instant = '2026-11-01T08:00:00.000Z';
const fold = (events: Parameters<typeof modelsFold.apply>[1]) => modelsFold.apply(modelsFold.initial, events).uses;

describe('the models of agents', () => {
  test('are kept with their first and last use, whatever the order in which sessions come', () => {
    const one = sessionRecorded({ run: 1, at: AT, usd: 1 });
    const two = sessionRecorded({ run: 2, at: shifted(AT, DAY), usd: 3 });
    const wanted = [
      { agent: 'fixer', model: 'claude-sonnet-4-5', first: AT, last: shifted(AT, DAY), sessions: 2, priced: 2, usd: 4 },
    ];
    expect(fold([one, two])).toEqual(wanted);
    expect(fold([two, one])).toEqual(wanted);
  });

  test('a session with two models, or of unknown cost, is counted and tells no price', () => {
    const both = sessionRecorded({ run: 1, at: AT, usd: 1, more: { models: ['a', 'b'] } });
    const unknown = sessionRecorded({ run: 2, at: AT, usd: null, more: { models: ['a'] } });
    expect(fold([both, unknown])).toMatchObject([
      { model: 'a', sessions: 2, priced: 0, usd: 0 },
      { model: 'b', sessions: 1, priced: 0, usd: 0 },
    ]);
  });

  test('a session that names no model, or no agent, is none of them', () => {
    expect(fold([sessionRecorded({ run: 1, at: AT, more: { models: [] } })])).toEqual([]);
    expect(fold([sessionRecorded({ run: 1, at: AT, agent: null })])).toEqual([]);
  });

  test('a forged record with a thousand models leaves twenty of the agent', () => {
    const models = Array.from({ length: 1_000 }, (_, i) => `m${i}`);
    expect(fold([sessionRecorded({ run: 1, at: AT, more: { models } })])).toHaveLength(20);
  });

  test('a model that nobody used for 90 days is forgotten; sessions of no agent are left out', () => {
    const old = sessionRecorded({ run: 1, at: AT, more: { models: ['old'] } });
    const now = sessionRecorded({ run: 2, at: shifted(AT, 91 * DAY), more: { models: ['new'] } });
    const nobody = sessionRecorded({ run: 3, agent: null, at: shifted(AT, 91 * DAY) });
    expect(fold([old, now, nobody]).map(({ model }) => model)).toEqual(['new']);
  });

  test('secrets in the name of a model are not kept', () => {
    const [use] = fold([sessionRecorded({ run: 1, at: AT, more: { models: [`sk-ant-${'a'.repeat(30)}`] } })]);
    expect(use?.model).toBe('[redacted:anthropic-key]');
  });
});
