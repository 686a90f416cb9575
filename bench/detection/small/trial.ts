import { dice } from '../../../src/core/dice.ts';
import { DAY, fromMs } from '../../../src/core/time.ts';
import type { Detector } from '../../../src/detectors/detector.ts';
import type { Reading, Settings } from '../../../src/detectors/method.ts';
import type { Kind } from './kinds.ts';

/** A Monday. */
const START = Date.UTC(2026, 0, 5);
/** The share of false alarms of an amount that are spent on too much. */
const UPWARDS = 0.85;

/** The scores that a method gave to the last days of the series of one kind. */
export interface Trial {
  readonly kind: string;
  readonly normal: readonly number[];
  readonly incidents: readonly { readonly size: string; readonly scores: readonly number[] }[];
}

/** So many days lie before the day that is judged: drawn from the first to the second. */
export type Lengths = readonly [number, number];

export interface Plan {
  readonly series: number;
  readonly lengths: Lengths;
  readonly firstSeed: number;
}

/** How unusual the last of these values is, the first of which is that of so many days after a Monday. */
export type Judge = (kind: Kind, values: readonly number[], first: number) => number;

export function tryKinds(kinds: readonly Kind[], judge: Judge, plan: Plan): readonly Trial[] {
  return kinds.map((kind) => tryKind(kind, judge, plan));
}

function tryKind(kind: Kind, judge: Judge, { series, lengths, firstSeed }: Plan): Trial {
  const normal: number[] = [];
  const incidents = kind.incidents.map(({ size }) => ({ size, scores: [] as number[] }));
  for (let seed = firstSeed; seed < firstSeed + series; seed += 1) {
    const own = dice(seed * 7_919);
    const days = own.whole(...lengths) + 1;
    const first = own.whole(0, 6);
    const values = Array.from({ length: days }, (_, i) => kind.day(own, first + i, first + days));
    const last = values.pop() as number;
    const score = (value: number): number => judge(kind, [...values, value], first);
    normal.push(score(last));
    for (const [place, incident] of kind.incidents.entries()) {
      incidents[place]?.scores.push(score(incident.strike(own, last, first + days - 1, days)));
    }
  }
  return { kind: kind.name, normal, incidents };
}

/** A detector that has watched the series from its beginning. */
export function watching(detector: Detector, settings: Settings): Judge {
  return (_kind, values, first) => {
    const watcher = detector.watch(settings);
    let score = 0;
    for (const [i, value] of values.entries()) score = watcher.judge(reading(first + i, value)).score;
    return score;
  };
}

/** What nobody can: it has the distribution of the day instead of a past. It spends false alarms on too much and too little as ours do. */
export const knowing: Judge = (kind, values, first) => {
  const above = kind.above(first + values.length - 1)(values.at(-1) as number);
  if (!kind.twoSided) return -Math.log10(above);
  return -Math.log10(Math.min(above / UPWARDS, (1 - above) / (1 - UPWARDS)));
};

function reading(day: number, value: number): Reading {
  return { at: fromMs(START + day * DAY), value };
}

/** The line above which no more than this share of all normal days lies. */
export function lineAt(trials: readonly Trial[], share: number): number {
  const scores = trials.flatMap(({ normal }) => normal).sort((a, b) => b - a);
  return scores[Math.floor(share * scores.length)] ?? Number.POSITIVE_INFINITY;
}

/** The share of scores above a line. */
export function above(scores: readonly number[], line: number): number {
  return scores.filter((score) => score > line).length / Math.max(1, scores.length);
}

/** The share of incidents that lie above a line, each kind and size counting alike. */
export function found(trials: readonly Trial[], line: number): number {
  const shares = trials.flatMap(({ incidents }) => incidents.map(({ scores }) => above(scores, line)));
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
}
