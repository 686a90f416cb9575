import { detailOf } from '../../../core/session.ts';
import type { FoundSession } from '../found-session.ts';
import { GEMINI_OUTPUT } from './session.ts';

/**
 * After an error the Gemini CLI prints how its session ended, but not what was used. The telemetry or chat of the session has that,
 * so it counts, but knows no end. `all` are the records from which those in `kept` were chosen.
 */
export function withPrintedEndings(
  kept: readonly FoundSession[],
  all: readonly FoundSession[],
): readonly FoundSession[] {
  const endings = new Map(all.filter(isPrintedEnding).map((ending) => [ending.id, ending]));
  if (endings.size === 0) return kept;
  return kept.map((session) => {
    const ending = endings.get(session.id);
    return ending === undefined || !isEndless(session) ? session : { ...session, reading: ended(session, ending) };
  });
}

function isPrintedEnding({ part, reading }: FoundSession): boolean {
  if (part !== null || reading.format !== GEMINI_OUTPUT) return false;
  return reading.tokens.total === null && reading.outcome !== 'unknown';
}

function isEndless({ part, reading }: FoundSession): boolean {
  return part === null && reading.engine === 'gemini' && reading.outcome === 'unknown';
}

function ended({ reading }: FoundSession, ending: FoundSession): FoundSession['reading'] {
  const { limitsHit, cutOff } = detailOf(ending.reading);
  return { ...reading, outcome: ending.reading.outcome, detail: { ...detailOf(reading), limitsHit, cutOff } };
}
