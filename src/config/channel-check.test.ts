import { describe, expect, test } from 'vitest';
import { mistakesIn } from '../../test/kit/config-mistakes.ts';
import { readAlertsFile } from './alerts-file.ts';
import { defaultConfig, parseConfig } from './parse.ts';

const CHANNELS = 'channels: { ops: { type: slack, webhook: env:OPS_HOOK } }\n';

/** What is wrong, as `PLACE WEIGHT MESSAGE`. */
function problemsOf(text: string, channels = CHANNELS): readonly string[] {
  const parsed = parseConfig(`${channels}${text}`, 'c.yml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { config, alerts, channelProblems } = parsed;
  const known = { names: Object.keys(config.channels), leftOut: alerts.channelsLeftOut };
  const problems = [...channelProblems(known), ...alerts.problems];
  return problems.map(({ path, line, weight, message }) => `${line} ${path} ${weight}: ${message}`);
}

describe('a channel that is not there', () => {
  test.each([
    [
      'escalation: { default: [{ channels: [opps] }] }',
      "escalation.default[0].channels[0] channel: there is no channel 'opps'",
    ],
    ['policy: { fallback: [ops, opps] }', "policy.fallback[1] channel: there is no channel 'opps'"],
    ['contacts: { ana: [opps] }', "contacts.ana[0] channel: there is no channel 'opps'"],
    ['digests: [{ every: day, channels: [opps] }]', "digests[0].channels[0] channel: there is no channel 'opps'"],
    ['preferences: [{ channel: opps, send: critical }]', "preferences[0].channel channel: there is no channel 'opps'"],
  ])('is told with its place and the nearest name: %s', (text, message) => {
    expect(problemsOf(text)).toEqual([`2 ${message} under 'channels'; did you mean 'ops'?`]);
  });

  test('has no nearest name where none is near, and nothing is said of one that is there', () => {
    expect(problemsOf('contacts: { ana: [telephone] }')).toEqual([
      "2 contacts.ana[0] channel: there is no channel 'telephone' under 'channels'",
    ]);
    expect(problemsOf('contacts: { ana: [ops, issues] }')).toEqual([]);
  });
});

describe('a channel whose own entry is wrong', () => {
  const WRONG = 'channels: { ops: { type: slack, webhok: env:OPS_HOOK } }\n';
  const RULE = (name: string) => `alerts: { info: [{ name: a, condition: event.type == 'b', channels: [${name}] }] }`;
  const named = (text: string): readonly string[] =>
    problemsOf(text, WRONG).filter((problem) => problem.includes(' channel: '));

  test('is the nearest name all the same', () => {
    expect(named('contacts: { ana: [opps] }')).toEqual([
      "2 contacts.ana[0] channel: there is no channel 'opps' under 'channels'; did you mean 'ops'?",
    ]);
    expect(named(RULE('opps'))).toEqual([
      "2 alerts.info[0].channels[0] channel: there is no channel 'opps' under 'channels'; did you mean 'ops'?",
    ]);
  });

  test('is not said to be missing where it is named', () => {
    const leftOut = "the channel 'ops' is left out, for its entry under 'channels' is wrong";
    expect(named('contacts: { ana: [ops] }')).toEqual([`2 contacts.ana[0] channel: ${leftOut}`]);
    expect(named(RULE('ops'))).toEqual([`2 alerts.info[0].channels[0] channel: ${leftOut}`]);
  });

  test('is known to a file of rules, and so are those of that file', () => {
    const said = (text: string, leftOut: readonly string[]) =>
      readAlertsFile(text, 'a.yml', defaultConfig(), leftOut)
        .problems.filter(({ weight }) => weight === 'channel')
        .map(({ message }) => message);
    expect(said(RULE('opps'), ['ops'])).toEqual(["there is no channel 'opps' under 'channels'; did you mean 'ops'?"]);
    expect(said(`${WRONG}${RULE('opps')}`, [])).toEqual([
      "there is no channel 'opps' under 'channels'; did you mean 'ops'?",
    ]);
    expect(said('channels: 3\nalerts: {}\n', [])).toEqual([]);
  });
});

describe('a summary that never comes', () => {
  test.each([
    ['preferences: [{ channel: ops, send: summary }]', "'ops'"],
    ['preferences: [{ send: summary }]', 'any channel'],
    ['contacts: { ana: [ops] }\npreferences: [{ person: ana, send: summary }]', 'a channel of ana'],
    ['preferences: [{ channel: ops, send: summary }]\ndigests: [{ every: day, channels: [issues] }]', "'ops'"],
  ])('is warned of: %s', (text, where) => {
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(new RegExp(`preferences\\[0\\]\\.send warning: no entry of 'digests' goes to ${where},`)),
    ]);
  });

  test.each([
    'preferences: [{ channel: ops, send: summary }]\ndigests: [{ every: day, channels: [ops] }]',
    'contacts: { ana: [issues, ops] }\npreferences: [{ person: ana, send: summary }]\ndigests: [{ every: day, channels: [ops] }]',
    'preferences: [{ channel: ops, send: critical }]',
  ])('is not where a digest goes there, or none is asked for: %s', (text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});

describe('the policy that a rule names', () => {
  const RULE = "alerts: { info: [{ name: a, condition: event.type == 'b', escalation: nights }] }";

  test('must be there', () => {
    expect(problemsOf(`escalation: { night: [{ channels: [ops] }] }\n${RULE}`)).toEqual([
      "3 alerts.info[0].escalation policy: there is no policy 'nights' under 'escalation'; did you mean 'night'?",
    ]);
    expect(problemsOf(`escalation: { nights: [{ channels: [ops] }] }\n${RULE}`)).toEqual([]);
  });

  test('takes the number 0 for at once, and no other number', () => {
    const read = parseConfig('escalation: { a: [{ after: 0, channels: [issues] }, { after: 15m }] }', 'c.yml');
    expect(read).toMatchObject({ ok: true, config: { escalation: { a: [{ after: 0 }, { after: 900_000 }] } } });
    expect(mistakesIn('escalation: { a: [{ after: 15 }] }')).toMatchObject([
      { path: 'escalation.a[0].after', message: 'expected a duration such as 15m, 6h or 30d, or 0, got 15' },
    ]);
  });
});
