import { describe, expect, test } from 'vitest';
import { mistakesIn } from '../../test/kit/config-mistakes.ts';
import { readAlertsFile } from './alerts-file.ts';
import { defaultConfig, parseConfig } from './parse.ts';

const HOUR = 3_600_000;

const SECTIONS = `policy: { dedup: soon, rate: 7 }
silences:
  - { match: { rule: a }, from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z', author: ada, reason: known }
  - { match: { rule: b }, from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z', author: ada, reason: '' }
inhibit: nothing
channels: { ops: { type: slack, webhook: env:OPS }, other: { type: slak, webhook: env:X } }
rules: { late: { tolerance: yesterday, expected_every: 2h } }
`;

describe('a section that is wrong', () => {
  const parsed = parseConfig(SECTIONS, 'c.yml');

  test('is left out by the option or the entry, and the rest of it counts', () => {
    if (!parsed.ok) throw new Error('it was refused');
    const { config } = parsed;
    expect(config.policy).toEqual({ ...defaultConfig().policy, rate: 7 });
    expect(config.silences.map(({ match }) => match)).toEqual([{ rule: 'a' }]);
    expect(config.inhibit).toEqual([]);
    expect(Object.keys(config.channels)).toEqual(expect.arrayContaining(['ops', 'issues']));
    expect(Object.keys(config.channels)).not.toContain('other');
    expect(config.rules['late']).toEqual({ ...defaultConfig().rules['late'], expected_every: '2h' });
  });

  test('is told with its place and with what counts instead', () => {
    expect(mistakesIn(SECTIONS).map(({ line, path, weight, instead }) => [line, path, weight, instead])).toEqual([
      [7, 'rules.late.tolerance', 'section', 'the default counts, 1h'],
      [6, 'channels.other.type', 'section', 'it counts for nothing'],
      [1, 'policy.dedup', 'section', 'the default counts, 1h'],
      [5, 'inhibit', 'section', 'the default counts, which is none'],
      [4, 'silences[1].reason', 'section', 'it counts for nothing'],
    ]);
  });

  test.each([
    ['an option that there is not', 'policy: { dedpu: 1h, rate: 7 }', { policy: { rate: 7 } }],
    ['a section of another shape', 'policy: [1]\nvars: { a: 1 }', { policy: defaultConfig().policy, vars: { a: 1 } }],
    ['a level that goes back in time', 'escalation: { a: [{ after: 1h }, { after: 5m }], b: [{ after: 1h }] }', {}],
    ['a contact that there is not', 'escalation: { b: [{ after: 1h, contacts: [nobody] }] }', {}],
  ])('%s leaves the others', (_name, text, config) => {
    const read = parseConfig(text, 'c.yml');
    expect(read).toMatchObject({ ok: true, config });
    expect(mistakesIn(text)).toHaveLength(1);
    if (text.startsWith('escalation')) expect(read.ok && Object.keys(read.config.escalation)).toEqual(['b']);
  });

  test('does not hide what is wrong with rules, nor the other way round', () => {
    const rules = 'alerts: { warning: [{ name: a, condition: metrics.sesions.total > 1, channels: [oops] }] }\n';
    const paths = (text: string): readonly string[] => mistakesIn(text).map(({ path }) => path);
    expect(paths(`${rules}policy: { dedup: soon }\n`)).toEqual([
      'policy.dedup',
      'alerts.warning[0].condition',
      'alerts.warning[0].channels[0]',
    ]);
    // What acts, spends or names the ledger has to be right: the file is refused, and all of it is told at once.
    const refused = `${rules}policy: { dedup: soon }\nbudgets: 7\n`;
    expect(parseConfig(refused, 'c.yml').ok).toBe(false);
    expect(paths(refused)).toEqual([
      'budgets',
      'policy.dedup',
      'alerts.warning[0].condition',
      'alerts.warning[0].channels[0]',
    ]);
  });

  test.each([
    'mode: loud',
    'budgets: [{ name: 1 }]',
    'stop: { reserve: -1 }',
    'responses: { budget: stpo }',
    'ledger: 7',
  ])('is not forgiven where it says what is done: %s', (text) => {
    expect(parseConfig(text, 'c.yml').ok).toBe(false);
  });
});

describe('a file of rules with a section that is wrong', () => {
  const FILE = `alerts: { info: [{ name: a, condition: metrics.sessions.total > most }] }
vars: { most: 3, least: [] }
policy: { rate: none, dedup: 2h }
`;

  test('has its rules asked, and everything told', () => {
    const read = readAlertsFile(FILE, 'alerts.yml', defaultConfig());
    expect(read.alerts.rules.map(({ name }) => name)).toEqual(['a']);
    expect(read.policy).toMatchObject({ rate: 5, dedup: 2 * HOUR });
    expect(read.problems.map(({ path, weight }) => `${weight} ${path}`)).toEqual([
      'section vars.least',
      'section policy.rate',
    ]);
  });
});
