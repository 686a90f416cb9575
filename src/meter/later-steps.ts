import type { Engine } from '../core/session.ts';
import { MARK } from './processes.ts';

/** The environment of a process, or of the later steps of a job. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What later steps get. */
export interface LaterSteps {
  readonly env: Readonly<Record<string, string>>;
  /** What was left as it is, in our words. */
  readonly notes: readonly string[];
}

interface LaterTerms {
  readonly port: number;
  readonly key: string;
  readonly mark: string;
  readonly engine: Engine | null;
}

/**
 * The variables by which the engines of later steps report to the meter. Existing telemetry settings are left alone; then
 * only session files and hooks show what the agent does.
 */
export function laterSteps({ port, key, mark, engine }: LaterTerms, env: Environment): LaterSteps {
  const endpoint = `http://127.0.0.1:${port}/${key}/otlp`;
  const all: Environment = { ...claudeTelemetry(endpoint), ...geminiTelemetry(endpoint) };
  const notes: string[] = [];
  const unless = (theirs: RegExp, name: string, ours: Readonly<Record<string, string>>): typeof ours => {
    const taken = Object.entries(env).some(
      ([key, value = '']) => theirs.test(key) && value !== '' && !isOfEarlierGuard(value, all[key], env),
    );
    if (!taken) return ours;
    notes.push(
      `The job sets up telemetry of its own (${name}), which was left alone: the meter follows session files and hooks only`,
    );
    return {};
  };
  const claude = engine === null || engine === 'claude' || engine === 'gh-aw';
  const gemini = engine === null || engine === 'gemini' || engine === 'gh-aw';
  return {
    env: {
      [MARK]: mark,
      ...(claude ? unless(/^OTEL_|^CLAUDE_CODE_ENABLE_TELEMETRY$/, 'OTEL_*', claudeTelemetry(endpoint)) : {}),
      ...(gemini
        ? unless(/^GEMINI_TELEMETRY_|^OTEL_EXPORTER_OTLP_/, 'GEMINI_TELEMETRY_*', geminiTelemetry(endpoint))
        : {}),
    },
    notes,
  };
}

/** Where an earlier guard of the job has let engines report to. */
const EARLIER = /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{64}\/otlp$/;

/** Whether an earlier guard of the job has set a value: that one was for the agent before, and this guard's agent reports here. */
function isOfEarlierGuard(value: string, ours: string | undefined, env: Environment): boolean {
  return env[MARK] !== undefined && ours !== undefined && (value === ours || EARLIER.test(value));
}

/** Events report each request as soon as it is answered. Metrics are sent less often, for versions that send no events. */
function claudeTelemetry(endpoint: string): Readonly<Record<string, string>> {
  return {
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
    OTEL_LOGS_EXPORT_INTERVAL: '500',
  };
}

function geminiTelemetry(endpoint: string): Readonly<Record<string, string>> {
  return {
    GEMINI_TELEMETRY_ENABLED: 'true',
    GEMINI_TELEMETRY_TARGET: 'local',
    GEMINI_TELEMETRY_OTLP_ENDPOINT: endpoint,
    GEMINI_TELEMETRY_OTLP_PROTOCOL: 'http',
    GEMINI_TELEMETRY_LOG_PROMPTS: 'false',
  };
}
