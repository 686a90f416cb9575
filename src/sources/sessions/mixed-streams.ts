import type { Instant } from '../../core/time.ts';
import type { PriceList } from '../prices/price-list.ts';
import { claudeExecution } from './claude/format.ts';
import { codexExec } from './codex/format.ts';
import { copilotEvents } from './copilot/format.ts';
import type { FormatReading, SessionFormat } from './format.ts';
import { geminiOutput } from './gemini/format.ts';
import type { JsonDocument } from './json/document.ts';
import type { JsonObject } from './json/fields.ts';

/** What the engines print. The log of a job may hold the output of several. */
const STREAMS: readonly SessionFormat[] = [claudeExecution, codexExec, geminiOutput, copilotEvents];

/** Reads what several engines printed into one log, of which one format is known. Null if no other engine did. */
export function readMixedStreams(
  known: SessionFormat,
  document: JsonDocument,
  price: PriceList,
  since: Instant | null,
): FormatReading | null {
  if (!STREAMS.includes(known)) return null;
  const streams = STREAMS.filter((stream) => stream.recognises(document));
  if (streams.length < 2) return null;
  const read = [...byStream(document.records, streams)].flatMap(([stream, records]) =>
    stream.joined === undefined ? [stream.read({ ...document, records }, price, since)] : [],
  );
  return {
    sessions: read.flatMap(({ sessions }) => sessions),
    complaints: read.flatMap(({ complaints }) => complaints),
    running: read.flatMap(({ sessions, running = [] }) => sessions.map((_, index) => running[index])),
    resumed: read.flatMap(({ sessions, resumed = [] }) => sessions.map((_, index) => resumed[index] === true)),
  };
}

/** Each stream's records. One that any engine could have written belongs to the stream of the record before it. */
function byStream(
  records: readonly JsonObject[],
  streams: readonly SessionFormat[],
): ReadonlyMap<SessionFormat, readonly JsonObject[]> {
  const writers = records.map((record) =>
    streams.find((stream) => stream.recognises({ shape: 'lines', records: [record], flaws: [], damaged: false })),
  );
  const parts = new Map<SessionFormat, JsonObject[]>();
  let current = writers.find((stream) => stream !== undefined);
  for (const [index, record] of records.entries()) {
    current = writers[index] ?? current;
    if (current === undefined) continue;
    const part = parts.get(current);
    if (part === undefined) parts.set(current, [record]);
    else part.push(record);
  }
  return parts;
}
