import { describe, expect, test } from 'vitest';
import { NO_PRICES, type PriceList } from '../../prices/price-list.ts';
import type { FoundSession } from '../found-session.ts';
import { eachOnce, identify } from '../identity.ts';
import { readSessionFile } from '../recognise.ts';

function usage(input: number): object {
  return { input_tokens: input, cached_input_tokens: 0, output_tokens: 1 };
}

function found(path: string, rows: readonly object[], price: PriceList = NO_PRICES): readonly FoundSession[] {
  const bytes = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));
  return identify(path, bytes, readSessionFile(path, bytes, price));
}

function stream(path: string, input: number): readonly FoundSession[] {
  const end = { type: 'turn.completed', usage: usage(input) };
  return found(path, [{ type: 'thread.started', thread_id: 'thread-1' }, { type: 'turn.started' }, end]);
}

function rollout(path: string, input: number): readonly FoundSession[] {
  const payloads: readonly [string, object][] = [
    ['session_meta', { id: 'thread-1' }],
    ['turn_context', { model: 'm' }],
    ['event_msg', { type: 'task_started', turn_id: 't' }],
    ['event_msg', { type: 'token_count', info: { total_token_usage: usage(input) } }],
    ['event_msg', { type: 'task_complete', turn_id: 't' }],
  ];
  const rows = payloads.map(([type, payload]) => ({ timestamp: '2026-01-01T00:00:00Z', type, payload }));
  return found(path, rows, () => 0.5);
}

describe('one Codex thread in several records', () => {
  test('counts once, as the record tells it that knows the cost', () => {
    for (const both of [
      [...stream('s', 100), ...rollout('r', 100)],
      [...rollout('r', 100), ...stream('s', 100)],
    ]) {
      expect(eachOnce(both)).toMatchObject([{ id: 'thread-1', path: 'r', reading: { cost: { usd: 0.5 } } }]);
    }
  });

  test('counts once with the larger total, which holds the smaller one of before the thread was resumed', () => {
    expect(eachOnce([...stream('a', 100), ...stream('b', 300)])).toMatchObject([{ path: 'b' }]);
    expect(eachOnce([...stream('b', 300), ...stream('a', 100)])).toMatchObject([{ path: 'b' }]);
  });
});
