import type { ChartEvidence } from '../../core/finding.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { sparkline } from '../../core/sparkline.ts';
import { inertMarkdown } from '../../core/text.ts';
import { mermaidText } from './mermaid-text.ts';

/** More bars than this cannot be told apart in an issue. */
const MOST_BARS = 60;
/** Up to this many bars can have a label each. */
const MOST_LABELS = 12;

/**
 * A series as a picture in GitHub markdown, and as a line of block characters for e-mail; null when there is nothing to
 * compare.
 */
export function chartMarkdown(chart: ChartEvidence): string | null {
  const values = chart.values.slice(-MOST_BARS);
  const labels = chart.labels.slice(-MOST_BARS);
  const known = values.filter(isKnown);
  if (known.length < 2) return null;
  const highest = Math.max(...known);
  const notes = [
    `${inertMarkdown(labels[0] ?? '', 24)} to ${inertMarkdown(labels.at(-1) ?? '', 24)}`,
    `highest ${formatQuantity(highest, chart.unit)}`,
    ...(chart.limit === null ? [] : [`limit ${formatQuantity(chart.limit, chart.unit)}`]),
    ...(known.length < values.length ? [`· = not known`] : []),
  ];
  return `\`${sparkline(values, 0)}\` ${notes.join(', ')}\n\n${mermaid(chart, labels, values)}`;
}

/** Unknown values are left out with their label: the picture cannot show them, and 0 would be wrong. */
function mermaid(chart: ChartEvidence, labels: readonly string[], values: readonly (number | null)[]): string {
  const bars = values.flatMap((value, index) => (isKnown(value) ? [{ value, label: labels[index] ?? '' }] : []));
  const top = Math.max(...bars.map(({ value }) => value), chart.limit ?? 0);
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${mermaidText(chart.title, 80)}"`,
    `  x-axis ${axis(bars.map(({ label }) => mermaidText(label, 16)))}`,
    `  y-axis "${chart.unit}" 0 --> ${plainNumber(top > 0 ? top * 1.1 : 1)}`,
    `  bar [${bars.map(({ value }) => plainNumber(value)).join(', ')}]`,
    ...(chart.limit === null ? [] : [`  line [${bars.map(() => plainNumber(chart.limit ?? 0)).join(', ')}]`]),
    '```',
  ].join('\n');
}

function isKnown(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

/** A label for each bar where they fit and are unique (mermaid merges bars with the same label); else the range. */
function axis(labels: readonly string[]): string {
  const named = labels.length <= MOST_LABELS && new Set(labels).size === labels.length && !labels.includes('');
  if (named) return `[${labels.map((label) => `"${label}"`).join(', ')}]`;
  return `"${labels[0]} to ${labels.at(-1)}" 1 --> ${labels.length}`;
}

/** A number without an exponent, which mermaid cannot read, and with at most four decimals. */
function plainNumber(value: number): string {
  return Math.max(0, Math.min(value, 1e15))
    .toFixed(4)
    .replace(/\.?0+$/, '');
}
