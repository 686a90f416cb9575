import type { Comparison } from '../../core/improvement.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { unitOf } from './observe.ts';

/** The name of a metric in a sentence. */
const NAMES: Readonly<Record<string, string>> = {
  'sessions.failureRate': 'share of failed sessions',
  'sessions.tokenUsage.cost': 'cost of a session',
  'sessions.tokenUsage.total': 'tokens of a session',
  'sessions.averageDuration': 'duration of a session',
  'sessions.toolCalls': 'calls of tools of a session',
  'sessions.toolErrors': 'failed calls of tools of a session',
};

/** In words if we have some; other names are in keepable form. */
export function metricWords(metric: string): string {
  return NAMES[metric] ?? metric;
}

/** `+48 % (+21 % to +83 %)`; points for shares of sessions. */
export function changeWords(comparison: Comparison): string {
  const { change, low, high } = comparison;
  if (change === null) return 'not known';
  return `${signed(comparison, change)} (${end(comparison, low, 'any less')} to ${end(comparison, high, 'any more')})`;
}

function end(comparison: Comparison, value: number | null, open: string): string {
  return value === null ? open : signed(comparison, value);
}

function signed({ metric, method, scale }: Comparison, value: number): string {
  const sign = value < 0 ? '-' : '+';
  const size = Math.abs(value);
  if (method === 'shares') return `${sign}${(size * 100).toFixed(1)} points`;
  return `${sign}${scale === 'share' ? `${Math.round(size * 100)} %` : formatQuantity(size, unitOf(metric))}`;
}
