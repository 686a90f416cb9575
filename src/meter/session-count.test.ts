import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openPriceList } from '../sources/prices/genai-prices.ts';
import { NO_PRICES } from '../sources/prices/price-list.ts';
import { readDocument } from '../sources/sessions/json/document.ts';
import { readSessionFile } from '../sources/sessions/recognise.ts';
import { claudeCount, codexCount, geminiCount } from './session-count.ts';

const SAMPLES = '../shared/samples';
const SINCE = '2020-01-01T00:00:00.000Z';

/** The reader's own sum of a file is what following it row by row must come to. */
describe.skipIf(!existsSync(SAMPLES))(
  'following a session row by row (skipped where ../shared/samples is not there)',
  () => {
    test.each([
      ['claude', 'entireio-cli/cc-2.1.17-api-error.jsonl'],
      ['claude', 'entireio-cli/cc-2.1.38-opus46-1h-cache-iterations.jsonl'],
      ['codex', 'agent-sessions/codex-rollout-0.146-all-events.jsonl'],
      ['codex', 'ccusage/codex-session-alpha.jsonl'],
    ])('%s: %s comes to the same tokens, dollars and calls as reading it', async (engine, name) => {
      const path = `${SAMPLES}/${name}`;
      const bytes = readFileSync(path);
      const price = await openPriceList('2026-11-01T00:00:00.000Z');
      const [read] = readSessionFile(path, bytes, price).sessions;
      const counting = { price, since: SINCE };
      const count = engine === 'claude' ? claudeCount(counting) : codexCount(counting);
      const { take } = 'openFile' in count ? count.openFile() : count;
      for (const record of readDocument(bytes.toString('utf8'))?.records ?? []) take(record);
      const heard = count.heard();
      expect(heard.tokens).toBe(read?.tokens.total);
      expect(heard.usd ?? -1).toBeCloseTo(read?.cost.usd ?? -1, 9);
      expect(heard.calls ?? 0).toBe(read?.tools.reduce((sum, { calls }) => sum + calls, 0));
      expect(heard.repeats).toBe(read?.detail?.repeats?.inARow.calls ?? null);
    });
  },
);

describe('what is counted of sessions', () => {
  const row = (id: string, at: string): Record<string, unknown> => ({
    ...{ type: 'assistant', sessionId: 's', timestamp: at, requestId: id, uuid: id },
    message: {
      ...{ id, model: 'x', stop_reason: null, usage: { input_tokens: 10, output_tokens: 5 } },
      content: [{ type: 'tool_use', id: `t-${id}`, name: 'Bash', input: { command: 'make' } }],
    },
  });

  test('leaves out what happened before the job, as a session that was resumed begins with it', () => {
    const count = claudeCount({ price: NO_PRICES, since: '2026-11-21T12:00:00.000Z' });
    const { take } = count.openFile();
    take(row('old', '2026-11-21T11:59:59.999Z'));
    take(row('new', '2026-11-21T12:00:00.000Z'));
    expect(count.heard()).toMatchObject({ tokens: 15, turns: 1, calls: 1, repeats: 1 });
  });

  test('counts a response that stands in two files once', () => {
    const count = claudeCount({ price: NO_PRICES, since: SINCE });
    for (const file of [count.openFile(), count.openFile()]) file.take(row('a', '2026-11-21T12:00:00.000Z'));
    expect(count.heard()).toMatchObject({ tokens: 15, turns: 1, calls: 1 });
  });

  const BEFORE = '2026-11-20T12:00:00.000Z';
  const NOW = '2026-11-21T12:00:00.000Z';

  test('does not shrink when the same response is written again with less, or as one of yesterday', () => {
    const count = claudeCount({ price: () => 0.5, since: NOW });
    const { take } = count.openFile();
    take(row('a', NOW));
    for (const at of [NOW, BEFORE]) {
      const again = row('a', at);
      take({ ...again, message: { ...(again['message'] as object), usage: { input_tokens: 0, output_tokens: 5 } } });
    }
    expect(count.heard()).toMatchObject({ tokens: 15, usd: 0.5, turns: 1 });
  });

  test('does not shrink either when a message of Gemini is', () => {
    const count = geminiCount({ price: () => 0.5, since: NOW });
    const message = (timestamp: string, input: number) => ({
      ...{ id: 'm', type: 'gemini', model: 'gemini-3-pro', timestamp },
      tokens: { input, output: 5, cached: 0, thoughts: 0, tool: 0, total: input + 5 },
    });
    count.take(message(NOW, 100));
    count.take(message(BEFORE, 1));
    expect(count.heard()).toMatchObject({ tokens: 105, usd: 0.5, turns: 1 });
  });

  test.each([
    ['a session', { id: 'own', source: 'exec' }, 1],
    ['one that a person has forked', { id: 'own', forked_from_id: 'parent' }, 1],
    ['a subagent', { id: 'own', parent_thread_id: 'parent' }, 0],
    ['a subagent of earlier versions', { id: 'own', source: { subagent: { thread_spawn: {} } } }, 0],
    ['a review', { id: 'own', source: { subagent: 'review' } }, 0],
  ])('counts what Codex asks in %s as tokens, and as a turn in the main conversation alone', (_name, meta, turns) => {
    const count = codexCount({ price: NO_PRICES, since: SINCE });
    count.take({ timestamp: BEFORE, type: 'session_meta', payload: meta });
    const usage = { input_tokens: 100, cached_input_tokens: 0, output_tokens: 5 };
    count.take({ timestamp: NOW, type: 'token_usage_record', payload: { thread_id: 'own', response_id: 'o', usage } });
    expect(count.heard()).toMatchObject({ tokens: 105, turns });
  });

  test.each([
    ['main', 1],
    ['subagent', 0],
  ])('counts what a chat of Gemini of the kind %s holds as tokens, and as %i turns', (kind, turns) => {
    const count = geminiCount({ price: NO_PRICES, since: SINCE });
    const tokens = { input: 100, output: 5, cached: 0, thoughts: 0, tool: 0, total: 105 };
    count.take({ sessionId: 's', kind, messages: [{ id: 'm', type: 'gemini', timestamp: NOW, tokens }] });
    count.take({ id: 'm', type: 'gemini', timestamp: NOW, tokens });
    expect(count.heard()).toMatchObject({ tokens: 105, turns });
  });

  test('knows nothing of a file that holds nothing', () => {
    const nothing = { usd: null, tokens: null, turns: null, calls: null, repeats: null };
    expect(claudeCount({ price: NO_PRICES, since: SINCE }).heard()).toEqual(nothing);
    expect(codexCount({ price: NO_PRICES, since: SINCE }).heard()).toEqual(nothing);
    expect(geminiCount({ price: NO_PRICES, since: SINCE }).heard()).toEqual(nothing);
  });
});
