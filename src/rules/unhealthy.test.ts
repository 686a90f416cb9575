import { describe, expect, test } from 'vitest';
import { factsAfter } from '../../test/kit/happenings.ts';
import type { Health, ServerHealth, SystemHealth } from '../core/health.ts';
import { type UnhealthyOptions, unhealthy } from './unhealthy.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const DEFAULTS = unhealthy.options.parse({}) as unknown as UnhealthyOptions;

function health(score: number | null): Health {
  const status = score === null ? 'unknown' : score >= 80 ? 'healthy' : score < 50 ? 'unhealthy' : 'degraded';
  const parts = [
    { name: 'errors', score, weight: 3, reason: score === null ? 'Not known.' : '30 of 40 calls failed.' },
  ];
  return { score, status, latencyMs: null, parts };
}

function server(name: string, score: number | null, calls = 40): ServerHealth {
  return { name, ...health(score), calls, errorRate: null, lastSeenAt: NOW };
}

function judge(servers: readonly ServerHealth[], database: Health = health(100), settings = DEFAULTS) {
  const well = health(100);
  const components = { database, telemetry: well, mcpServers: well, githubActions: well, agents: well };
  const system: SystemHealth = { ...well, components, servers, agents: [] };
  return unhealthy.judge({ ...factsAfter([], { now: NOW }), health: () => system }, settings, NOW);
}

describe('the rule unhealthy', () => {
  test('tells of a server that is unwell, with its worst part, and of no other', () => {
    expect(judge([server('github', 40), server('jira', 90)])).toMatchObject([
      {
        outcome: 'violated',
        severity: 'warning',
        labels: { server: 'github' },
        value: 40,
        limit: 50,
        reason: 'The MCP server github has a health of 40 of 100. 30 of 40 calls failed.',
      },
      { outcome: 'ok', labels: { server: 'jira' } },
      { outcome: 'ok', labels: { part: 'database' } },
      { outcome: 'ok', labels: { part: 'github-actions' } },
    ]);
  });

  test('opens nothing between the two scores, and ends nothing', () => {
    expect(judge([server('github', 50)])[0]).toMatchObject({ outcome: 'ok', holds: true });
    expect(judge([server('github', 79)])[0]).toMatchObject({ outcome: 'ok', holds: true });
    expect(judge([server('github', 80)])[0]).not.toHaveProperty('holds');
  });

  test('knows nothing where the score is not known', () => {
    expect(judge([server('github', null)], health(null)).map(({ outcome }) => outcome)).toEqual([
      'unknown',
      'unknown',
      'ok',
    ]);
  });

  test('is silent of servers that are hardly called, unless they are probed', () => {
    expect(judge([server('github', 10, 3)])).toHaveLength(2);
    const probed = {
      ...server('github', 10, 0),
      parts: [{ name: 'probe', score: 0, weight: 3, reason: 'It did not answer.' }],
    };
    expect(judge([probed])[0]).toMatchObject({ outcome: 'violated' });
  });

  test('is silent when it is switched off', () => {
    expect(judge([server('github', 0)], health(0), { ...DEFAULTS, enabled: false })).toEqual([]);
  });
});
