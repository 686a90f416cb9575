import { after, DAY, HOUR, MINUTE } from '../../core/time.ts';
import { counts } from '../../detectors/counts.ts';
import type { Detector } from '../../detectors/detector.ts';
import { medianOf } from '../../detectors/expectation/expectation.ts';
import { iqr } from '../../detectors/iqr.ts';
import { type Judgement, REPORT } from '../../detectors/method.ts';
import { movingAverage } from '../../detectors/moving-average.ts';
import { percentile } from '../../detectors/percentile.ts';
import { robust } from '../../detectors/robust.ts';
import { trend } from '../../detectors/trend.ts';
import { zScore } from '../../detectors/z-score.ts';
import { scoreAsked } from './alert-budget.ts';
import type { AnomalyMethod, AnomalyOptions } from './options.ts';
import type { Verdict } from './verdict.ts';
import { usualValue, type Watched } from './watched.ts';

const METHODS: Readonly<Record<Exclude<AnomalyMethod, 'auto'>, Detector>> = {
  'z-score': zScore,
  'moving-average': movingAverage,
  percentile,
  iqr,
  robust,
  counts,
  trend,
};

const STEP_OF = { '1h': 'minute', '6h': 'minute', '24h': 'hour', '30d': 'day' } as const;
/** A percentile needs a hundred points. */
const FINER = { '1h': 'minute', '6h': 'minute', '24h': 'minute', '30d': 'hour' } as const;

/** The step in which a look-back is divided so that it has enough points for the method. */
export function stepOf({ method, look_back }: Pick<AnomalyOptions, 'method' | 'look_back'>): 'minute' | 'hour' | 'day' {
  return (method === 'percentile' ? FINER : STEP_OF)[look_back];
}

const LENGTH_OF = { '1h': HOUR, '6h': 6 * HOUR, '24h': DAY, '30d': 30 * DAY } as const;
const STEP_LENGTH = { minute: MINUTE, hour: HOUR, day: DAY } as const;

/** How many of the last buckets are judged: those between two runs of Checkrein, and the unfinished one. */
const JUDGED = { minute: 120, hour: 4, day: 2 } as const;

/** What a chosen method says about the last buckets of a series, the newest first, or why it says nothing. */
export interface Plainly {
  readonly watched: Watched;
  readonly verdicts: readonly Verdict[];
  readonly reported: readonly Verdict[];
  readonly why: string;
}

/** Runs one method over all series, as `detect` does, and passes as many reports as the budget of false alarms allows. */
export function judgePlainly(all: readonly Watched[], settings: AnomalyOptions): readonly Plainly[] {
  const method = settings.method === 'auto' ? null : METHODS[settings.method];
  if (method === null) return [];
  const judged = all.map((watched) => ({ watched, judgements: judgementsOf(method, watched, settings) }));
  const count = JUDGED[stepOf(settings)];
  const past = judged.flatMap(({ judgements }) => judgements.slice(0, -count).map(({ score }) => score));
  const longest = Math.max(0, ...all.map(({ readings }) => readings.length));
  const days = (longest * STEP_LENGTH[stepOf(settings)]) / DAY;
  const asked = scoreAsked(past, days, REPORT, settings);
  return judged.map(({ watched, judgements }) => {
    const from = Math.max(0, judgements.length - count);
    const last = judgements
      .slice(from)
      .map((judgement, i) => ({ score: judgement.score, verdict: verdictOf(watched, from + i, judgement, settings) }))
      .reverse();
    const verdicts = last.flatMap(({ verdict }) => verdict ?? []);
    const reported = last.flatMap(({ score, verdict }) => (verdict !== null && score >= asked ? [verdict] : []));
    const silent = judgements.at(-1);
    return {
      watched,
      verdicts,
      reported,
      why: silent?.kind === 'unknown' ? silent.reason : 'nothing was seen of it yet',
    };
  });
}

function judgementsOf(method: Detector, { readings, kind }: Watched, settings: AnomalyOptions): readonly Judgement[] {
  const watcher = method.watch({ sensitivity: settings.sensitivity, lookBack: settings.look_back });
  return readings.map((reading) => watcher.judge({ at: reading.at, value: usualValue(reading, kind) }));
}

function verdictOf(
  watched: Watched,
  index: number,
  judgement: Judgement,
  { look_back }: AnomalyOptions,
): Verdict | null {
  const reading = watched.readings[index];
  if (reading === undefined || judgement.kind === 'unknown' || judgement.value === null) return null;
  const since = after(reading.at, -LENGTH_OF[look_back]);
  const before = watched.readings
    .slice(0, index)
    .flatMap(({ at, value }) => (at >= since && value !== null ? [value] : []));
  return {
    at: reading.at,
    goesOn: index === watched.readings.length - 1,
    method: judgement.method,
    value: judgement.value,
    middle: medianOf(before),
    expected: judgement.expected ?? { low: null, high: null },
    deviation: judgement.deviation,
    digits: judgement.confidence < 1 ? -Math.log10(1 - judgement.confidence) : 12,
    basis: judgement.basis,
  };
}
