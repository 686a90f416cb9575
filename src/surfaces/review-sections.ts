import { formatUsd } from '../core/money.ts';
import { formatNumber } from '../core/quantity.ts';
import { inertMarkdown } from '../core/text.ts';
import { formatDuration } from '../core/time.ts';
import type { QueueRow, QueueView, WasteView, WasteViewRow } from './review-rows.ts';

/** A part of the job summary. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly string[];
}

const MAX_SENTENCE = 400;

const STATES: Readonly<Record<QueueRow['state'], string>> = {
  waiting: 'waits for people',
  approved: 'approved',
  changes: 'changes asked for',
  draft: 'draft',
};

/** The review queue; empty when there is none or it is unknown. */
export function queueSection(queue: QueueView | undefined): Section {
  const rows = (queue?.rows ?? []).map(({ number, agent, state, age, late, owners, rounds }) => {
    const cells = [
      `${late ? '🟥 ' : ''}#${number}`,
      agent === null ? 'unknown' : inertMarkdown(agent),
      late ? `${STATES[state]}, late` : STATES[state],
      formatDuration(age),
      String(rounds),
      owners.length === 0 ? 'nobody' : inertMarkdown(owners.join(', '), 160),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = [
    ...[queue?.words, queue?.answered].flatMap((words) =>
      words === undefined || words === null ? [] : [inertMarkdown(words, MAX_SENTENCE), ''],
    ),
    '| pull request | agent | state | for | rounds | asked of |',
    '|---|---|---|---:|---:|---|',
  ];
  return { title: 'Waiting for people', head, rows };
}

/** What happened to the work of 28 days, and what to change; empty if there was none. */
export function wasteSection(waste: WasteView | undefined): Section {
  const rows = (waste?.rows ?? []).map(wasteLine);
  const advice = (waste?.advice ?? []).map((words) => `- ${inertMarkdown(words, MAX_SENTENCE)}`);
  const head = [
    ...(advice.length === 0 ? [] : [...advice, '']),
    '| agent | runs | landed | useful | no-op | duplicate | abandoned | reverted | open | unknown | spent | for nothing | a landed change |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
  ];
  return { title: 'What became of 28 days of work', head, rows };
}

function wasteLine({ agent, pieces, byClass, usd, wastedUsd, unpriced, usdPerLanded }: WasteViewRow): string {
  const bound = unpriced > 0 ? '≥ ' : '';
  const money = (value: number | null): string => (value === null ? 'unknown' : `${bound}${formatUsd(value)}`);
  const { landed, useful, duplicate, abandoned, reverted, open, unknown } = byClass;
  const cells = [
    agent === null ? '**all together**' : inertMarkdown(agent),
    ...[pieces, landed, useful, byClass['no-op'], duplicate, abandoned, reverted, open, unknown].map(formatNumber),
    money(usd),
    money(wastedUsd),
    usdPerLanded === null ? '' : money(usdPerLanded),
  ];
  return `| ${cells.join(' | ')} |`;
}
