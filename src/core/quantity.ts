import type { BudgetUnit } from './budget.ts';
import { formatUsd } from './money.ts';
import { formatDuration, type Instant } from './time.ts';
import type { Unit } from './unit.ts';

/** Writes a number with its unit for people: `$12.30`, `12 %`, `1.2 M tokens`, `1 run`, `40 s`; `unknown` for null. */
export function formatQuantity(value: number | null, unit: Unit): string {
  if (value === null || !Number.isFinite(value)) return 'unknown';
  switch (unit) {
    case 'usd':
      return formatUsd(value);
    case 'ratio':
      return `${round(value * 100, 1)} %`;
    case 'ms':
      return Math.abs(value) < 1_000 ? `${round(value, 0)} ms` : formatDuration(value);
    case 'tokens':
    case 'sessions':
    case 'runs':
      return `${formatNumber(value)} ${value === 1 ? unit.slice(0, -1) : unit}`;
    case 'count':
      return formatNumber(value);
    default:
      return unit satisfies never;
  }
}

/** An amount with its unit, for people: `$12.30`, `1.2 M tokens`, `90 minutes`, `3 runs`. */
export function formatAmount(amount: number | null, unit: BudgetUnit): string {
  if (amount === null) return 'unknown';
  switch (unit) {
    case 'usd':
      return formatUsd(amount);
    case 'tokens':
      return `${formatNumber(amount)} tokens`;
    case 'minutes':
      return `${formatNumber(amount)} ${amount === 1 ? 'minute' : 'minutes'}`;
    case 'runs':
      return `${formatNumber(amount)} ${amount === 1 ? 'run' : 'runs'}`;
    case 'open_pull_requests':
      return `${formatNumber(amount)} open ${amount === 1 ? 'pull request' : 'pull requests'}`;
    default:
      return unit satisfies never;
  }
}

/** Writes a number for people: `940`, `1,240`, `52.3 k`, `1.2 M`, `3.4 G`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size < 10_000) return round(value, 1).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const [scale, letter] = size < 999_950 ? [1e3, 'k'] : size < 999_950_000 ? [1e6, 'M'] : [1e9, 'G'];
  return `${round(value / scale, 1)} ${letter}`;
}

function round(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.0+$/, '');
}

/** Writes a moment for people, to the minute: `2026-11-21 09:30 UTC`. */
export function formatMoment(instant: Instant): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}
