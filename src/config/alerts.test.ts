import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MINUTE } from '../core/time.ts';
import { UNMEASURED } from '../metrics/catalogue-unmeasured.ts';
import { type AlertReport, readAlertsFile } from './alerts-file.ts';
import { readYaml } from './document.ts';
import { defaultConfig, parseConfig } from './parse.ts';
import { readPrometheus } from './prometheus.ts';

const MISSION = readFileSync(join(import.meta.dirname, '../../test/kit/mission-alerts.yml'), 'utf8');

function problemsOf(rules: string, more = ''): readonly string[] {
  const parsed = parseConfig(`${more}alerts:\n  critical:\n${rules.replace(/^/gm, '    ')}\n`, 'c.yml');
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join('; '));
  return parsed.alerts.problems.map(({ weight, path, message }) => `${weight} ${path}: ${message.split('\n')[0]}`);
}

describe("the mission's file", () => {
  const read = readAlertsFile(MISSION, 'alerts.yaml', defaultConfig());

  test('loads as it is, with nothing to say but that its channels are not there yet', () => {
    expect(
      read.alerts.rules.map(({ name, severity, mode, for: wait }) => [name, severity, mode, wait / MINUTE]),
    ).toEqual([
      ['database_down', 'critical', 'observations', 1],
      ['autonomous_session_failure_spike', 'critical', 'data', 5],
      ['safety_violation_critical', 'critical', 'data', 1],
      ['high_token_usage', 'warning', 'data', 10],
      ['mcp_server_degraded', 'warning', 'data', 15],
      ['review_backlog', 'warning', 'data', 30],
      ['improvement_deployed', 'info', 'event', 0],
      ['analysis_complete', 'info', 'event', 0],
    ]);
    const weights = (of: AlertReport['problems']): readonly string[] =>
      [...new Set(of.map(({ weight }) => weight))].sort();
    expect(weights(read.problems)).toEqual(['channel', 'warning']);
  });

  test('is told that a minute is shorter than the time between two runs for what is sampled', () => {
    const remarks = read.problems.filter(({ weight, path }) => weight === 'warning' && !path.endsWith('.condition'));
    expect(remarks.map(({ rule, message }) => [rule, message])).toEqual([
      ['database_down', expect.stringMatching(/^duration is shorter .*: it behaves as 2 observations$/)],
    ]);
  });

  test('is told which of its conditions ask for what no source measures yet', () => {
    const remarks = read.problems.filter(({ weight, path }) => weight === 'warning' && path.endsWith('.condition'));
    const asked = new Map(read.alerts.rules.map(({ name, condition }) => [name, condition.reads]));
    const names = UNMEASURED.map(({ name }) => `metrics.${name}`);
    const blind = [...asked].flatMap(([rule, reads]) =>
      reads.filter((one) => names.includes(one)).map((one) => [rule, one]),
    );
    expect(remarks.map(({ rule, message }) => [rule, /measures (\S+) yet/.exec(message)?.[1]])).toEqual(blind);
    const first = names[0] ?? '';
    expect(problemsOf(`- { name: a, condition: "any(${first} > 1)" }`)).toEqual([
      `warning alerts.critical[0].condition: no source measures ${first} yet, so that there is no answer`,
    ]);
  });

  test('takes its daily budget from the vars, else from the first budget of a day', () => {
    const own = readAlertsFile(`vars: { dailyBudget: 5 }\n${MISSION}`, 'alerts.yaml', defaultConfig());
    expect(own.vars).toEqual({ dailyBudget: 5 });
    const none = { ...defaultConfig(), budgets: [] };
    const unsound = readAlertsFile(MISSION, 'alerts.yaml', none).problems.filter(({ weight }) => weight === 'error');
    expect(unsound.map(({ rule, message }) => [rule, message.split('\n')[0]])).toEqual([
      ['high_token_usage', expect.stringContaining("unknown name 'dailyBudget'")],
    ]);
  });

  test('is without a fault where its channels are defined', () => {
    const names = [
      'pagerduty',
      'slack-critical',
      'email-security',
      'slack-ops',
      'email-finance',
      'slack-dev',
      'email-leads',
      'slack-general',
      'slack-analytics',
    ];
    const issues = { type: 'github-issue' } as const;
    const config = { ...defaultConfig(), channels: Object.fromEntries(names.map((name) => [name, issues])) };
    const { alerts, problems } = readAlertsFile(MISSION, 'alerts.yaml', config);
    expect(problems.filter(({ weight }) => weight !== 'warning')).toEqual([]);
    expect(alerts.rules[0]?.channels).toEqual(['pagerduty', 'slack-critical']);
  });
});

describe('a rule that is wrong', () => {
  test.each<[string, string, string]>([
    [
      'a typo in a condition',
      '- { name: a, condition: metrics.sesions.total > 1 }',
      "error alerts.critical[0].condition: unknown field 'sesions'; did you mean 'sessions'?",
    ],
    [
      'an unknown key',
      '- { name: a, condition: "true", durration: 5m }',
      "error alerts.critical[0].durration: there is no option 'durration'. Did you mean 'duration'?",
    ],
    ['no condition', '- { name: a }', 'error alerts.critical[0].condition: expected a text, got nothing'],
    [
      'a name with a space',
      '- { name: a b, condition: "true" }',
      "error alerts.critical[0].name: expected a name of letters, digits, hyphens and underscores, at most 80, got 'a b'",
    ],
    [
      'a name that is taken',
      '- { name: budget, condition: "true" }',
      "error alerts.critical[0].name: 'budget' is the name of a rule of the program itself already; each must be unique",
    ],
    [
      'two of one name',
      '- { name: a, condition: "true" }\n- { name: a, condition: "false" }',
      "error alerts.critical[1].name: 'a' is the name of another rule already; each must be unique",
    ],
    [
      'a duration of an event',
      "- { name: a, condition: event.type == 'x', duration: 5m }",
      "error alerts.critical[0].duration: a rule about an event fires once when it happens, so 'duration' has no meaning",
    ],
    [
      'for and duration',
      '- { name: a, condition: "true", duration: 5m, for: 5m }',
      "error alerts.critical[0].for: 'for' and 'duration' are the same; write one of them",
    ],
    [
      'each of no map',
      '- { name: a, condition: metrics.sessions.total > 1, for_each: metrics.sessions }',
      "error alerts.critical[0].for_each: 'metrics.sessions' is no map; one is metrics.mcpServers or metrics.agents",
    ],
    [
      'each of a map that is not asked for',
      '- { name: a, condition: metrics.sessions.total > 1, for_each: metrics.agents }',
      "error alerts.critical[0].for_each: the condition asks for nothing below 'metrics.agents', so that it would be the same for each of them",
    ],
    [
      'a channel that is not there',
      '- { name: a, condition: "true", channels: [isues] }',
      "channel alerts.critical[0].channels[0]: there is no channel 'isues' under 'channels'; did you mean 'issues'?",
    ],
    [
      'a value that never comes',
      "- { name: a, condition: health.database.status == 'down' }",
      "error alerts.critical[0].condition: 'down' is none of its values; known here: degraded, healthy, unhealthy",
    ],
    ['no group', '- 5', 'error alerts.critical[0]: expected a group of options, got 5'],
  ])('%s is told with its place', (_name, rules, expected) => {
    expect(problemsOf(rules)[0]).toBe(expected);
  });

  test.each([
    ['a wrong condition', 'condition: metrics.sesions.total > 1', 'error condition'],
    ['a wrong shape', 'condition: metrics.sesions.total > 1, durration: 5m', 'error durration'],
    ['no name', 'condition: metrics.sesions.total > 1, name: 5', 'error name'],
  ])('with %s is told of its missing channels and policy at the same time', (_what, wrong, first) => {
    const name = wrong.includes('name:') ? '' : 'name: a, ';
    const told = problemsOf(`- { ${name}${wrong}, channels: [isues], escalation: nobody }`);
    const heads = told.map((each) => each.replace('alerts.critical[0].', '').split(':')[0]);
    const rest = ['error condition', 'channel channels[0]', 'policy escalation'];
    expect(heads).toEqual(first === 'error condition' ? rest : [first, ...rest]);
  });

  test('does not take the others with it', () => {
    const parsed = parseConfig(
      'alerts:\n  warning:\n    - { name: a, condition: nonsense > 1 }\n    - { name: b, condition: metrics.sessions.total > 1 }\n',
      'c.yml',
    );
    expect(parsed.ok && parsed.config.alerts.rules.map(({ name }) => name)).toEqual(['b']);
    expect(parsed.ok && parsed.alerts.problems.map(({ rule, line }) => [rule, line])).toEqual([['a', 3]]);
  });

  test('an unknown severity and a file of the wrong shape are told', () => {
    const parsed = parseConfig('alerts: { critcal: [] }\n', 'c.yml');
    expect(parsed.ok && parsed.alerts.problems[0]?.message).toBe(
      "there is no severity 'critcal'; did you mean 'critical'?",
    );
    const broken = readAlertsFile('alerts: {}\nvars: { metrics: 1 }\nx: 1\n', 'a.yml', defaultConfig());
    expect(broken.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('metrics, health, event'),
      expect.stringContaining("there is no option 'x'"),
    ]);
  });

  test('a var that both files set is told, and that of the configuration counts', () => {
    const ground = { ...defaultConfig(), vars: { a: 1 } };
    const read = readAlertsFile('vars: { a: 2, b: 3 }\nalerts: {}\n', 'a.yml', ground);
    expect(read.vars).toEqual({ a: 1, b: 3 });
    expect(read.problems.map(({ message }) => message)).toEqual(["'a' is set in the configuration already"]);
  });
});

describe('a Prometheus rule file', () => {
  // The three rules that the mission's documents have for Prometheus.
  const THREE = `groups:
  - name: agents
    rules:
      - { alert: HighErrorRate, expr: 'rate(errors_total[5m]) > 0.1', for: 5m, labels: { severity: critical } }
      - { alert: QueueBacklog, expr: queue_size > 100, for: 10m, labels: { severity: warning } }
      - { alert: SlowResponses, expr: 'histogram_quantile(0.95, latency_bucket) > 2', for: 15m, annotations: { summary: slow } }
`;
  const read = (text: string): ReturnType<typeof readPrometheus> => {
    const yaml = readYaml(text, 'p.yml');
    if (!yaml.ok) throw new Error('no YAML');
    return readPrometheus(yaml.value);
  };

  test('passes, with the severity of its labels', () => {
    expect(read(THREE)).toEqual({
      faults: [],
      rules: [
        { name: 'HighErrorRate', severity: 'critical', faults: [] },
        { name: 'QueueBacklog', severity: 'warning', faults: [] },
        { name: 'SlowResponses', severity: null, faults: [] },
      ],
    });
  });

  test.each<[string, string, string]>([
    ['a misspelt key', THREE.replace('for: 5m', 'fro: 5m'), "there is no option 'fro'. Did you mean 'for'?"],
    ['a time that is none', THREE.replace('10m', 'soon'), "expected a duration such as 5m or 1h30m, got 'soon'"],
    [
      'a label that is none',
      THREE.replace('severity: warning', 'se-verity: warning'),
      "expected a label of letters, digits and underscores, got 'se-verity'",
    ],
    ['no name', THREE.replace('alert: HighErrorRate, ', ''), 'expected a text, got nothing'],
  ])('%s is told', (_name, text, expected) => {
    expect(
      read(text)
        .rules.flatMap(({ faults }) => faults)
        .map(({ message }) => message)
        .join(),
    ).toContain(expected);
  });
});
