import { asAmount, asCount, asObject, asText, type JsonObject } from '../json/fields.ts';

/** What a gh-aw record holds: requests of its proxy, their totals, its own facts, calls of its gateway, its summary. */
export type RecordKind = 'request' | 'totals' | 'info' | 'call' | 'activity';

const COUNTS = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'] as const;

const CREDITS = ['ai_credits', 'premium_requests', 'effective_tokens', 'ai_credits_this_response'] as const;

/** The start of `_schema` in the proxy's lines, whatever its version. */
const SCHEMA = /^token-usage\//;

/** The kind of a record by its fields, whatever its version. Null for other tools' records. */
export function kindOf(record: JsonObject): RecordKind | null {
  if (isRequest(record)) return 'request';
  if (isInfo(record)) return 'info';
  if (isTotals(record)) return 'totals';
  if (isCall(record)) return 'call';
  return isActivity(record) ? 'activity' : null;
}

function isRequest(record: JsonObject): boolean {
  if (record['event'] === 'token_usage' || SCHEMA.test(asText(record['_schema']) ?? '')) return true;
  return has(record, 'request_id') && has(record, 'provider') && has(record, 'input_tokens');
}

function isInfo(record: JsonObject): boolean {
  return asText(record['engine_id']) !== null && (has(record, 'workflow_name') || has(record, 'run_id'));
}

function isTotals(record: JsonObject): boolean {
  if (has(record, 'ai_credits') || has(record, 'effective_tokens') || has(record, 'premium_requests')) return true;
  return has(record, 'input_tokens') && (has(record, 'primary_model') || has(record, 'cache_write_tokens'));
}

function isCall(record: JsonObject): boolean {
  if (asText(record['server_name']) === null) return false;
  return has(record, 'tool_name') && (has(record, 'status') || has(record, 'duration') || has(record, 'event'));
}

function isActivity(record: JsonObject): boolean {
  const { calls } = gatewayTotals(record);
  return calls !== null || has(asObject(record['firewall']) ?? {}, 'blocked_requests');
}

/** How many gateway calls a run's summary counts, and how many of them failed. */
export function gatewayTotals(record: JsonObject): { readonly calls: number | null; readonly failed: number | null } {
  const gateway = asObject(record['gateway']);
  return { calls: asCount(gateway?.['total_calls']), failed: asCount(gateway?.['failed_calls']) };
}

/** False for a record that has gh-aw's mark but none of the readable fields. */
export function saysSomething(record: JsonObject, kind: RecordKind): boolean {
  if (kind !== 'request' && kind !== 'totals') return true;
  const refused = (asCount(record['status']) ?? 0) >= 400;
  return refused || [...COUNTS, ...CREDITS].some((field) => asAmount(record[field]) !== null);
}

function has(record: JsonObject, field: string): boolean {
  return Object.hasOwn(record, field);
}
