import { parseInstant } from '../../../../core/time.ts';
import type { PriceList } from '../../../prices/price-list.ts';
import type { FormatReading } from '../../format.ts';
import { keptId } from '../../identity.ts';
import type { JsonDocument } from '../../json/document.ts';
import { asObject, asText, type JsonObject } from '../../json/fields.ts';
import { isUnguarded } from '../init.ts';
import { toolEventsOf } from '../tools.ts';
import { joinParts, spanOf, type TranscriptPart } from './part.ts';
import { readingOf } from './reading.ts';
import { priced, responsesIn } from './responses.ts';
import { isConversation, rowsOf, splitBySession, type TranscriptRow } from './rows.ts';
import { type Ending, endingOf, turnMarks } from './turns.ts';

/** So many sessions of one file are read. */
const MAX_SESSIONS = 100;

/**
 * Reads the transcript that Claude Code keeps of a session (JSON Lines), a subagent's file beside it, or the export of the web
 * (one object with `loglines`). A session that goes on in other files is put together by whoever has read those, from `parts`.
 */
export function readClaudeTranscript(document: JsonDocument, price: PriceList): FormatReading {
  return readParts(transcriptParts(document), price);
}

/** What the parts of a transcript tell, once their responses have prices. */
export function readParts(unpriced: readonly TranscriptPart[], price: PriceList): FormatReading {
  const parts = unpriced.map((part) => ({ ...part, responses: priced(part.responses, price) }));
  const complaints = parts.slice(0, MAX_SESSIONS).flatMap(withoutPrice);
  if (parts.length === 0) complaints.push('holds no messages: nothing is known of the session');
  if (parts.length > MAX_SESSIONS) complaints.push(`holds more than ${MAX_SESSIONS} sessions: the rest was not read`);
  const read = parts.slice(0, MAX_SESSIONS);
  return { sessions: read.map(readingOf), complaints, parts: read };
}

/** The sessions of a file in which somebody says something, their responses without prices yet. */
export function transcriptParts(document: JsonDocument): readonly TranscriptPart[] {
  const growing = growingParts();
  growing.take(document.records);
  return growing.parts(document.damaged);
}

/** The sessions of a file that is read a stretch at a time. */
export interface GrowingParts {
  readonly take: (records: readonly JsonObject[]) => void;
  /** `damaged` tells whether records of the file are lost. */
  readonly parts: (damaged: boolean) => readonly TranscriptPart[];
}

/** Begins to put together what the stretches of a file tell. */
export function growingParts(): GrowingParts {
  const known = new Map<string | null, TranscriptPart>();
  const spoken = new Set<string | null>();
  let current: string | null = null;
  return {
    take: (records) => {
      const rows = rowsOf(records);
      for (const [session, own] of splitBySession(rows, current)) {
        const before = known.get(session);
        const part = partOf(keptId(session), own, before?.ending ?? null);
        known.set(session, before === undefined ? part : { ...joinParts([before, part]), ending: part.ending });
        if (own.some(isConversation)) spoken.add(session);
      }
      current = asText(rows.findLast((row) => asText(row['sessionId']) !== null)?.['sessionId']) ?? current;
    },
    parts: (damaged) =>
      [...known].filter(([session]) => spoken.has(session)).map(([, part]): TranscriptPart => ({ ...part, damaged })),
  };
}

/** `before` is how the conversation stood when the rows began. */
function partOf(session: string | null, rows: readonly TranscriptRow[], before: Ending | null): TranscriptPart {
  const messages = rows.map(({ row }) => row);
  return {
    session,
    responses: responsesIn(rows),
    tools: toolEventsOf(messages),
    turns: turnMarks(rows),
    ...spanOf(messages.map((row) => parseInstant(row['timestamp']))),
    ending: endingOf(rows, before),
    answered: messages.some(
      (row) => row['type'] === 'assistant' && Array.isArray(asObject(row['message'])?.['content']),
    ),
    subagents: rows.some((row) => row.subagent && isConversation(row)),
    compacted: messages.some((row) => row['type'] === 'system' && row['subtype'] === 'compact_boundary'),
    unguarded: isUnguarded(messages.map((row) => row['permissionMode'])),
    damaged: false,
  };
}

/** What has no price, as sentences: the fast mode of a model may have none where its normal one has. */
function withoutPrice({ responses }: TranscriptPart): string[] {
  const used = responses.filter(({ usage }) => usage !== null);
  const without = used.filter(({ usd }) => usd === null);
  if (without.length === 0) return [];
  const fast = without.filter((response) => response.fast).length;
  const mode = fast === 0 ? '' : `, ${fast} of them in fast mode`;
  return [`${without.length} of ${used.length} responses have no known price${mode}: the cost leaves them out`];
}
