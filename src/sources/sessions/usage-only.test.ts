import { expect, test } from 'vitest';
import { SESSION_FIXTURES } from '../../../test/kit/session-fixtures.ts';
import { detailOf } from '../../core/session.ts';
import type { PriceList } from '../prices/price-list.ts';
import { identify } from './identity.ts';
import { readSessionFile } from './recognise.ts';
import { onlyUsage } from './usage-only.ts';

const PRICE: PriceList = (model) => (model === 'claude-x' ? 0.5 : null);

function found(path: string): Parameters<typeof onlyUsage>[0] {
  const records = SESSION_FIXTURES.find((fixture) => fixture.path === path)?.records ?? [];
  const bytes = Buffer.from(records.map((record) => JSON.stringify(record)).join('\n'));
  const [session] = identify(path, bytes, readSessionFile(path, bytes, PRICE));
  if (session === undefined) throw new Error('no session was read');
  return session;
}

test('what rows that were passed over would tell is unknown, and never none', () => {
  const whole = found('s1.jsonl');
  expect(detailOf(whole.reading)).toMatchObject({
    filesChanged: { count: 1 },
    unguarded: false,
    computedCost: { usd: 0.5 },
  });
  const { reading } = onlyUsage(whole);
  expect(reading).toMatchObject({ tools: [], denials: null, turns: null, state: { tools: 'unknown' } });
  expect(detailOf(reading)).toMatchObject({
    filesChanged: null,
    deniedTools: null,
    unguarded: null,
    cutOff: null,
    computedCost: { usd: 0.5 },
    unpricedModels: [],
  });
});

test('records of other kinds stay as they are', () => {
  const other = found('rollout-1.jsonl');
  expect(onlyUsage(other)).toBe(other);
});
