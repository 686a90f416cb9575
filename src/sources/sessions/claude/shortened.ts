import { canonicalJson } from '../../../core/canonical.ts';
import type { FoundSession } from '../found-session.ts';
import { CLAUDE_EXECUTION } from './execution-name.ts';

/**
 * Drops what claude-code-action printed into the log of its job about a session, if another record of the session is there too. The
 * log names neither the session nor tokens. But no two executions cost and last exactly the same.
 */
export function withoutShortened(found: readonly FoundSession[]): readonly FoundSession[] {
  const told = new Set(found.filter((session) => !isShortened(session)).map(figuresOf));
  return found.filter((session) => {
    const figures = figuresOf(session);
    if (figures === null || !isShortened(session)) return true;
    if (told.has(figures)) return false;
    told.add(figures);
    return true;
  });
}

function isShortened({ part, reading }: FoundSession): boolean {
  return part === null && reading.engineSession === null && reading.tokens.total === null;
}

/** What both records say. Null if it is too little to tell executions apart. */
function figuresOf({ part, reading }: FoundSession): string | null {
  if (part !== null || reading.format !== CLAUDE_EXECUTION) return null;
  const { reportedCost, duration, turns } = reading;
  if (!reportedCost.usd || !duration || turns === null) return null;
  return canonicalJson({ usd: reportedCost.usd, duration, turns });
}
