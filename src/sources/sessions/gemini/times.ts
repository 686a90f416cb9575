import type { FoundSession } from '../found-session.ts';
import { GEMINI_OUTPUT } from './session.ts';

/**
 * The object that the Gemini CLI prints has no times. The telemetry or chat of the session has them. `all` are the records from which
 * those in `kept` were chosen. A session that was executed several times keeps its executions without them, since nothing tells which
 * times belong to which.
 */
export function withRecordedTimes(
  kept: readonly FoundSession[],
  all: readonly FoundSession[],
): readonly FoundSession[] {
  const timed = new Map(all.filter(isTimed).map((session) => [session.reading.engineSession, session]));
  if (timed.size === 0) return kept;
  const printed = kept.filter(isPrinted).map(({ reading }) => reading.engineSession);
  const seen = new Set<string | null>();
  const again = new Set(printed.filter((id) => seen.size === seen.add(id).size));
  return kept.map((session) => {
    const other = isPrinted(session) ? timed.get(session.reading.engineSession) : undefined;
    if (other === undefined || again.has(other.reading.engineSession) || !isWithin(other, session)) return session;
    const { startedAt, endedAt, duration } = other.reading;
    return {
      ...session,
      reading: { ...session.reading, startedAt, endedAt, duration: session.reading.duration ?? duration },
    };
  });
}

function isPrinted({ part, reading }: FoundSession): boolean {
  return part === null && reading.format === GEMINI_OUTPUT && reading.engineSession !== null;
}

function isTimed({ part, reading }: FoundSession): boolean {
  if (part !== null || reading.engine !== 'gemini' || reading.engineSession === null) return false;
  return reading.format !== GEMINI_OUTPUT && reading.startedAt !== null;
}

/** Whether the record with times can be that of the printed run alone. One with more tokens is also of runs before it. */
function isWithin({ reading: timed }: FoundSession, { reading: printed }: FoundSession): boolean {
  if (printed.startedAt !== null || timed.tokens.total === null) return false;
  return printed.tokens.total !== null && timed.tokens.total <= printed.tokens.total;
}
