import type { Health, HealthPart, HealthStatus } from '../../core/health.ts';
import type { Duration } from '../../core/time.ts';

/** From this score on something is healthy, and below the other unhealthy. */
export const HEALTHY_FROM = 80;
export const UNHEALTHY_BELOW = 50;

/** If a part that weighs at least this much has failed completely, the score is at most `CEILING`. */
const WEIGHTY = 3;
const CEILING = 40;

/**
 * The score is the mean of the known parts by weight, and at most 40 if a weighty part (3 or more) is at 0: what cannot be reached
 * is not redeemed by what it did before. It is unknown if less than half of the parts, by weight, are known.
 */
export function healthOf(parts: readonly HealthPart[], latencyMs: Duration | null): Health {
  const known = parts.filter((part) => part.score !== null);
  const weight = sumOf(known.map((part) => part.weight));
  const all = sumOf(parts.map((part) => part.weight));
  if (weight === 0 || weight < all / 2) return { score: null, status: 'unknown', latencyMs, parts };
  const mean = sumOf(known.map((part) => (part.score ?? 0) * part.weight)) / weight;
  const failed = known.some((part) => part.score === 0 && part.weight >= WEIGHTY);
  const score = Math.round(failed ? Math.min(mean, CEILING) : mean);
  return { score, status: statusOf(score), latencyMs, parts };
}

function statusOf(score: number): HealthStatus {
  if (score >= HEALTHY_FROM) return 'healthy';
  return score < UNHEALTHY_BELOW ? 'unhealthy' : 'degraded';
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** 100 up to `good`, 0 from `bad` on, linear in between. */
export function falling(value: number, good: number, bad: number): number {
  return 100 * Math.min(1, Math.max(0, (bad - value) / (bad - good)));
}

/** Like `falling`, but on a logarithmic scale: for times, where ten times as long is one step. */
export function fallingLog(value: number, good: number, bad: number): number {
  return falling(Math.log(Math.max(value, Number.MIN_VALUE)), Math.log(good), Math.log(bad));
}

/** A part about which something is known. */
export function part(name: string, weight: number, score: number, reason: string): HealthPart {
  return { name, weight, score: Math.round(score), reason };
}

/** A part about which nothing is known. */
export function unknownPart(name: string, weight: number, reason: string): HealthPart {
  return { name, weight, score: null, reason };
}
