import type { Instant } from '../../../core/time.ts';
import type { PriceList } from '../../prices/price-list.ts';
import { COPILOT_OTEL, readCopilotOtel } from '../copilot/otel.ts';
import { spansIn } from '../copilot/spans.ts';
import type { FormatReading, SessionFormat } from '../format.ts';
import type { JsonDocument } from '../json/document.ts';
import type { JsonObject } from '../json/fields.ts';
import { CLAUDE_CODE, CODEX, GEMINI_CLI, isOf } from './by-session.ts';
import { CLAUDE_OTEL, readClaudeOtel } from './claude.ts';
import { CODEX_OTEL, readCodexOtel } from './codex.ts';
import { GEMINI_OTEL, readGeminiOtel } from './gemini.ts';

interface Exporter {
  readonly wrote: (record: JsonObject) => boolean;
  readonly read: (document: JsonDocument, price: PriceList, since: Instant | null) => FormatReading;
}

const CLAUDE: Exporter = { wrote: (record) => isOf(CLAUDE_CODE, record), read: readClaudeOtel };
const CODEX_CLI: Exporter = { wrote: (record) => isOf(CODEX, record), read: readCodexOtel };
const GEMINI: Exporter = { wrote: (record) => isOf(GEMINI_CLI, record), read: readGeminiOtel };
const COPILOT: Exporter = { wrote: (record) => spansIn(record).length > 0, read: readCopilotOtel };

/** The last one reads each session from a single file. Only the others have parts that may be joined across files. */
const EXPORTERS: readonly Exporter[] = [CLAUDE, CODEX_CLI, GEMINI, COPILOT];

/** A collector may write the data of several engines to one file. */
function readExports(document: JsonDocument, price: PriceList, since: Instant | null): FormatReading {
  const read = EXPORTERS.filter(({ wrote }) => document.records.some(wrote)).map((exporter) =>
    exporter.read(document, price, since),
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
  recognises: ({ records }) => records.some(CLAUDE.wrote),
  read: readExports,
};

/** What Codex exports over OpenTelemetry. */
export const codexOtel: SessionFormat = {
  name: CODEX_OTEL,
  engine: 'codex',
  title: 'OpenTelemetry exports of Codex',
  recognises: ({ records }) => records.some(CODEX_CLI.wrote),
  read: readExports,
};

/** What the Gemini CLI exports over OpenTelemetry. */
export const geminiOtel: SessionFormat = {
  name: GEMINI_OTEL,
  engine: 'gemini',
  title: 'OpenTelemetry exports of the Gemini CLI',
  recognises: ({ records }) => records.some(GEMINI.wrote),
  read: readExports,
};

/** What Copilot exports over OpenTelemetry, or writes with its own file exporter. */
export const copilotOtel: SessionFormat = {
  name: COPILOT_OTEL,
  engine: 'copilot',
  title: 'OpenTelemetry exports of Copilot',
  recognises: ({ records }) => records.some(COPILOT.wrote),
  read: readExports,
};
