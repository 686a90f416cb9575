import { describe, expect, test } from 'vitest';
import { mistakesIn } from '../../test/kit/config-mistakes.ts';
import { parseConfig } from './parse.ts';

function problems(text: string): readonly string[] {
  return mistakesIn(text).map(({ message }) => message);
}

describe('the settings of messages', () => {
  test('are read with their defaults', () => {
    const parsed = parseConfig(
      `escalation: { default: [{ channels: [ops] }, { after: 15m, contacts: [ada] }] }
contacts: { ada: [phone] }
maintenance: [{ name: backups, from: '22:00', until: '02:00', zone: Europe/Berlin }]
silences: [{ match: { name: 'disk_*' }, from: 2026-12-01, until: '2026-12-02T08:00:00+01:00', author: ada, reason: moving }]
`,
      'checkrein.yml',
    );
    expect(parsed.ok && parsed.config.escalation).toEqual({
      default: [
        { after: 0, channels: ['ops'], contacts: [] },
        { after: 900_000, channels: [], contacts: ['ada'] },
      ],
    });
    expect(parsed.ok && parsed.config.maintenance[0]?.days).toHaveLength(7);
    expect(parsed.ok && parsed.config.silences[0]).toMatchObject({
      from: '2026-12-01T00:00:00.000Z',
      until: '2026-12-02T07:00:00.000Z',
    });
    expect(parsed.ok && parsed.config.policy).toMatchObject({ dedup: 3_600_000, rate: 5, catch_up: 'next' });
  });

  test.each([
    [
      'a zone that there is not',
      'digests: [{ every: day, zone: Europe/Berlinn, channels: [a] }]',
      'expected a time zone',
    ],
    ['a time that no clock shows', "digests: [{ every: day, at: '25:00', channels: [a] }]", 'expected a time of day'],
    ['a mute without an end', 'preferences: [{ send: mute }]', "'mute' needs an end"],
    [
      'a silence that ends before it begins',
      'silences: [{ match: {}, from: 2026-12-02, until: 2026-12-01, author: a, reason: b }]',
      'expected an end after the beginning',
    ],
    [
      'a silence without a reason',
      'silences: [{ match: {}, from: 2026-12-01, until: 2026-12-02, author: a }]',
      'a text',
    ],
    ['a limit of nothing', 'policy: { rate: 0 }', 'at least 1'],
    ['an unknown limit', 'policy: { dedupe: 1h }', "Did you mean 'dedup'?"],
    [
      'a contact whom nobody can reach',
      'contacts: { ada: [phone] }\nescalation: { default: [{ contacts: [adda] }] }',
      "there is no contact 'adda'. Did you mean 'ada'?",
    ],
    [
      'a re-run for what counts starts',
      'responses: { retry-storm: { do: rerun-failed } }',
      "'retry-storm' counts starts",
    ],
    ['a response to a rule that is misspelt', 'responses: { runawy: stop }', "Did you mean 'runaway'?"],
    ['a heartbeat with its address', 'heartbeat_env: https://example.com/x', 'never what it holds'],
    [
      'levels of an escalation that go back in time',
      'escalation: { default: [{ after: 1h }, { after: 15m }] }',
      'not before that of the level above',
    ],
    [
      'a maintenance of no length',
      "maintenance: [{ name: a, from: '08:00', until: '08:00' }]",
      "another time than that of 'from'",
    ],
    [
      'alerts that hold themselves back',
      "inhibit: [{ source: {}, target: { name: '*' } }]",
      'none of them ever holds another back',
    ],
    [
      'a schedule that no clock shows',
      "agents: [{ name: a, workflow: .github/workflows/a.yml, schedule: '99 * * * *' }]",
      'five fields of cron',
    ],
    [
      'a schedule by a clock that is nowhere',
      "agents: [{ name: a, workflow: .github/workflows/a.yml, schedule: { cron: '17 3 * * *', time_zone: Berlin } }]",
      "expected a time zone such as Europe/Berlin or UTC, got 'Berlin'",
    ],
    [
      'a schedule with an option that it does not have',
      "agents: [{ name: a, workflow: .github/workflows/a.yml, schedule: { cron: '17 3 * * *', timezone: UTC } }]",
      "Did you mean 'time_zone'?",
    ],
    [
      'a schedule that is a number',
      'agents: [{ name: a, workflow: .github/workflows/a.yml, schedule: 17 }]',
      'expected five fields of cron, such as 17 3 * * *, or { cron: …, time_zone: … }',
    ],
    ['an escalation of nothing', 'escalation: { default: [] }', 'at least 1 entry'],
  ])('refuse %s', (_name, text, message) => {
    const [first, ...rest] = problems(`${text}\n`);
    expect(first).toContain(message);
    expect(rest).toEqual([]);
  });

  test('read a schedule with and without a time zone', () => {
    const agents = (schedule: string) =>
      `agents: [{ name: a, workflow: .github/workflows/a.yml, schedule: ${schedule} }]`;
    const read = (text: string) => {
      const parsed = parseConfig(agents(text), 'x');
      return parsed.ok ? parsed.config.agents[0]?.schedule : parsed.errors;
    };
    expect(read("'17 3 * * *'")).toEqual({ cron: '17 3 * * *', zone: 'UTC' });
    expect(read("{ cron: '17 3 * * *' }")).toEqual({ cron: '17 3 * * *', zone: 'UTC' });
    expect(read("{ cron: '17 3 * * *', time_zone: Europe/Berlin }")).toEqual({
      cron: '17 3 * * *',
      zone: 'Europe/Berlin',
    });
  });

  test('let responses name rules and labels that are not part of the program', () => {
    const parsed = parseConfig(
      'responses: { "team=payments": pause-agent, disk_full: { do: deny, max_per_day: 1 } }',
      'x',
    );
    expect(parsed.ok && parsed.config.responses['team=payments']).toEqual({
      ...{ do: 'pause-agent', mode: null, cooldown: 3_600_000, max_per_day: 3, requires: null },
      ...{ lasts: 14_400_000, approval_lasts: 14_400_000, max_attempts: 3 },
    });
    expect(parsed.ok && parsed.config.responses['disk_full']).toMatchObject({ do: 'deny', max_per_day: 1 });
  });

  test('warn of a policy that is nearly called default', () => {
    const parsed = parseConfig('escalation: { defualt: [{ channels: [issues] }], my_rule: [{ after: 1h }] }\n', 'x');
    expect(parsed.ok && parsed.warnings.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      "escalation.defualt: this is the policy of a rule called 'defualt' alone. Did you mean 'default'?",
    ]);
  });
});
