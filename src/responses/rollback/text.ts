import { sha256 } from '../../core/hash.ts';
import type { Judgement } from '../../core/improvement.ts';
import { formatMoment, formatQuantity } from '../../core/quantity.ts';
import { inertLine, inertMarkdown } from '../../core/text.ts';
import type { PullToDecide } from '../../github/rollback-port.ts';

/** Why a change is taken back, and the evidence against it. */
export interface RollbackReason {
  /** Login of the person who asked; null when a verdict did. */
  readonly askedBy: string | null;
  /** The person's reason, cleaned for storage; null when none was given. */
  readonly why: string | null;
  /** The last judgement of the change; null when it was not judged. */
  readonly judgement: Judgement | null;
}

const LONGEST_TITLE = 120;

/** Title and body of a pull request that takes another back. We recognise it by the first line. Nothing in it is active. */
export function rollbackText(
  repo: string,
  { number, title }: Pick<PullToDecide, 'number' | 'title'>,
  { askedBy, why, judgement }: RollbackReason,
): { readonly title: string; readonly body: string } {
  const asked =
    askedBy === null ? 'the verdict on it is that it made something worse' : `${inertMarkdown(askedBy)} asked for it`;
  const text = [
    `Reverts ${repo}#${number}`,
    `Checkrein opened this draft because ${asked}${why === null ? '' : `: ${inertMarkdown(why, 200)}`}. It takes the change back as it was merged. A person looks at it, marks it as ready and merges it; Checkrein never does.`,
    ...(judgement === null ? [] : [evidence(judgement)]),
    'Once it is merged, Checkrein watches whether the metric comes back to where it was before, and how long that takes.',
  ].join('\n\n');
  const marker = `<!-- checkrein:v1 kind=rollback key=${number} gen=0 h=${sha256(text).slice(0, 16)} -->`;
  return {
    title: inertLine(`Take back pull request ${number}: ${title}`, LONGEST_TITLE),
    body: `${marker}\n${text}\n`,
  };
}

/** The pull request that a body of ours takes back; null when it is none of ours. It does not prove who wrote it. */
export function takenBack(body: string): number | null {
  const [, number] = /^<!-- checkrein:v1 kind=rollback key=(\d{1,9}) gen=0 h=[0-9a-f]{16} -->\n/.exec(body) ?? [];
  return number === undefined ? null : Number(number);
}

function evidence({ comparisons, before, after, overlaps }: Judgement): string {
  const rows = comparisons.map(
    ({ metric, before: then, after: now, change, low, high, scale, method, verdict }) =>
      `| ${inertMarkdown(metric)} | ${then.values} in ${then.days} d | ${now.values} in ${now.days} d | ${interval({ change, low, high }, scale === 'share' || method === 'shares')} | ${verdict} |`,
  );
  const others =
    overlaps.length === 0
      ? ''
      : `\n\nOther changes came into force in the same time: ${overlaps.slice(0, 20).join(', ')}.`;
  return [
    `What was compared: ${formatMoment(before.from)} to ${formatMoment(before.to)} with the time up to ${formatMoment(after.to)}.`,
    `| metric | before | after | change (interval) | verdict |\n|---|---|---|---|---|\n${rows.join('\n')}${others}`,
  ].join('\n\n');
}

type Interval = Pick<Judgement['comparisons'][number], 'change' | 'low' | 'high'>;

function interval({ change, low, high }: Interval, isRatio: boolean): string {
  const write = (value: number | null): string =>
    value === null ? 'open' : `${value > 0 ? '+' : ''}${formatQuantity(value, isRatio ? 'ratio' : 'count')}`;
  return change === null ? 'not known' : `${write(change)} (${write(low)} to ${write(high)})`;
}
