import { mean } from 'simple-statistics';
import type { ImprovementCase, ImprovementFacts, Stage } from '../core/improvement.ts';
import { after, DAY, type Duration, type Instant } from '../core/time.ts';

/** The period over which changes and rollbacks are counted. */
const WINDOW: Duration = 90 * DAY;

/** Wins that nobody has found to be gone. */
const WINS: readonly Stage[] = ['better', 'kept'];

/**
 * One of the metrics of improvements and rollbacks at `now`, over the last 90 days; null if not known.
 * @throws RangeError for any other metric.
 */
export function improvementFigure({ cases, seen }: ImprovementFacts, metric: string, now: Instant): number | null {
  if (!seen) return null;
  const since = after(now, -WINDOW);
  const isLately = (at: Instant | null | undefined): boolean =>
    at !== null && at !== undefined && at >= since && at <= now;
  const rolledBack = cases.filter(({ rollback }) => isLately(rollback?.mergedAt));
  switch (metric) {
    case 'improvements.proposed':
      return cases.filter(({ mark, hypothesis }) => isLately(mark?.createdAt) || (mark === null && hypothesis !== null))
        .length;
    case 'improvements.validated':
      return cases.filter(({ validated }) => isLately(validated?.at)).length;
    case 'improvements.deployed':
      return cases.filter(({ deployed }) => isLately(deployed?.at)).length;
    case 'improvements.rolledBack':
      return rolledBack.length;
    case 'improvements.performanceGain':
      return meanOrNull(winsOf(cases, isLately).flatMap((one) => gainOf(one) ?? []));
    case 'improvements.costSavings':
      return sumOrNull(winsOf(cases, isLately).flatMap(({ judgements }) => judgements.at(-1)?.savedUsdPerDay ?? []));
    case 'rollbacks.automatic':
      return rolledBack.filter(({ rollback }) => rollback?.by.kind === 'verdict').length;
    case 'rollbacks.manual':
      return rolledBack.filter(({ rollback }) => rollback?.by.kind === 'person').length;
    case 'rollbacks.successRate':
      return meanOrNull(endsOf(rolledBack).map(({ outcome }) => Number(outcome === 'recovered')));
    case 'rollbacks.averageRecoveryTime':
      return meanOrNull(endsOf(rolledBack).flatMap(({ took }) => took ?? []));
    default:
      throw new RangeError(`'${metric}' is no metric of improvements.`);
  }
}

function winsOf(
  cases: readonly ImprovementCase[],
  isLately: (at: Instant | undefined) => boolean,
): readonly ImprovementCase[] {
  return cases.filter(({ stage, judgements }) => WINS.includes(stage) && isLately(judgements.at(-1)?.at));
}

/** How much better, as a share of the earlier value. */
function gainOf({ judgements }: ImprovementCase): number | null {
  const target = judgements.at(-1)?.comparisons.find(({ role }) => role === 'target');
  const { before, after: later, good } = target ?? {};
  const [then, now] = [before?.middle ?? 0, later?.middle ?? null];
  if (now === null || then === 0) return null;
  return ((now - then) / Math.abs(then)) * (good === 'up' ? 1 : -1);
}

type End = NonNullable<NonNullable<ImprovementCase['rollback']>['ended']>;

function endsOf(cases: readonly ImprovementCase[]): readonly End[] {
  return cases.flatMap(({ rollback }) =>
    rollback?.ended == null || rollback.ended.outcome === 'closed' ? [] : [rollback.ended],
  );
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean([...values]);
}

function sumOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
