import { claudeExecution } from './claude/format.ts';
import { claudeTranscript } from './claude/transcript/format.ts';
import { codexExec, codexRollout } from './codex/format.ts';
import { copilotEvents } from './copilot/format.ts';
import type { SessionFormat } from './format.ts';
import { geminiChat, geminiOutput, geminiTelemetry } from './gemini/format.ts';
import { ghAwUsage } from './gh-aw/format.ts';
import { claudeOtel, codexOtel, copilotOtel, geminiOtel } from './opentelemetry/format.ts';

/** All known kinds of session records. The first that recognises a file reads it. */
export const FORMATS: readonly SessionFormat[] = [
  claudeExecution,
  claudeTranscript,
  claudeOtel,
  codexOtel,
  geminiOtel,
  copilotOtel,
  codexRollout,
  codexExec,
  geminiChat,
  geminiOutput,
  geminiTelemetry,
  copilotEvents,
  ghAwUsage,
];
