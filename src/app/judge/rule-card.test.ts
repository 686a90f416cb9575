import { describe, expect, test } from 'vitest';
import { BUDGET_RULES } from '../../budgets/registry.ts';
import { defaultConfig, parseConfig } from '../../config/parse.ts';
import type { Config } from '../../config/schema.ts';
import type { Alert } from '../../core/alert.ts';
import { NO_EVIDENCE } from '../../core/finding.ts';
import { OWN_VOICES } from '../../core/own-voice.ts';
import { controls } from '../../responses/issue/controls.ts';
import { RULES } from '../../rules/registry.ts';
import { ruleCard } from './rule-card.ts';

const AT = '2026-11-20T09:00:00.000Z';

function alertOf(name: string, labels: Readonly<Record<string, string>> = {}): Alert {
  return {
    fingerprint: 'f',
    name,
    subject: { kind: 'agent', name: 'fixer' },
    labels,
    state: 'active',
    episode: 1,
    since: AT,
    activeAt: AT,
    keepSince: null,
    acknowledged: null,
    resolvedAt: null,
    facts: {
      severity: 'warning',
      value: 1,
      limit: 1,
      unit: 'usd',
      reason: 'r',
      evidence: NO_EVIDENCE,
      explainedBy: null,
    },
  };
}

function read(text: string): Config {
  const parsed = parseConfig(text, 'pasted.yml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.config;
}

/** The configuration as a reader copies it out of the issue. */
function pasted(name: string, config: Config): string {
  const alert = alertOf(name);
  const text = controls(alert, ruleCard(alert, config, 'https://example.test'));
  return /```yaml\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '';
}

// Every value differs from its default, so that a setting which is left out is seen.
const CHANGED = `
budgets:
  - { name: '007', period: day, usd: 0.5, warn_at: [] }
  - { name: 'true', period: month, usd: 1_000_000, agent: "odd: name # 'quoted' \\"twice\\" \`code\`", warn_at: [0.25] }
  - { name: fixer-day, agent: 1e3x, period: day, usd: 10 }
  - { name: rolls, period: { rolling: 36h }, runs: 10 }
  - { name: waiting, period: day, open_pull_requests: auto }
rules:
  budget: { enabled: true }
  burn-rate: { min_sessions: 4, tiers: [{ long: 90m, short: 5m, rate: 9, severity: info }] }
  failure-spike: { window: 1h30m, look_back: 3d, min_runs: 7, min_failures: 4, share: 0.25, critical_share: 0.75 }
  runaway: { floor: 90s, min_starts: 9, doubling_min: 11, critical_starts: 44 }
  blind: { tolerance: 2h, runs: 6, min_runs: 4, share: 1, ignore_agents: [a, 'b # c'] }
  late: { expected_every: 6h, tolerance: 1d, window: 2d, silence: 9h }
`;

describe('the lines of configuration in an issue', () => {
  test.each([...BUDGET_RULES, ...RULES].map(({ name }) => name))(
    'of %s give the settings in force when pasted',
    (name) => {
      const config = read(CHANGED);
      const again = read(pasted(name, config));
      expect(again.rules[name]).toEqual(config.rules[name]);
      const ofBudgets = BUDGET_RULES.some((rule) => rule.name === name);
      expect(again.budgets).toEqual(ofBudgets ? config.budgets : defaultConfig().budgets);
      expect(again.rules[name]).toHaveProperty('enabled', true);
    },
  );

  test.each(OWN_VOICES.map(({ name }) => name))('of %s are read as they stand, and lead to its runbook', (name) => {
    const config = read(`${CHANGED}policy: { watchdog: true, fallback: [issues] }\n`);
    const again = read(pasted(name, config));
    const shown = name === 'watchdog' ? { watchdog: true } : { fallback: ['issues'] };
    expect(again.policy).toEqual({ ...defaultConfig().policy, ...shown });
    expect(ruleCard(alertOf(name), config, 'https://example.test')?.help).toBe(
      `https://example.test/docs/runbooks/${name}.md`,
    );
  });

  test('turn the rule off when true is made false, and change nothing else', () => {
    const config = defaultConfig();
    const off = read(pasted('late', config).replace('enabled: true', 'enabled: false'));
    expect(off).toEqual({ ...config, rules: { ...config.rules, late: { ...config.rules['late'], enabled: false } } });
  });

  test('hold every budget and say why, also where the list is the default one or empty', () => {
    const text = pasted('budget', defaultConfig());
    expect(text).toMatch(/^# All that are in force: a list of budgets replaces the list before it\.\nbudgets:\n/);
    expect(read(text)).toEqual(defaultConfig());
    expect(read(pasted('budget', { ...defaultConfig(), budgets: [] })).budgets).toEqual([]);
  });

  test.each([50, 51])('are never a part of a list of %i budgets', (count) => {
    const budgets = Array.from({ length: count }, (_, i) => ({
      name: `b${i}`,
      period: 'day' as const,
      usd: 1,
      warn_at: [0.5],
    }));
    const text = pasted('budget', { ...defaultConfig(), budgets });
    // Where they have no room the file keeps its own: without a list in it, the defaults are read here.
    expect(read(text).budgets).toEqual(count === 50 ? budgets : defaultConfig().budgets);
    expect(read(text).rules['budget']).toEqual({ enabled: true });
  });
});

describe('the card of a rule', () => {
  test('shows the one budget that the alert is of, and the runbook', () => {
    const config = read(CHANGED);
    expect(ruleCard(alertOf('budget', { budget: 'fixer-day' }), config, 'https://example.test')).toMatchObject({
      name: 'budget',
      settings: { name: 'fixer-day', agent: '1e3x', period: 'day', usd: 10 },
      help: 'https://example.test/docs/runbooks/budget.md',
    });
    expect(ruleCard(alertOf('budget', { budget: 'gone' }), config, '')?.settings).toEqual({ enabled: true });
  });

  test('is none for a rule of another version', () => {
    expect(ruleCard(alertOf('no-such-rule'), defaultConfig(), '')).toBeNull();
  });
});

test('the lines of a rule that people wrote give the same rule when pasted', () => {
  const text = `alerts:
  warning:
    - { name: own, condition: "any(metrics.mcpServers.*.errorRate > 0.1) && metrics.sessions.total > 3", duration: 90s, channels: [issues] }
`;
  const config = read(text);
  const again = read(pasted('own', config));
  const shape = ({ alerts }: Config): readonly unknown[] =>
    alerts.rules.map(({ name, condition, for: wait, channels }) => [name, condition.source, wait, channels]);
  expect(shape(again)).toEqual(shape(config));
  expect(shape(again)).toHaveLength(1);
  expect(ruleCard(alertOf('gone'), config, 'https://example.test')).toBeNull();
});
