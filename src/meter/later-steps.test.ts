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

  test('of Codex are only marked: it takes no telemetry settings from its environment', () => {
    expect(laterSteps({ ...TERMS, engine: 'codex' }, {}).env).toEqual({ CHECKREIN_METER: 'm' });
  });
});
