import { keptName } from '../../../core/redact.ts';
import type { DeniedTool, ErrorsByClass, ToolUse } from '../../../core/session.ts';
import { mergeSketches, type SketchData, sketchOf } from '../../../core/sketch.ts';
import type { TokenKinds } from '../claude/usage.ts';
import { asAmount, asCount, asObject, asText, type JsonObject, sumKnown } from '../json/fields.ts';
import type { ModelSum } from '../priced-sums.ts';
import { tokensOf } from './tokens.ts';
import { geminiToolName } from './tool-names.ts';

/** At most this many models and tools are read, so that a forged record cannot flood the ledger. */
const MAX_MODELS = 100;
const MAX_TOOLS = 200;
const REST = '(other tools)';
const NAMELESS = '(no name)';

/** The engine's own totals of a session. */
export interface Stats {
  /** Models that answered. Empty when none was called, or none answered. */
  readonly models: readonly ModelSum[];
  /** False when thoughts had to be derived from the total, which may include tool prompts. */
  readonly certain: boolean;
  /** Null when the totals name no tools. */
  readonly tools: readonly ToolUse[] | null;
  /** Null when the totals do not say. */
  readonly calls: number | null;
  readonly denials: number | null;
  /** The calls counted in `denials`. Null when the totals do not name tools. */
  readonly denied: readonly DeniedTool[] | null;
  readonly duration: number | null;
  readonly apiDuration: number | null;
}

/** Totals as `--output-format json` prints them. */
export function readStats(stats: JsonObject): Stats {
  const tools = asObject(stats['tools']);
  const byName = asObject(tools?.['byName']);
  return {
    models: entriesOf(stats['models'], MAX_MODELS).flatMap(([model, entry]) => answered(model, entry)),
    certain: true,
    tools: byName === null ? null : readTools(byName),
    calls: asCount(tools?.['totalCalls']),
    denials: asCount(asObject(tools?.['totalDecisions'])?.['reject']),
    denied: byName === null ? null : readDenied(byName),
    duration: null,
    apiDuration: sumKnown(entriesOf(stats['models'], MAX_MODELS).map(([, entry]) => latencyOf(entry))),
  };
}

/** Totals as in the last line of `--output-format stream-json`. `model` is the one the session started with. */
export function readStreamStats(stats: JsonObject, model: string | null): Stats {
  const byModel = entriesOf(stats['models'], MAX_MODELS);
  const all = byModel.length > 0 ? byModel : [[model, stats] as const];
  const sums = all.map(([name, entry]) => ({ model: name, ...streamTokens(entry) }));
  return {
    models: sums.filter(({ asked }) => asked).map(({ model: name, tokens }) => ({ model: name, tokens })),
    certain: sums.every(({ certain }) => certain),
    tools: null,
    calls: asCount(stats['tool_calls']),
    denials: null,
    denied: null,
    duration: asCount(stats['duration_ms']),
    apiDuration: null,
  };
}

function entriesOf(value: unknown, max: number): readonly (readonly [string, JsonObject])[] {
  return Object.entries(asObject(value) ?? {})
    .slice(0, max)
    .map(([name, entry]) => [name, asObject(entry) ?? {}]);
}

function latencyOf(entry: JsonObject): number | null {
  return asCount(asObject(entry['api'])?.['totalLatencyMs']);
}

/** If all requests to a model failed, none was answered or billed. */
function answered(model: string, entry: JsonObject): readonly ModelSum[] {
  const api = asObject(entry['api']);
  const requests = asCount(api?.['totalRequests']);
  const tokens = readTokens(asObject(entry['tokens']) ?? {});
  const failed = requests !== null && asCount(api?.['totalErrors']) === requests;
  return tokens === null && failed ? [] : [{ model, tokens }];
}

function readTokens(tokens: JsonObject): TokenKinds | null {
  const cached = asCount(tokens['cached']);
  const fresh = asCount(tokens['input']);
  return tokensOf({
    prompt: asCount(tokens['prompt']) ?? (fresh === null || cached === null ? null : fresh + cached),
    output: asCount(tokens['candidates']),
    cached,
    thoughts: asCount(tokens['thoughts']),
    tool: asCount(tokens['tool']),
    total: asCount(tokens['total']),
  });
}

/** The stream leaves thoughts out of the output and counts them only in the total. */
function streamTokens(entry: JsonObject): { tokens: TokenKinds | null; certain: boolean; asked: boolean } {
  const cached = asCount(entry['cached']);
  const fresh = asCount(entry['input']);
  const prompt = asCount(entry['input_tokens']) ?? sumKnown([fresh, cached]);
  const output = asCount(entry['output_tokens']);
  const total = asCount(entry['total_tokens']);
  const rest = total === null || prompt === null || output === null ? 0 : Math.max(0, total - prompt - output);
  const tokens = tokensOf({ prompt, output, cached, thoughts: rest, tool: null, total: null });
  return { tokens, certain: rest === 0, asked: tokens !== null || prompt === null || output === null };
}

function readTools(byName: JsonObject): readonly ToolUse[] {
  const uses = new Map<string, ToolUse>();
  for (const [name, entry] of Object.entries(byName)) {
    const use = readTool(name, asObject(entry) ?? {});
    if (use.calls === 0) continue;
    const key = `${use.server ?? ''}\n${use.tool}`;
    const kept = uses.has(key) || uses.size < MAX_TOOLS ? use : { ...use, server: null, tool: REST };
    const keptKey = kept === use ? key : `\n${REST}`;
    uses.set(keptKey, added(uses.get(keptKey), kept));
  }
  return [...uses.values()];
}

function readDenied(byName: JsonObject): readonly DeniedTool[] {
  return Object.entries(byName)
    .slice(0, MAX_TOOLS)
    .flatMap(([name, value]) => {
      const entry = asObject(value) ?? {};
      const calls = asCount(asObject(entry['decisions'])?.['reject']) ?? 0;
      const { server, tool } = readTool(name, entry);
      return calls === 0 ? [] : [{ server, tool, calls }];
    });
}

function readTool(name: string, entry: JsonObject): ToolUse {
  const { server, tool } = geminiToolName(asText(name), null);
  const calls = asCount(entry['count']) ?? sumKnown([asCount(entry['success']), asCount(entry['fail'])]) ?? 0;
  return {
    server: server === null ? null : keptName(server) || NAMELESS,
    tool: keptName(tool ?? '') || NAMELESS,
    calls,
    ...errorsIn(calls, entry),
    latency: meanSketch(calls, asAmount(entry['durationMs'])),
  };
}

/** For a failed call the totals only say whether a person rejected it. */
function errorsIn(calls: number, entry: JsonObject): Pick<ToolUse, 'errors' | 'errorsByClass'> {
  const errors = Math.min(calls, asCount(entry['fail']) ?? 0);
  if (errors === 0) return { errors };
  const rejected = Math.min(errors, asCount(asObject(entry['decisions'])?.['reject']) ?? 0);
  const known = rejected === 0 ? {} : { rejected };
  return { errors, errorsByClass: errors === rejected ? known : { ...known, unknown: errors - rejected } };
}

/** Only the sum is known, so every call gets an equal share. */
function meanSketch(calls: number, sum: number | null): SketchData | null {
  const one = sum === null || calls === 0 ? null : sketchOf([sum / calls]);
  if (one === null || sum === null) return null;
  const bins = one.bins.map(([bin]) => [bin, calls] as const);
  return { ...one, count: calls, sum, zeros: one.zeros * calls, bins };
}

function added(before: ToolUse | undefined, use: ToolUse): ToolUse {
  if (before === undefined) return use;
  return {
    ...use,
    calls: before.calls + use.calls,
    errors: before.errors + use.errors,
    ...(before.errors + use.errors === 0 ? {} : { errorsByClass: addClasses(before.errorsByClass, use.errorsByClass) }),
    latency: mergeSketches(before.latency, use.latency),
  };
}

function addClasses(a: ErrorsByClass = {}, b: ErrorsByClass = {}): ErrorsByClass {
  const { unknown = 0, rejected = 0 } = a;
  const sum = { unknown: unknown + (b.unknown ?? 0), rejected: rejected + (b.rejected ?? 0) };
  return Object.fromEntries(Object.entries(sum).filter(([, errors]) => errors > 0));
}
