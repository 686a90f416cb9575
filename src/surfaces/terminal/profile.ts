import type { Profile, Profiled, Trend } from '../../core/profile.ts';
import { formatMoment, formatNumber, formatQuantity } from '../../core/quantity.ts';
import { type Paint, type Style, wrap } from './paint.ts';
import { type Cell, type Column, table } from './table.ts';

const MOST_ROWS = 15;

/** A profile for the terminal: servers, the busiest and the slowest tools, and where time is lost. */
export function profileLines(profile: Profile, paint: Paint, width: number): readonly string[] {
  const head = `${formatMoment(profile.from)} to ${formatMoment(profile.to)}, and since ${formatMoment(profile.previousFrom)} before`;
  if (profile.tools.length === 0) {
    return [paint(head, 'dim'), '', 'No call of a tool is on record in this time.'];
  }
  const rest = profile.tools.length - MOST_ROWS;
  return [
    paint(head, 'dim'),
    ...section('servers', profile.servers, serverName, paint, width),
    ...section('tools, the busiest first', profile.tools.slice(0, MOST_ROWS), toolName, paint, width),
    ...(rest > 0 ? [paint(`and ${formatNumber(rest)} more; --json has them all`, 'dim')] : []),
    ...section('the slowest tools', profile.slowest, toolName, paint, width),
    ...bottleneckLines(profile, paint, width),
  ];
}

function section(
  title: string,
  rows: readonly Profiled[],
  nameOf: (row: Profiled) => string,
  paint: Paint,
  width: number,
): readonly string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => cellsOf(row, nameOf(row)));
  return ['', paint(title, 'bold'), ...table(COLUMNS, cells, paint, width)];
}

const COLUMNS: readonly Column[] = [
  { title: 'name', max: 36 },
  { title: 'calls', align: 'right', max: 9 },
  { title: 'failed', align: 'right', max: 8 },
  { title: 'p50', align: 'right', max: 10 },
  { title: 'p95', align: 'right', max: 10 },
  { title: 'p99', align: 'right', max: 10 },
  { title: 'of time', align: 'right', max: 8 },
  { title: 'p95 before', align: 'right', max: 12 },
];

function cellsOf(row: Profiled, name: string): readonly Cell[] {
  return [
    { text: name, styles: ['bold'] },
    { text: formatNumber(row.calls) },
    { text: formatQuantity(row.errorRate, 'ratio'), styles: failureStyle(row.errorRate) },
    time(row.p50Ms),
    time(row.p95Ms),
    time(row.p99Ms),
    row.share === null ? UNKNOWN : { text: `${Math.round(row.share * 100)} %`, styles: ['dim'] },
    change(row.trend),
  ];
}

const UNKNOWN: Cell = { text: '?', styles: ['dim'] };

function time(ms: number | null): Cell {
  return ms === null ? UNKNOWN : { text: formatQuantity(ms, 'ms') };
}

function failureStyle(rate: number | null): readonly Style[] {
  return rate === null || rate < 0.05 ? ['dim'] : rate < 0.2 ? ['yellow'] : ['red'];
}

function change({ p95 }: Trend): Cell {
  if (p95 === null) return { text: '-', styles: ['dim'] };
  const percent = Math.round((p95 - 1) * 100);
  return { text: `${percent > 0 ? '+' : ''}${percent} %`, styles: percent >= 50 ? ['red'] : ['dim'] };
}

function serverName({ server, witness }: Profiled): string {
  return `${server ?? 'engine'}${witness === 'programs' ? ' (track)' : ''}`;
}

function toolName({ server, tool, witness }: Profiled): string {
  const name = server === null ? (tool ?? '') : `${server} › ${tool ?? ''}`;
  return `${name}${witness === 'programs' ? ' (track)' : ''}`;
}

function bottleneckLines({ bottlenecks }: Profile, paint: Paint, width: number): readonly string[] {
  if (bottlenecks.length === 0) return ['', paint('Nothing stands out.', 'dim')];
  const lines = bottlenecks.flatMap(({ server, tool, evidence, recommendation, atStakeMs }) => {
    const cost = atStakeMs === null ? '' : `, up to ${formatQuantity(atStakeMs, 'ms')} at stake`;
    const name = server === null ? tool : `${server} › ${tool}`;
    return [
      ...wrap(`${name}: ${evidence.slice(0, -1)}${cost}.`, width - 2, 3).map(
        (line, i) => `${i === 0 ? paint('!', 'yellow') : ' '} ${line}`,
      ),
      ...wrap(recommendation, width - 4, 3).map((line) => `    ${paint(line, 'dim')}`),
    ];
  });
  return ['', paint('where time is lost', 'bold'), ...lines];
}
