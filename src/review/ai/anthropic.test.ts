import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { FAKE_KEY, type FakeAnthropic, type ModelTurn, startFakeAnthropic } from '../../../test/fakes/anthropic.ts';
import { anthropicOpinions } from './anthropic.ts';
import type { Question, Reply } from './port.ts';

interface Word {
  readonly word: string;
}

const answer: z.ZodType<Word> = z.strictObject({ word: z.string() });
const question: Question<Word> = {
  model: 'claude-haiku-4-5',
  system: 'Say a word.',
  text: 'Which?',
  answer,
  maxTokens: 500,
};

function ask(
  fake: Pick<FakeAnthropic, 'url'>,
  more: { apiKey?: string; patience?: number } = {},
): Promise<Reply<Word>> {
  return anthropicOpinions({ apiKey: FAKE_KEY, baseUrl: fake.url, ...more }).ask(question);
}

/** What is said of every answer of the fake that sets no usage. */
const USED = { input: 1_000, output: 100, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

describe('a question to the API', () => {
  test('goes with the key as a bearer, the schema of the answer and no tools, and its answer comes back in form', async () => {
    await using fake = await startFakeAnthropic();
    fake.turns.push({ say: { word: 'yes' } });
    expect(await ask(fake)).toEqual({ kind: 'answered', value: { word: 'yes' }, usage: USED });
    expect(fake.asked).toMatchObject([
      { model: 'claude-haiku-4-5', system: 'Say a word.', text: 'Which?', maxTokens: 500, tools: null },
    ]);
    expect(fake.asked[0]?.format).toMatchObject({
      type: 'json_schema',
      schema: { required: ['word'], additionalProperties: false },
    });
  });

  test.each<[string, ModelTurn, Reply<Word>]>([
    ['a refusal', { stop: 'refusal' }, { kind: 'refused', usage: USED }],
    ['an answer that was cut off', { stop: 'max_tokens', say: '{"word":"ye' }, { kind: 'cut_off', usage: USED }],
    ['a context that is full', { stop: 'model_context_window_exceeded' }, { kind: 'cut_off', usage: USED }],
    ['a call of a tool that it was not given', { stop: 'tool_use' }, { kind: 'unreadable', usage: USED }],
    ['a turn that pauses', { stop: 'pause_turn' }, { kind: 'unreadable', usage: USED }],
    ['prose instead of JSON', { say: 'I approve this. Risk: low.' }, { kind: 'unreadable', usage: USED }],
    ['JSON of another form', { say: { verdict: 'approve' } }, { kind: 'unreadable', usage: USED }],
    ['JSON with more than was asked for', { say: { word: 'a', risk: 'low' } }, { kind: 'unreadable', usage: USED }],
    ['an empty answer', { say: '' }, { kind: 'unreadable', usage: USED }],
    ['a body that is no message', { raw: '{}' }, { kind: 'unreadable', usage: null }],
    ['null', { raw: 'null' }, { kind: 'unreadable', usage: null }],
    ['a body that is no JSON', { raw: '<html>' }, { kind: 'unreadable', usage: null }],
    [
      'usage that cannot be',
      { say: { word: 'a' }, usage: { input_tokens: -5 } },
      { kind: 'answered', value: { word: 'a' }, usage: null },
    ],
  ])('%s is told as what it is, with what it used', async (_name, turn, expected) => {
    await using fake = await startFakeAnthropic();
    fake.turns.push(turn);
    expect(await ask(fake)).toEqual(expected);
    expect(fake.heard).toHaveLength(1);
  });

  test('what was cached is counted apart', async () => {
    await using fake = await startFakeAnthropic();
    const usage = {
      cache_read_input_tokens: 7,
      cache_creation_input_tokens: 5,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 2 },
    };
    fake.turns.push({ say: { word: 'a' }, usage });
    expect(await ask(fake)).toMatchObject({ usage: { input: 1_000, cacheRead: 7, cacheWrite5m: 3, cacheWrite1h: 2 } });
  });
});

describe('an API that is in trouble', () => {
  test('overloaded twice: it is asked again, and answers', async () => {
    await using fake = await startFakeAnthropic();
    const busy = { status: 529, type: 'overloaded_error', headers: { 'retry-after-ms': '5' } };
    fake.turns.push(busy, busy, { say: { word: 'late' } });
    expect(await ask(fake)).toMatchObject({ kind: 'answered', value: { word: 'late' } });
    expect(fake.heard).toHaveLength(3);
  });

  test.each([
    [529, 'overloaded_error', 3, "The model's API answered 529 overloaded_error", true],
    [429, 'rate_limit_error', 3, "The model's API asks for patience (429)", true],
    [500, 'api_error', 3, "The model's API answered 500 api_error", true],
    [400, 'invalid_request_error', 1, "The model's API does not take the question (400 invalid_request_error)", false],
    [402, 'billing_error', 1, "The account of the model's API has no credit (402)", false],
    [403, 'permission_error', 1, "The model's API refuses the key (403)", false],
  ])(
    '%i for good: it is asked at most three times, costs nothing, and nothing of its words is repeated',
    async (status, type, times, message, retry) => {
      await using fake = await startFakeAnthropic();
      fake.otherwise = () => ({ status, type, headers: { 'retry-after-ms': '5' } });
      const reply = await ask(fake);
      expect(reply).toMatchObject({ kind: 'unavailable', charged: 'nothing', failure: { message, retry } });
      expect(JSON.stringify(reply)).not.toContain('octocat');
      expect(fake.heard).toHaveLength(times);
    },
  );

  test('a wrong key is refused, and does not stand in the failure', async () => {
    await using fake = await startFakeAnthropic();
    const reply = await ask(fake, { apiKey: 'sk-ant-of-somebody-else' });
    expect(reply).toMatchObject({ kind: 'unavailable', charged: 'nothing', failure: { kind: 'unauthorized' } });
    expect(JSON.stringify(reply)).not.toContain('sk-ant');
  });

  test('told to come back in an hour: it does not wait so long, and nothing was billed', async () => {
    await using fake = await startFakeAnthropic();
    fake.turns.push({ status: 429, headers: { 'retry-after': '3600' } });
    const reply = await ask(fake, { patience: 3_000 });
    expect(reply).toMatchObject({ kind: 'unavailable', charged: 'nothing', failure: { retry: true } });
    expect(fake.heard).toHaveLength(1);
  });

  test('an answer that never comes is waited for once, and may be billed', async () => {
    await using fake = await startFakeAnthropic();
    fake.troubles.push({ kind: 'silence', after: true });
    // Long enough for a busy machine to bring the question there.
    expect(await ask(fake, { patience: 3_000 })).toMatchObject({ kind: 'unavailable', charged: 'unknown' });
    expect(fake.heard).toHaveLength(1);
  });

  test('an answer without end is not read to its end, and not asked for again', async () => {
    await using fake = await startFakeAnthropic();
    fake.troubles.push({ kind: 'flood' });
    const reply = await ask(fake);
    expect(reply).toMatchObject({ kind: 'unavailable', charged: 'unknown', failure: { kind: 'too_large' } });
    expect(fake.heard).toHaveLength(1);
  });

  test('a connection that breaks is made anew', async () => {
    await using fake = await startFakeAnthropic();
    fake.troubles.push({ kind: 'reset', after: false });
    fake.turns.push({ say: { word: 'again' } });
    expect(await ask(fake)).toMatchObject({ kind: 'answered', value: { word: 'again' } });
  });

  test('nobody there: nothing can have been billed', async () => {
    const fake = await startFakeAnthropic();
    await fake[Symbol.asyncDispose]();
    expect(await ask(fake)).toMatchObject({ kind: 'unavailable', charged: 'nothing' });
  });

  test('sent elsewhere: the key does not go along', async () => {
    await using fake = await startFakeAnthropic();
    await using other = await startFakeAnthropic();
    fake.otherwise = () => ({ status: 307, headers: { location: `${other.url}/v1/messages` } });
    expect(await ask(fake)).toMatchObject({ kind: 'unavailable' });
    expect(other.heard).toEqual([]);
  });
});
