import { asObject, type JsonObject, objectsOf } from '../../json/fields.ts';
import { consideredText } from '../errors.ts';
import { keptHash } from '../kept-hash.ts';

/**
 * The parts of a row that the transcript reader needs, so that fully parsed rows do not keep their contents in memory while the
 * file is read. A test compares the readings of whole rows with those of their needed parts.
 */
export function neededOf(row: JsonObject): JsonObject {
  const data = asObject(row['data']);
  const inner = asObject(data?.['message']);
  return {
    ...picked(row, FIELDS),
    ...messageOf(row),
    ...(row['type'] === 'cost-state' ? picked(row, ['modelUsage']) : {}),
    ...(data === null
      ? {}
      : { data: { type: data['type'], ...(inner === null ? {} : { message: neededOfInner(inner) }) } }),
  };
}

function neededOfInner(row: JsonObject): JsonObject {
  return { ...picked(row, FIELDS), ...messageOf(row) };
}

const FIELDS: readonly string[] = [
  'type',
  'subtype',
  'sessionId',
  'timestamp',
  'uuid',
  'parentUuid',
  'requestId',
  'isSidechain',
  'cwd',
  'permissionMode',
  'isMeta',
  'isCompactSummary',
  'isApiErrorMessage',
  'durationMs',
  'totalCostUSD',
  'totalAPIDuration',
  'hasUnknownModelCost',
  'startTime',
];

function picked(object: JsonObject, names: readonly string[]): JsonObject {
  const kept: Record<string, unknown> = {};
  for (const name of names) if (Object.hasOwn(object, name)) kept[name] = object[name];
  return kept;
}

function messageOf(row: JsonObject): JsonObject {
  const message = asObject(row['message']);
  if (message === null) return {};
  return {
    message: {
      ...picked(message, ['id', 'model', 'stop_reason', 'usage']),
      content: contentOf(message['content']),
    },
  };
}

function contentOf(content: unknown): unknown {
  if (typeof content === 'string') return content === '' ? '' : ' ';
  return Array.isArray(content) ? objectsOf(content).map(blockOf) : null;
}

function blockOf(block: JsonObject): JsonObject {
  const kept = picked(block, ['type', 'id', 'name', 'tool_use_id', 'is_error']);
  const input = asObject(block['input']);
  const paths = input === null ? {} : { input: picked(input, ['file_path', 'notebook_path']) };
  const hash = block['type'] === 'tool_use' ? keptHash(block) : {};
  return { ...kept, ...paths, ...hash, ...(block['is_error'] === true ? { content: copyOf(block['content']) } : {}) };
}

/** A slice of a string keeps the whole string alive. Only a copy releases it. */
function copyOf(content: unknown): string {
  return Buffer.from(consideredText(content), 'utf16le').toString('utf16le');
}
