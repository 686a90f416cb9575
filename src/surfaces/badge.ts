import type { DrillMark } from '../core/facts.ts';
import { dayOf, formatDuration } from '../core/time.ts';

/** What shields.io reads to draw a badge: https://shields.io/badges/endpoint-badge */
export interface Badge {
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  readonly color: 'brightgreen' | 'red' | 'lightgrey';
}

/**
 * The badge of the last live drill (null = there was none): how long the stop took, and on which day. It shows a day instead
 * of an age, so that the file stays the same until the next drill.
 */
export function drillBadge(last: DrillMark | null): Badge {
  const badge = { schemaVersion: 1, label: 'stop drill' } as const;
  if (last === null) return { ...badge, message: 'never held', color: 'lightgrey' };
  const day = dayOf(last.at);
  if (!last.ok || last.timeToStop === null) return { ...badge, message: `failed, ${day}`, color: 'red' };
  return { ...badge, message: `${formatDuration(last.timeToStop)}, ${day}`, color: 'brightgreen' };
}
