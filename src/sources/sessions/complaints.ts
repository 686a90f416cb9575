import { complaintsOf } from './claude/transcript/parse.ts';
import type { SkimmedTranscript } from './claude/transcript/skimmed.ts';
import type { Complaint } from './format.ts';
import type { PlacedFlaw } from './json/line-feed.ts';

/** At most this many damaged places of a file are listed. A last complaint counts the others. */
export const MAX_FLAWS = 20;

/** The complaints about a skimmed transcript: first the places that cannot be read, then what its parts lack. */
export function complaintsOfSkimmed(path: string, { parts, flaws }: SkimmedTranscript): readonly Complaint[] {
  return [...complaintsOfFlaws(path, flaws), ...sentencesOf(path, complaintsOf(parts))];
}

/** Complaints about damaged places, with `count` as their total number. */
export function complaintsOfFlaws(
  path: string,
  flaws: readonly PlacedFlaw[],
  count: number = flaws.length,
): readonly Complaint[] {
  const complaints: Complaint[] = flaws.slice(0, MAX_FLAWS).map((flaw) => ({ path, ...flaw }));
  const more = count - MAX_FLAWS;
  if (more > 0) complaints.push({ path, line: null, byte: null, reason: `${more} more places cannot be read` });
  return complaints;
}

/** Complaints about a file as a whole. */
export function sentencesOf(path: string, reasons: readonly string[]): readonly Complaint[] {
  return reasons.map((reason) => ({ path, line: null, byte: null, reason }));
}
