import type { SessionFormat } from '../format.ts';
import { isOfClaude } from './by-session.ts';
import { CLAUDE_OTEL, readClaudeOtel } from './claude.ts';

/** What Claude Code exports over OpenTelemetry, as the collector or a receiver writes it to a file. */
export const claudeOtel: SessionFormat = {
  name: CLAUDE_OTEL,
  engine: 'claude',
  title: 'OpenTelemetry exports of Claude Code',
  marks: ['"resourceMetrics"', '"resourceLogs"'],
  recognises: ({ records }) => records.some(isOfClaude),
  read: readClaudeOtel,
};
