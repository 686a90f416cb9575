import { describe, expect, test } from 'vitest';
import { laterSteps } from './later-steps.ts';

const TERMS = { port: 4_321, key: 'k', mark: 'm' };

describe('later steps', () => {
  test('of Claude Code report to the meter as JSON over HTTP', () => {
    const { env, notes } = laterSteps({ ...TERMS, engine: 'claude' }, { HOME: '/h' });
    expect(env).toMatchObject({
      ...{ CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_LOGS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4321/k/otlp',
    });
    expect(Object.keys(env).some((name) => name.startsWith('GEMINI'))).toBe(false);
    expect(notes).toEqual([]);
  });

  test('of Gemini report without its prompts', () => {
    const { env } = laterSteps({ ...TERMS, engine: 'gemini' }, {});
    expect(env).toMatchObject({ GEMINI_TELEMETRY_ENABLED: 'true', GEMINI_TELEMETRY_LOG_PROMPTS: 'false' });
    expect(env).not.toHaveProperty('OTEL_LOGS_EXPORTER');
  });

  test.each([['OTEL_METRICS_EXPORTER'], ['OTEL_EXPORTER_OTLP_HEADERS'], ['CLAUDE_CODE_ENABLE_TELEMETRY']])(
    'keep the telemetry of a job that sets %s',
    (name) => {
      const { env, notes } = laterSteps({ ...TERMS, engine: 'claude' }, { [name]: '0' });
      expect(env).toEqual({ CHECKREIN_METER: 'm' });
      expect(notes).toHaveLength(1);
    },
  );

  test.each([
    ['claude', 'claude'],
    ['gemini', 'gemini'],
    ['claude', 'gemini'],
    [null, 'claude'],
  ] as const)('report to the guard before them, and not to an earlier one (%s, then %s)', (earlier, engine) => {
    const first = laterSteps({ ...TERMS, key: 'a'.repeat(64), engine: earlier }, {});
    const second = laterSteps({ port: 5, key: 'b'.repeat(64), mark: 'n', engine }, { HOME: '/h', ...first.env });
    expect(second.notes).toEqual([]);
    expect(second.env).toMatchObject({ CHECKREIN_METER: 'n' });
    expect(Object.values(second.env)).toContain(`http://127.0.0.1:5/${'b'.repeat(64)}/otlp`);
    // What the job has set beside it is still the job's.
    const changed = { ...first.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example' };
    expect(laterSteps({ ...TERMS, engine }, changed).env).toEqual({ CHECKREIN_METER: 'm' });
  });

  test('of Codex are only marked: it takes no telemetry settings from its environment', () => {
    expect(laterSteps({ ...TERMS, engine: 'codex' }, {}).env).toEqual({ CHECKREIN_METER: 'm' });
  });
});
