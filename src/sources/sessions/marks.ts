/** Texts by kind of session record. Every file of a kind contains at least one of its texts. */
const MARKS: Readonly<Record<string, readonly string[]>> = {
  claudeExecution: ['"result"', '"assistant"', '"init"'],
  claudeTranscript: ['"sessionId"', '"loglines"', '"isSidechain"', '"parentUuid"'],
  exports: ['"resourceMetrics"', '"resourceLogs"', '"resource_metrics"', '"resource_logs"'],
  copilotExports: ['"gen_ai.'],
  codexRollout: ['"payload"', '"record_type"', '"instructions"'],
  codexExec: ['"item.', '"turn.', '"thread.'],
  geminiChat: ['"projectHash"', '"gemini"'],
  geminiOutput: ['"stats"', '"session_id"', '"tool_id"', '"Fatal'],
  geminiTelemetry: ['"gemini_cli.'],
  copilotEvents: ['"session.', '"assistant.message"', '"tool.execution_', '"assistant.usage"', '"premiumRequests"'],
  ghAwUsage: [
    '"token_usage"',
    '"token-usage/',
    '"request_id"',
    '"ai_credits"',
    '"effective_tokens"',
    '"premium_requests"',
    '"input_tokens"',
    '"engine_id"',
    '"server_name"',
    '"total_calls"',
    '"blocked_requests"',
  ],
};

const ANY = new RegExp(
  Object.values(MARKS)
    .flat()
    .map((mark) => mark.replaceAll('.', '\\.'))
    .join('|'),
);

/** Checks in one pass whether a text may be of any kind. Without a mark nothing is parsed, and no reader is loaded. */
export function hasMark(text: string): boolean {
  return ANY.test(text);
}
