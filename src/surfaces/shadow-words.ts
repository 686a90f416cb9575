import { formatUsd } from '../core/money.ts';
import { formatQuantity } from '../core/quantity.ts';
import type { ShadowOutcome, ShadowReport, Spared } from '../core/shadow.ts';

const DEEDS: Readonly<Record<ShadowOutcome['do'], string>> = { stop: 'stop', 'pause-agent': 'pause', deny: 'deny' };

/** `stop`, `pause` or `deny`. */
export function deedWord(kind: ShadowOutcome['do']): string {
  return DEEDS[kind];
}

/** What would have been saved, such as `$4.20`, or `≥ $4.20` if some costs are unknown. */
export function savedWords({ usd, unpriced }: Spared): string {
  return `${unpriced > 0 ? '≥ ' : ''}${formatUsd(usd)}`;
}

/** What a team can base its decision on, in one sentence. */
export function shadowSentence({ all }: ShadowReport): string {
  if (all.times === 0) return 'Enforce mode would have done nothing.';
  const sessions = formatQuantity(all.sessions, 'sessions');
  const harm =
    all.merged === 0
      ? `${all.completed} of them had ended well, and no pull request of theirs was merged`
      : `${all.completed} of them had ended well, and ${all.merged} of their pull requests ${all.merged === 1 ? 'was' : 'were'} merged`;
  const doubt = all.falseAlarms === 0 ? '' : ` People called ${all.falseAlarms} of the alerts false.`;
  const times = all.times === 1 ? 'once' : `${all.times} times`;
  return all.sessions === 0
    ? `Enforce mode would have acted ${times}, with no work to cut.${doubt}`
    : `Enforce mode would have acted ${times}, with ${savedWords(all)} less spent in ${sessions}: ${harm}.${doubt}`;
}
