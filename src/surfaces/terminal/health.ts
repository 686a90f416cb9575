import type { HealthStatus, SystemHealth } from '../../core/health.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { type HealthRow, healthRows } from '../health-rows.ts';
import type { Paint, Style } from './paint.ts';
import { type Cell, table } from './table.ts';

const STATUS: Readonly<Record<HealthStatus, Style>> = {
  healthy: 'green',
  degraded: 'yellow',
  unhealthy: 'red',
  unknown: 'dim',
};
const NARROWEST_WHY = 20;
/** The most that the other columns take. */
const OTHERS = 54;

/** The health of everything that agents and Checkrein depend on. */
export function healthLines(health: SystemHealth, paint: Paint, width: number): readonly string[] {
  const columns = [
    { title: 'of', max: 28 },
    { title: 'score', align: 'right' as const, max: 5 },
    { title: '', max: 9 },
    { title: 'answers in', align: 'right' as const, max: 10 },
    { title: 'because', max: Math.max(NARROWEST_WHY, width - OTHERS) },
  ];
  return table(columns, healthRows(health).map(cells), paint, width);
}

function cells({ name, status, score, latencyMs, why }: HealthRow): readonly Cell[] {
  return [
    { text: name, styles: ['bold'] },
    score === null ? { text: '?', styles: ['dim'] } : { text: String(score) },
    { text: status, styles: [STATUS[status]] },
    { text: latencyMs === null ? '' : formatQuantity(latencyMs, 'ms'), styles: ['dim'] },
    { text: why, styles: ['dim'] },
  ];
}
