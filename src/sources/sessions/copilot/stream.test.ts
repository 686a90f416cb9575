import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { NO_PRICES } from '../../prices/price-list.ts';
import { readSessionFile } from '../recognise.ts';

// Shapes of `copilot -p … --output-format json` (1.0.41 to 1.0.82) and of logs that keep events marked `ephemeral`. All values are
// made up.

function read(events: readonly unknown[]): ReturnType<typeof readSessionFile> {
  return readSessionFile('out.log', Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')), NO_PRICES);
}

function only(events: readonly unknown[]): SessionReading {
  const { sessions } = read(events);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

function event(second: number, type: string, data: object): object {
  return { type, data, id: `e${second}`, timestamp: `2026-08-05T18:41:${String(second).padStart(2, '0')}.000Z` };
}

const SAID = event(2, 'assistant.message', { messageId: 'm1', content: 'x', toolRequests: [], outputTokens: 30 });
const END = {
  type: 'result',
  timestamp: '2026-08-05T18:41:09.000Z',
  sessionId: 'd2c237e8-59b4',
  exitCode: 0,
  usage: {
    premiumRequests: 7.5,
    totalApiDurationMs: 2_024,
    sessionDurationMs: 4_743,
    codeChanges: { filesModified: ['a.ts'] },
  },
};

function used(id: string, input: number, output: number, cached: number, more: object = {}): object {
  const counts = { inputTokens: input, outputTokens: output, cacheReadTokens: cached, cacheWriteTokens: 0 };
  return { ...event(5, 'assistant.usage', { model: 'gpt-5.2', apiCallId: id, ...counts, ...more }), ephemeral: true };
}

describe('what the Copilot CLI prints of a session', () => {
  test('is named and ended by its last line', () => {
    const reading = only([event(1, 'user.message', { content: 'hi' }), SAID, END]);
    expect(reading.engineSession).toBe('d2c237e8-59b4');
    expect(reading.outcome).toBe('completed');
    expect(reading.endedAt).toBe('2026-08-05T18:41:09.000Z');
    expect(reading.detail?.cutOff).toBe(false);
    expect(reading.detail?.apiDuration).toBe(2_024);
    expect(reading.detail?.billedUnits).toEqual({ aiUnits: null, premiumRequests: 7.5 });
    expect(reading.detail?.filesChanged).toMatchObject({ count: 1 });
  });

  test('tells no more of tokens than the output of its messages', () => {
    const reading = only([SAID, END]);
    expect(reading.tokens).toMatchObject({ input: null, output: 30, total: null });
    expect(reading.state.tokens).toBe('lower_bound');
  });

  test('counts units once, which a checkpoint tells before the last line', () => {
    const checkpoint = event(6, 'session.usage_checkpoint', { totalNanoAiu: 32_840_000, totalPremiumRequests: 7.5 });
    expect(only([SAID, checkpoint, END]).detail?.billedUnits).toEqual({ aiUnits: 0.03284, premiumRequests: 7.5 });
  });

  test.each([
    ['failed', 1],
    ['unknown', null],
    ['unknown', 'zero'],
  ] as const)('is %s when its exit code is %j', (outcome, exitCode) => {
    expect(only([SAID, { ...END, exitCode }]).outcome).toBe(outcome);
  });

  test('is cut off without its last line', () => {
    const reading = only([SAID]);
    expect(reading.detail?.cutOff).toBe(true);
    expect(reading.outcome).toBe('unknown');
  });

  test('is known by its last line alone, and nothing else that is called a result is', () => {
    expect(only([END]).engineSession).toBe('d2c237e8-59b4');
    expect(read([{ ...END, usage: { input_tokens: 3 } }]).format).toBeNull();
    expect(read([{ ...END, usage: null, premiumRequests: 1 }]).format).toBeNull();
  });
});

describe('events about requests, which are not meant to be kept', () => {
  test('tell what was used where no shutdown does, each once', () => {
    const reading = only([
      SAID,
      used('a', 5_200, 30, 3_000),
      used('a', 5_200, 30, 3_000),
      used('b', 1_000, 400, 0),
      END,
    ]);
    expect(reading.tokens).toMatchObject({ input: 6_200 - 3_000, output: 430, cacheRead: 3_000 });
    expect(reading.models).toEqual(['gpt-5.2']);
    expect(reading.state.tokens).toBe('estimate');
  });

  test('are the least that was used in a session that was cut off', () => {
    expect(only([SAID, used('a', 100, 30, 0)]).state.tokens).toBe('lower_bound');
  });

  test('count nothing beside a shutdown that tells, but for what follows it', () => {
    const metrics = {
      'gpt-5.2': { usage: { inputTokens: 500, outputTokens: 60, cacheReadTokens: 0, cacheWriteTokens: 0 } },
    };
    const shutdown = event(6, 'session.shutdown', { shutdownType: 'routine', modelMetrics: metrics });
    const before = [event(0, 'session.start', { sessionId: 's' }), SAID, used('a', 500, 60, 0), shutdown];
    expect(only(before).tokens).toMatchObject({ input: 500, output: 60 });
    const reading = only([...before, event(7, 'session.resume', {}), used('b', 70, 7, 20)]);
    expect(reading.tokens).toMatchObject({ input: 550, output: 67, cacheRead: 20 });
    expect(reading.state.tokens).toBe('lower_bound');
  });

  test('that are broken tell nothing', () => {
    const broken = [used('a', -5, -1, 0), used('b', Number.NaN, 0, 0), { ...used('c', 1, 1, 0), data: null }];
    expect(only([SAID, ...broken]).tokens).toMatchObject({ input: null, output: 30 });
  });
});
