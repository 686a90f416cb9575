import { formatUsd } from '../../core/money.ts';
import { formatNumber, formatQuantity } from '../../core/quantity.ts';
import { sparkline, squeeze } from '../../core/sparkline.ts';
import { between, DAY, formatDuration, type Instant, MINUTE } from '../../core/time.ts';
import { dearestFirst } from '../order.ts';
import type { AgentRow } from '../view.ts';
import { clip, type Paint, type Style } from './paint.ts';
import { type Cell, type Column, table } from './table.ts';

/** An agent that has not run for this long is called silent. */
const SILENT_AFTER = 3 * DAY;
const WIDE_ENOUGH_FOR_ALL = 104;
const WIDE_ENOUGH_FOR_DAYS = 76;

/** The agents, most expensive first: what they did and what it cost. */
export function fleetLines(agents: readonly AgentRow[], now: Instant, paint: Paint, width: number): readonly string[] {
  if (agents.length === 0) return [paint('no agent was found in the workflows of this repository', 'dim')];
  const wide = width >= WIDE_ENOUGH_FOR_ALL;
  const days = wide ? 30 : width >= WIDE_ENOUGH_FOR_DAYS ? 15 : 7;
  const columns: readonly Column[] = [
    { title: 'agent', max: wide ? 24 : 18 },
    { title: 'engine', max: 7 },
    { title: 'sessions', align: 'right', max: 8 },
    { title: 'failed', align: 'right', max: 6 },
    { title: 'today', align: 'right', max: 10 },
    { title: 'month', align: 'right', max: 10 },
    { title: '30 days', max: days },
    ...(wide ? [{ title: 'last run', max: 22 }] : []),
  ];
  const sorted = [...agents].sort(dearestFirst);
  const rows = sorted.map((agent) => agentCells(agent, now, days).slice(0, columns.length));
  const all = agents.length > 1 ? [totalCells(agents, days).slice(0, columns.length)] : [];
  const notes = sorted.flatMap((agent) => noteOf(agent, now, wide));
  return [...table(columns, [...rows, ...all], paint, width), ...notes.map((note) => paint(clip(note, width), 'dim'))];
}

function agentCells(agent: AgentRow, now: Instant, days: number): readonly Cell[] {
  const share = agent.sessions === 0 ? null : agent.failed / agent.sessions;
  return [
    { text: agent.name, styles: ['bold'] },
    { text: agent.engine ?? '?', styles: ['dim'] },
    { text: formatNumber(agent.sessions) },
    share === null
      ? { text: '-', styles: ['dim'] }
      : { text: `${Math.round(share * 100)} %`, styles: failureStyle(share) },
    money(agent.usdToday),
    money(agent.usdMonth),
    { text: sparkline(squeeze(agent.daily, days)), styles: ['cyan'] },
    lastRun(agent, now),
  ];
}

/** The totals over all agents; unknown values are left out of the sums. */
function totalCells(agents: readonly AgentRow[], days: number): readonly Cell[] {
  const sum = (of: (agent: AgentRow) => number | null): number | null => {
    const known = agents.map(of).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  const length = Math.max(...agents.map(({ daily }) => daily.length));
  const daily = Array.from({ length }, (_, day) => sum(({ daily: one }) => one[one.length - length + day] ?? null));
  const dim: readonly Style[] = ['dim'];
  return [
    { text: 'all', styles: dim },
    { text: '' },
    { text: formatNumber(sum(({ sessions }) => sessions) ?? 0), styles: dim },
    { text: '' },
    { text: formatUsd(sum(({ usdToday }) => usdToday)), styles: dim },
    { text: formatUsd(sum(({ usdMonth }) => usdMonth)), styles: dim },
    { text: sparkline(squeeze(daily, days)), styles: dim },
  ];
}

function money(usd: number | null): Cell {
  return usd === null
    ? { text: 'unknown', styles: ['dim'] }
    : { text: formatUsd(usd), styles: usd === 0 ? ['dim'] : [] };
}

function failureStyle(share: number): readonly Style[] {
  return share >= 0.3 ? ['red'] : share >= 0.1 ? ['yellow'] : ['dim'];
}

function isSilent(agent: AgentRow, now: Instant): boolean {
  return agent.lastRunAt !== null && between(agent.lastRunAt, now) > SILENT_AFTER;
}

function lastRun(agent: AgentRow, now: Instant): Cell {
  if (agent.lastRunAt === null) return { text: 'never', styles: ['dim'] };
  const ago = Math.floor(Math.max(0, between(agent.lastRunAt, now)) / MINUTE) * MINUTE;
  if (isSilent(agent, now))
    return { text: `silent for ${formatDuration(Math.floor(ago / DAY) * DAY)}`, styles: ['yellow'] };
  return { text: ago < MINUTE ? 'just now' : `${formatDuration(ago)} ago`, styles: ['dim'] };
}

/** What does not fit into the columns, one line per agent. */
function noteOf(agent: AgentRow, now: Instant, wide: boolean): readonly string[] {
  const parts = [
    ...(agent.note === null ? [] : [agent.note]),
    ...(agent.unpriced > 0 ? [`cost unknown for ${formatQuantity(agent.unpriced, 'sessions')}`] : []),
    ...(!wide && isSilent(agent, now) ? [lastRun(agent, now).text] : []),
  ];
  return parts.length === 0 ? [] : [`${agent.name}: ${parts.join(', ')}`];
}
