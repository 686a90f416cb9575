import type { EventSeries, Incident } from './series.ts';
import { WARM_UP } from './series.ts';

/** A report counts for an incident when it comes so many points after its beginning at the latest. */
export const LATENCY = 10;

/** What came of the reports on one series, or on many. */
export interface Tally {
  readonly found: number;
  readonly incidents: number;
  readonly falseAlarms: number;
}

/**
 * Counts events, free of point adjustment: an incident is found when there is a report from one point before its first to LATENCY points
 * after it. A report that is neither there nor within an incident is a false alarm, and those within LATENCY points after it are the
 * same one. The beginning of a series does not count.
 * @param reports the places of the points that were reported, in order
 */
export function tally({ readings, incidents }: EventSeries, reports: readonly number[]): Tally {
  const begin = Math.ceil(WARM_UP * readings.length);
  const heard = reports.filter((place) => place >= begin);
  const found = incidents.filter((incident) => heard.some((place) => isTold(incident, place))).length;
  let falseAlarms = 0;
  let until = -1;
  for (const place of heard) {
    if (incidents.some(({ from, to }) => place >= from - 1 && place <= Math.max(to, from + LATENCY))) continue;
    if (place > until) {
      falseAlarms += 1;
      until = place + LATENCY;
    }
  }
  return { found, incidents: incidents.length, falseAlarms };
}

export function isTold({ from }: Incident, place: number): boolean {
  return place >= from - 1 && place <= from + LATENCY;
}

export function add(tallies: readonly Tally[]): Tally {
  let [found, incidents, falseAlarms] = [0, 0, 0];
  for (const one of tallies) {
    found += one.found;
    incidents += one.incidents;
    falseAlarms += one.falseAlarms;
  }
  return { found, incidents, falseAlarms };
}

/** 2 × precision × recall / (precision + recall), in percent: each found incident counts as one right report. */
export function f1({ found, incidents, falseAlarms }: Tally): number {
  return found === 0 ? 0 : (200 * found) / (found + falseAlarms + incidents);
}
