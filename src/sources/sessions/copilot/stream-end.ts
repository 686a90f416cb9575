import { asCount, asObject, asText, type JsonObject } from '../json/fields.ts';

/** The last line of what `copilot -p` prints with `--output-format json`. */
interface StreamEnd {
  readonly session: string;
  readonly usage: JsonObject;
}

/** Reads the last line of a stream. Null for any other record. */
function readEnd(record: JsonObject): StreamEnd | null {
  const session = asText(record['sessionId']);
  const usage = record['type'] === 'result' ? asObject(record['usage']) : null;
  if (session === null || usage === null || !COUNTS.some((count) => Object.hasOwn(usage, count))) return null;
  return { session, usage };
}

const COUNTS: readonly string[] = ['premiumRequests', 'totalApiDurationMs', 'sessionDurationMs'];

/** True for the last line of a stream. */
export function isStreamEnd(record: JsonObject): boolean {
  return readEnd(record) !== null;
}

/**
 * Converts a stream's records to log events. They only differ at the ends: a stream begins without a start, and its last line says
 * in other words what a shutdown says, except for the tokens.
 */
export function asEvent(record: JsonObject): JsonObject {
  const end = readEnd(record);
  if (end === null) return record;
  const { session, usage } = end;
  return {
    type: 'session.shutdown',
    timestamp: record['timestamp'],
    data: {
      sessionId: session,
      shutdownType: shutdownType(asCount(record['exitCode'])),
      totalPremiumRequests: usage['premiumRequests'],
      totalApiDurationMs: usage['totalApiDurationMs'],
      codeChanges: usage['codeChanges'],
    },
  };
}

function shutdownType(exit: number | null): string | null {
  if (exit === null) return null;
  return exit === 0 ? 'routine' : 'error';
}
