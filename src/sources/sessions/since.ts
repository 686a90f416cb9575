import type { Certainty } from '../../core/outcome.ts';
import type { SessionReading } from '../../core/session.ts';
import type { Instant } from '../../core/time.ts';
import { cutTo, sizeOf, type TranscriptPart } from './claude/transcript/part.ts';
import { readingOf } from './claude/transcript/reading.ts';
import type { FoundSession } from './found-session.ts';
import { readTelemetry, type TelemetryPart } from './opentelemetry/part.ts';
import { sentSince } from './opentelemetry/since.ts';

/**
 * A session without what it did before `since`. The transcript or telemetry of a resumed session begins with everything from earlier
 * runs, which was counted there. Parts without a time cannot be assigned to a run, so they stay, and the totals become an estimate.
 * A session that did nothing since stays as it is.
 */
export function sinceBegin(found: FoundSession, since: Instant): FoundSession {
  const { part, telemetry } = found;
  if (telemetry !== undefined) return telemetrySince(found, telemetry, since);
  if (part === null) return found;
  const left = partSince(part, since);
  if (left === null) return found;
  const reading = readingOf(left);
  const undated = left.responses.some(({ at, usage }) => at === null && usage !== null);
  return { ...found, part: left, reading: undated ? asEstimate(reading) : reading };
}

function telemetrySince(found: FoundSession, whole: TelemetryPart, since: Instant): FoundSession {
  const sent = sentSince(whole.sent(), since);
  if (sent === null) return found;
  const telemetry = { ...whole, sent: () => sent.telemetry };
  const reading = readTelemetry(telemetry);
  return { ...found, telemetry, reading: sent.unsure ? asEstimate(reading) : reading };
}

function asEstimate(reading: SessionReading): SessionReading {
  const { state } = reading;
  return { ...reading, state: { ...state, tokens: estimated(state.tokens), cost: estimated(state.cost) } };
}

/** Damage still shows. */
function estimated(certainty: Certainty): Certainty {
  return certainty === 'unknown' || certainty === 'partial' ? certainty : 'estimate';
}

/** Null when nothing is older, and when nothing is left. */
function partSince(part: TranscriptPart, since: Instant): TranscriptPart | null {
  const isLate = ({ at }: { readonly at: Instant | null }): boolean => at === null || at >= since;
  const calls = new Map([...part.tools.calls].filter(([, call]) => isLate(call)));
  const results = new Map([...part.tools.results].filter(([, result]) => isLate(result)));
  const left: TranscriptPart = {
    ...part,
    responses: part.responses.filter(isLate),
    turns: part.turns.filter(isLate),
    tools: { calls, results },
  };
  const size = sizeOf(left);
  return size === 0 || size === sizeOf(part) ? null : cutTo(left);
}

/**
 * Drops records of a whole Codex thread if another record has what this run did of it. What Codex prints has the thread's running
 * total and no times.
 */
export function withoutWholeThreads(found: readonly FoundSession[]): readonly FoundSession[] {
  const threads = new Set(found.filter(isResumedThread).map(({ reading }) => reading.engineSession));
  return found.filter(
    (session) =>
      isResumedThread(session) || session.reading.engine !== 'codex' || !threads.has(session.reading.engineSession),
  );
}

function isResumedThread({ reading, resumed }: FoundSession): boolean {
  return reading.engine === 'codex' && reading.engineSession !== null && resumed === true;
}
