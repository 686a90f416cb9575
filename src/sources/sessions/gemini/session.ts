import { keptName } from '../../../core/redact.ts';
import type { SessionReading } from '../../../core/session.ts';
import { between, type Instant } from '../../../core/time.ts';

/** The name in readings of the format that the Gemini CLI prints. */
export const GEMINI_OUTPUT = 'gemini-output';

/** At most this many models are kept per session. */
const MAX_MODELS = 20;

/** Model names in the form that may be stored, without duplicates. */
export function keptModels(models: readonly (string | null)[]): readonly string[] {
  const written = [...new Set(models)].filter((model) => model !== null).slice(0, MAX_MODELS);
  return [...new Set(written.map((model) => keptName(model)))].filter((name) => name !== '');
}

/** The time from the first to the last of some moments. */
export function spanOf(
  moments: readonly (Instant | null)[],
): Pick<SessionReading, 'startedAt' | 'endedAt' | 'duration'> {
  let startedAt: Instant | null = null;
  let endedAt: Instant | null = null;
  for (const at of moments) {
    if (at !== null && (startedAt === null || at < startedAt)) startedAt = at;
    if (at !== null && (endedAt === null || at > endedAt)) endedAt = at;
  }
  const duration = startedAt === null || endedAt === null || startedAt === endedAt ? null : between(startedAt, endedAt);
  return { startedAt, endedAt, duration };
}
