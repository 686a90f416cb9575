import type { PriceList } from '../../prices/price-list.ts';
import type { FormatReading, SessionFormat } from '../format.ts';
import type { JsonDocument } from '../json/document.ts';
import { CLAUDE_CODE, CODEX, type Emitter, GEMINI_CLI, isOf } from './by-session.ts';
import { CLAUDE_OTEL, readClaudeOtel } from './claude.ts';
import { CODEX_OTEL, readCodexOtel } from './codex.ts';
import { GEMINI_OTEL, readGeminiOtel } from './gemini.ts';

const MARKS: readonly string[] = ['"resourceMetrics"', '"resourceLogs"'];

const READERS: readonly (readonly [Emitter, (document: JsonDocument, price: PriceList) => FormatReading])[] = [
  [CLAUDE_CODE, readClaudeOtel],
  [CODEX, readCodexOtel],
  [GEMINI_CLI, readGeminiOtel],
];

/** A collector may write what several engines send into one file. */
function readExports(document: JsonDocument, price: PriceList): FormatReading {
  const read = READERS.filter(([emitter]) => document.records.some((record) => isOf(emitter, record))).map(
    ([, reader]) => reader(document, price),
  );
  return {
    sessions: read.flatMap(({ sessions }) => sessions),
    complaints: read.flatMap(({ complaints }) => complaints),
    telemetry: read.flatMap(({ telemetry = [] }) => telemetry),
  };
}

/** What Claude Code exports over OpenTelemetry, as the collector or a receiver writes it to a file. */
export const claudeOtel: SessionFormat = {
  name: CLAUDE_OTEL,
  engine: 'claude',
  title: 'OpenTelemetry exports of Claude Code',
  marks: MARKS,
  recognises: ({ records }) => records.some((record) => isOf(CLAUDE_CODE, record)),
  read: readExports,
};

/** What Codex exports so. */
export const codexOtel: SessionFormat = {
  name: CODEX_OTEL,
  engine: 'codex',
  title: 'OpenTelemetry exports of Codex',
  marks: MARKS,
  recognises: ({ records }) => records.some((record) => isOf(CODEX, record)),
  read: readExports,
};

/** What the Gemini CLI exports so. */
export const geminiOtel: SessionFormat = {
  name: GEMINI_OTEL,
  engine: 'gemini',
  title: 'OpenTelemetry exports of the Gemini CLI',
  marks: MARKS,
  recognises: ({ records }) => records.some((record) => isOf(GEMINI_CLI, record)),
  read: readExports,
};
