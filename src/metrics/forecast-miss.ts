import type { ForecastMark } from '../core/budget.ts';

/**
 * How far off forecasts were: the median of |forecast - came| / the greater of the two, from 0 (right) to 1 (all or nothing). Null
 * while none could be compared with what happened. For one budget, or for all.
 */
export function forecastMiss(
  forecasts: readonly ForecastMark[],
  ahead: 'day' | 'week',
  budget: string | null = null,
): number | null {
  const misses = forecasts
    .filter((forecast) => budget === null || forecast.budget === budget)
    .flatMap((forecast) => missOf(forecast, ahead) ?? [])
    .sort((a, b) => a - b);
  const middle = misses.length / 2;
  const [low, high] = [misses[Math.ceil(middle) - 1], misses[Math.floor(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function missOf({ nextDay, nextWeek, dayCame, weekCame }: ForecastMark, ahead: 'day' | 'week'): number | null {
  const { expected } = ahead === 'day' ? nextDay : nextWeek;
  const came = ahead === 'day' ? dayCame : weekCame;
  if (came === null) return null;
  const most = Math.max(expected, came);
  return most === 0 ? 0 : Math.abs(expected - came) / most;
}
