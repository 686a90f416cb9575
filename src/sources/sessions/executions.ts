import { canonicalJson } from '../../core/canonical.ts';
import { sha256 } from '../../core/hash.ts';
import type { SessionReading } from '../../core/session.ts';

/** The results that are kept under one session id. A record is found among them without being compared with each. */
export interface Executions {
  /** The key of the execution that this is a record of: that of one that is kept, otherwise the next free one. */
  readonly keyOf: (reading: SessionReading) => string;
  /** Told what is kept under a key from now on. */
  readonly keep: (key: string, reading: SessionReading) => void;
}

/** Results with the same figures. */
interface Alike {
  readonly first: string;
  /** The one without a time, of which there is one at most: every other record belongs to it. */
  undated: string | null;
}

/** The executions of a session, of which none is kept yet. */
export function executionsOf(id: string): Executions {
  const keys = new Set<string>();
  const bySpelling = new Map<string, string>();
  const byFigures = new Map<string, Alike>();
  return {
    keyOf: (reading) => {
      const alike = byFigures.get(figuresOf(reading) ?? '');
      const bare = reading.startedAt === null ? alike?.first : alike?.undated;
      const known = bare ?? bySpelling.get(spellingOf(reading));
      return known ?? (keys.size === 0 ? id : `${id}#${keys.size + 1}`);
    },
    keep: (key, reading) => {
      keys.add(key);
      bySpelling.set(spellingOf(reading), key);
      const figures = figuresOf(reading);
      if (figures === null) return;
      const alike = byFigures.get(figures) ?? { first: key, undated: null };
      byFigures.set(figures, alike);
      if (reading.startedAt === null) alike.undated = key;
      else if (alike.undated === key) alike.undated = null;
    },
  };
}

/** Equal for two copies of a record, and short however much they say. */
function spellingOf(reading: SessionReading): string {
  return sha256(canonicalJson(reading));
}

/**
 * What a result says that is kept without its messages, and so without a time. Null if it says too little: no two executions cost and
 * last exactly the same.
 */
function figuresOf({ format, reportedCost: { usd }, duration, turns, tokens }: SessionReading): string | null {
  if (usd === null || usd === 0 || duration === null || duration === 0) return null;
  return canonicalJson({ format, usd, duration, turns, tokens });
}
