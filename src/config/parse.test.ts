import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mistakesIn } from '../../test/kit/config-mistakes.ts';
import { DAY } from '../core/time.ts';
import { defaultConfig, parseConfig } from './parse.ts';
import { formatProblem } from './problem.ts';

const BAD = join(import.meta.dirname, '..', '..', 'test', 'house', 'bad-configs');

function problems(text: string): readonly string[] {
  return mistakesIn(text).map(formatProblem);
}

describe('a configuration with one mistake', () => {
  const files = readdirSync(BAD);

  test('there is a folder of them', () => {
    expect(files.length).toBeGreaterThan(25);
  });

  test.each(files)('%s', (file) => {
    const text = readFileSync(join(BAD, file), 'utf8');
    const expected = [...text.matchAll(/^# expect (\S+): (.*)$/gm)].map(([, place, message]) =>
      place === '0:0' ? `c.yml: ${message}` : `c.yml:${place}: ${message}`,
    );
    const found = problems(text);
    expect(expected.length).toBeGreaterThan(0);
    for (const sentence of expected) expect(found.join('\n')).toContain(sentence);
    expect(found.length, found.join('\n')).toBe(expected.length);
  });
});

test('what was written where the name of a secret belongs is not told', () => {
  const found = problems('stop: { webhook: { url_env: https://example.com/planted, secret_env: "planted word" } }');
  expect(found).toHaveLength(2);
  expect(found.join()).not.toContain('planted');
});

describe('a good configuration', () => {
  test.each(['', '\n', '# nothing but a comment\n', '{}', 'version: 1\n', '---\n'])('%j means the defaults', (text) => {
    expect(parseConfig(text, 'c.yml')).toEqual({
      ok: true,
      channelProblems: expect.any(Function),
      config: defaultConfig(),
      warnings: [],
      alerts: { file: null, problems: [], written: [], channelsLeftOut: [] },
    });
  });

  test('the defaults are shadow mode, a budget of the day and one of the month, and every rule', () => {
    const config = defaultConfig();
    expect(config.mode).toBe('shadow');
    expect(config.budgets.map(({ name, period }) => [name, period])).toEqual([
      ['repo-day', 'day'],
      ['repo-month', 'month'],
    ]);
    expect(Object.values(config.rules).every((settings) => settings['enabled'] === true)).toBe(true);
    expect(config.collect.look_back).toBe(30 * DAY);
  });

  test('the example of the design is read, underscores in numbers included', () => {
    const parsed = parseConfig(
      [
        'version: 1',
        'mode: shadow',
        'leads: [octocat]',
        'agents:',
        '  - name: nightly-fixer',
        '    workflow: .github/workflows/nightly-fixer.yml',
        '    scope: { read_only: false, paths: ["src/**", "test/**"], max_files: 30, max_lines: 800 }',
        '    limits: { usd: 5, tokens: 2_000_000, turns: 100, minutes: 45 }',
        'budgets:',
        '  - { name: repo-day, period: day, usd: 50, warn_at: [0.5, 0.8] }',
        '  - { name: fixer-day, agent: nightly-fixer, period: day, usd: 10 }',
      ].join('\n'),
      'c.yml',
    );
    expect(parsed.ok && parsed.config.agents[0]?.limits?.tokens).toBe(2_000_000);
    expect(parsed.ok && parsed.config.budgets.map(({ usd }) => usd)).toEqual([50, 10]);
    expect(parsed.ok && parsed.warnings).toEqual([]);
  });

  test('a rule is switched off by one word, and keeps its other defaults', () => {
    const parsed = parseConfig('rules:\n  late: { enabled: false }\n', 'c.yml');
    expect(parsed.ok && parsed.config.rules['late']).toEqual({ ...defaultConfig().rules['late'], enabled: false });
  });

  test('a budget of an agent that the file does not name is let through with a warning', () => {
    const parsed = parseConfig(
      'agents:\n  - { name: fixer, workflow: .github/workflows/a.yml }\nbudgets:\n  - { name: d, period: day, usd: 1, agent: fixr }\n',
      'c.yml',
    );
    expect(parsed.ok && parsed.warnings.map(formatProblem)).toEqual([
      "c.yml:4:37: budgets[0].agent: no agent in this file is called 'fixr'; it counts once one of that name is discovered. Did you mean 'fixer'?",
    ]);
  });

  test('two readings share nothing that could be changed by one of them', () => {
    expect(defaultConfig().budgets).not.toBe(defaultConfig().budgets);
  });
});

test('no text whatever makes the reader throw', () => {
  const yamlish = fc.array(
    fc.constantFrom('a', ':', ' ', '\n', '- ', '[', ']', '{', '}', '*', '&', '!', '"', 'mode', '\t', '<<', '?'),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        yamlish.map((parts) => parts.join('')),
      ),
      (text) => {
        expect(typeof parseConfig(text, 'c.yml').ok).toBe('boolean');
      },
    ),
    { numRuns: 500 },
  );
});
