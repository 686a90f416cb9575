import type { Alert } from '../../core/alert.ts';
import type { RemedyRun } from '../../core/notice-record.ts';
import { formatMoment } from '../../core/quantity.ts';
import { inertMarkdown } from '../../core/text.ts';
import { askedOf } from '../asked.ts';
import { lastMark, type RemedyLog, type RemedyMark, runKey } from '../remedy/log.ts';
import type { AskedRemedy } from '../remedy/plan.ts';
import { sayWord } from '../remedy/word.ts';
import { rerunKind } from './plan.ts';

/** What happens to the re-runs that an alert's rule asks for. */
export interface RerunStory {
  /** Null when no run may be run again. */
  readonly mark: RemedyMark | null;
  /** By `RUN.ATTEMPT`: why one is not run again now. */
  readonly heldBack: Readonly<Record<string, string>>;
}

/** Null when the alert's rule asks for no re-run, or the alert is not critical and nothing was decided. */
export function rerunStory(
  log: RemedyLog,
  alert: Alert,
  { responses }: { readonly responses: Readonly<Record<string, Pick<AskedRemedy, 'do'>>> },
  heldBack: RerunStory['heldBack'],
): RerunStory | null {
  const kind = rerunKind(askedOf(alert, responses)?.do ?? 'none');
  if (kind === null) return null;
  const mark = lastMark(log, alert, kind) ?? null;
  return mark === null && alert.facts.severity !== 'critical' ? null : { mark, heldBack };
}

/** The re-runs that a rule asks for, as one line of inert markdown for the alert's issue. */
export function sayRerun({ mark, heldBack }: RerunStory): string {
  if (mark === null) {
    return 'the rule asks that failed runs are run again, but none of those named here may be: see `max_attempts`, and what is left alone.';
  }
  const what = `${runs(mark.runs ?? [])}${mark.do === 'rerun-failed' ? ' (failed jobs only)' : ''}`;
  switch (mark.verdict) {
    case 'planned':
      return `the rule asks that ${what} ${are(mark)} run again. ${outcomes(mark, heldBack)}`;
    case 'would_have':
      return `in shadow mode nothing was run again. With \`mode: enforce\` Checkrein **would have run again** ${what}.`;
    case 'awaits_approval':
      return `**not run again yet:** the rule asks for ${what}. ${sayWord(mark.do)}`;
    case 'rejected':
      return `**not run again:** the rule asks for ${what}, and a lead said no.`;
    case 'cooling':
      return `**not run again:** the rule asks for ${what}, but the last time for this alert was too lately (\`cooldown\`).`;
    case 'day_full':
      return `**not run again:** the rule asks for ${what}, but that was done often enough today (\`max_per_day\`).`;
    case 'done':
    case 'no_hand':
      return `the rule asks that ${what} ${are(mark)} run again; it was only recorded.`;
    default:
      return mark.verdict satisfies never;
  }
}

function are({ runs: all }: RemedyMark): string {
  return all?.length === 1 ? 'is' : 'are';
}

function runs(all: readonly RemedyRun[]): string {
  const names = all.map(({ run, attempt }) => `${run} (attempt ${attempt})`);
  return `${all.length === 1 ? 'run' : 'runs'} ${names.join(', ')}`;
}

function outcomes(mark: RemedyMark, heldBack: RerunStory['heldBack']): string {
  return (mark.runs ?? []).map((run) => outcome(run, mark, heldBack[runKey(run)])).join(' ');
}

function outcome(run: RemedyRun, { reruns }: RemedyMark, held: string | undefined): string {
  const rerun = reruns?.[runKey(run)];
  const next = `attempt ${run.attempt + 1} of run ${run.run}`;
  if (rerun === undefined) {
    return held === undefined ? `Next: ${next}.` : `**Not yet**, ${next}: ${inertMarkdown(held, 200)}.`;
  }
  switch (rerun.state) {
    case 'asked':
      return `Asked for on ${formatMoment(rerun.at)}: ${next}.`;
    case 'worked':
      return `**It worked:** ${next} ended well.`;
    case 'failed':
      return `**It did not help:** ${next} failed as well, so that people must look.`;
    case 'refused':
      return `**Refused:** ${inertMarkdown(rerun.why ?? '', 400)}`;
    case 'unknown':
      return `How ${next} has ended is not known, or it was ended by somebody.`;
    default:
      return rerun.state satisfies never;
  }
}
