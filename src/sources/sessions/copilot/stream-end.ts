import { asCount, asObject, asText, type JsonObject } from '../json/fields.ts';

/** The last line of what `copilot -p` prints with `--output-format json`; null of any other record. */
interface StreamEnd {
  readonly session: string;
  readonly usage: JsonObject;
}

/** What the last line of a stream tells; null where a record is no such line. */
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
 * The events of a log, of which a stream holds the same but for its ends: it begins without a start, and its last line tells in
 * other words what a shutdown tells, but for the tokens.
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
