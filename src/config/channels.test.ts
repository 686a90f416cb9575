import { describe, expect, test } from 'vitest';
import { mistakesIn } from '../../test/kit/config-mistakes.ts';
import { defaultConfig, parseConfig } from './parse.ts';
import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

const SECRET = 'T000/B000/a1b2c3d4e5f6g7h8';

function configOf(channels: string): Config {
  const parsed = parseConfig(`channels: ${channels}`, 'c.yml');
  if (!parsed.ok) throw new Error(parsed.errors.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return parsed.config;
}

function problemsOf(channels: string): readonly ConfigProblem[] {
  return mistakesIn(`channels: ${channels}`);
}

describe('channels of the configuration', () => {
  test('issues is there without being written', () => {
    expect(Object.keys(defaultConfig().channels)).toEqual(['issues']);
    expect(defaultConfig().channels['issues']).toEqual({ type: 'github-issue' });
  });

  test('a channel names its secrets and gets its defaults', () => {
    const { channels } = configOf('{ ops: { type: pagerduty, routing_key: env:PD_KEY } }');
    expect(channels['ops']).toEqual({
      type: 'pagerduty',
      routing_key: { env: 'PD_KEY' },
      urgency: 'by-severity',
      api: 'https://events.pagerduty.com',
    });
    expect(Object.keys(channels)).toEqual(['issues', 'ops']);
  });

  test('durations are read into milliseconds', () => {
    const { channels } = configOf('{ am: { type: alertmanager, url: env:AM_URL, hold: 6h } }');
    expect(channels['am']).toMatchObject({ hold: 21_600_000, token: null });
  });

  test.each([
    [
      'in its place',
      `{ ops: { type: slack, webhook: 'https://hooks.slack.com/services/${SECRET}' } }`,
      'channels.ops.webhook',
    ],
    ['as the channel itself', `{ ops: 'https://hooks.slack.com/services/${SECRET}' }`, 'channels.ops'],
    [
      'as the address of an API',
      `{ ops: { type: pagerduty, routing_key: env:K, api: 'https://x.test/?key=${SECRET}' } }`,
      'channels.ops.api',
    ],
    [
      'as a mail server',
      `{ ops: { type: email, host: '${SECRET}', from: a@b.test, to: [a@b.test] } }`,
      'channels.ops.host',
    ],
  ])('a secret that is written out %s is refused and not repeated', (_where, channels, path) => {
    const problems = problemsOf(channels);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(JSON.stringify(problems)).not.toContain('a1b2c3');
  });

  test('says what a secret must be written like', () => {
    const [problem] = problemsOf(`{ ops: { type: slack, webhook: '${SECRET}' } }`);
    expect(problem?.message).toContain('expected env:NAME with the name of an environment variable');
    expect(problem?.message).toContain('a secret itself must not stand in this file');
  });

  test.each([
    ['{ ops: { type: slak, webhook: env:X } }', 'channels.ops.type', "Did you mean 'slack'?"],
    ['{ ops: { webhook: env:X } }', 'channels.ops.type', 'expected one of github-issue, pr-comment, slack,'],
    ['{ ops: { type: teams, webhook: env:X, webhok: env:X } }', 'channels.ops.webhok', "Did you mean 'webhook'?"],
    ['{ ops: { type: slack, webhook: env:GITHUB_TOKEN } }', 'channels.ops.webhook', 'expected env:NAME'],
    ['{ ops: { type: slack, webhook: env:lower } }', 'channels.ops.webhook', 'expected env:NAME'],
    ['{ ops: { type: slack-bot, token: env:X, channel: "#general" } }', 'channels.ops.channel', 'the id of a channel'],
    ['{ ops: { type: alertmanager, url: env:X, hold: 1m } }', 'channels.ops.hold', 'expected 10m at least'],
    [
      '{ ops: { type: pagerduty, routing_key: env:X, api: "http://events.pagerduty.com" } }',
      'channels.ops.api',
      'https',
    ],
    [
      '{ ops: { type: email, host: smtp.test, from: "a@b.test\\nBcc: x@y.test", to: [a@b.test] } }',
      'channels.ops.from',
      'one address',
    ],
    ['{ ops: { type: email, host: smtp.test, from: a@b.test, to: [] } }', 'channels.ops.to', 'at least 1 entry'],
    ['{ issues: { type: teams, webhook: env:X } }', 'channels.issues', 'always that of type github-issue'],
    ['{ "two words": { type: teams, webhook: env:X } }', 'channels.two words', 'expected a name of letters'],
    ['[slack]', 'channels', 'expected a group of options, got a list of 1'],
  ])('%s is an error at %s', (channels, path, words) => {
    const problems = problemsOf(channels);
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.find((problem) => problem.path === path)?.message).toContain(words);
    expect(problems.every(({ line }) => line === 1)).toBe(true);
  });
});
