import { type Firing, type Met, middleOf, type Score, type Verdict } from '../../alerts/score.ts';
import { formatMoment } from '../../core/quantity.ts';
import { subjectKey } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { between, type Duration, formatDuration, type Instant } from '../../core/time.ts';
import { painter } from '../../surfaces/terminal/paint.ts';
import { type Column, table } from '../../surfaces/terminal/table.ts';
import type { Screen } from '../shell/world.ts';
import type { Trial } from './backtest-suggest.ts';

/** Settings that would have reported fewer false alarms. */
export interface Suggestion {
  /** How many settings were tried. */
  readonly tried: number;
  readonly changes: readonly Trial[];
  /** Empty when nothing is better. */
  readonly diff: string;
  /** The result of all changes together; null when there are none. */
  readonly after: Score | null;
}

/** The result of a backtest. */
export interface Backtest {
  readonly place: string;
  readonly repo: string;
  readonly looks: number;
  readonly events: number;
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Null when it looked at the moments `watch` had looked. */
  readonly every: Duration | null;
  /** The file of labels; null when what people said in the ledger was used. */
  readonly labels: string | null;
  readonly verdicts: readonly Verdict[];
  readonly firings: readonly Firing[];
  readonly score: Score;
  /** Null when none was asked for. */
  readonly suggestion: Suggestion | null;
}

type Standing = 'right' | 'false' | 'not judged' | 'quiet';

function standingOf(firing: Firing, { right, wrong }: Score): Standing {
  if (firing.quiet) return 'quiet';
  if (right.includes(firing)) return 'right';
  return wrong.includes(firing) ? 'false' : 'not judged';
}

/** What `backtest --json` prints: a contract that programs rely on. Fields may be added, meanings do not change. */
export function backtestJson(backtest: Backtest): unknown {
  const { place, repo, looks, events, from, to, every, labels, firings, score, suggestion } = backtest;
  return {
    ledger: place,
    repo,
    from,
    to,
    looks,
    events,
    everyMs: every,
    fired: firings.map((firing) => ({
      rule: firing.rule,
      subject: subjectKey(firing.subject),
      labels: firing.labels,
      severity: firing.severity,
      at: firing.at,
      endedAt: firing.endedAt,
      value: firing.value,
      limit: firing.limit,
      reason: firing.reason,
      quiet: firing.quiet,
      judged: standingOf(firing, score),
    })),
    labels,
    score: scoreJson(score),
    suggestion:
      suggestion === null
        ? null
        : {
            tried: suggestion.tried,
            changes: suggestion.changes.map(({ rule, option, from: was, to: is }) => ({
              rule,
              option,
              from: was,
              to: is,
            })),
            diff: suggestion.diff,
            score: suggestion.after === null ? null : scoreJson(suggestion.after),
          },
  };
}

function scoreJson({ incidents, right, wrong, unjudged, accuracy, recall, delays }: Score): unknown {
  return {
    incidents: incidents.map(({ verdict, firing, delay }) => ({
      subject: verdict.subject === null ? null : subjectKey(verdict.subject),
      kind: verdict.kind,
      from: verdict.from,
      to: verdict.to,
      foundBy: firing?.rule ?? null,
      delayMs: delay,
    })),
    truePositives: right.length,
    falsePositives: wrong.length,
    unjudged: unjudged.length,
    accuracy,
    recall,
    medianDelayMs: middleOf(delays),
  };
}

const COLUMNS: readonly Column[] = [
  { title: 'when', max: 20 },
  { title: 'rule', max: 24 },
  { title: 'about', max: 40 },
  { title: 'severity', max: 8 },
  { title: 'lasted', max: 14 },
  { title: 'judged', max: 18 },
];
/** More rows are not shown to people; --json has all. */
const MOST_ROWS = 200;

/** The result for people. */
export function backtestText(backtest: Backtest, { colour, columns }: Pick<Screen, 'colour' | 'columns'>): string {
  const { firings, score } = backtest;
  const rows = firings
    .slice(0, MOST_ROWS)
    .map((firing) => [
      { text: formatMoment(firing.at) },
      { text: plainLine(firing.rule, 40) },
      { text: plainLine(aboutOf(firing), 80) },
      { text: firing.severity },
      { text: firing.endedAt === null ? 'goes on' : formatDuration(between(firing.at, firing.endedAt)) },
      { text: standingOf(firing, score) },
    ]);
  const more = firings.length > MOST_ROWS ? [`and ${firings.length - MOST_ROWS} more; --json has all`] : [];
  const lines = [
    head(backtest),
    '',
    ...(rows.length === 0 ? ['Nothing would have fired.'] : table(COLUMNS, rows, painter(colour), columns ?? 120)),
    ...more,
    '',
    ...verdictLines(backtest),
    ...suggestionLines(backtest),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function aboutOf({ subject, labels }: Firing): string {
  return [subject.name, ...Object.values(labels)].join(' ');
}

function head({ place, repo, looks, events, from, to, every }: Backtest): string {
  if (from === null || to === null) return `${plainLine(place, 300)} holds nothing that could be replayed.`;
  const how = every === null ? 'at each run of watch' : `every ${formatDuration(every)}`;
  return plainLine(
    `${repo}: ${events} events of ${place} replayed in ${looks === 1 ? '1 look' : `${looks} looks`}, ${how}, from ${formatMoment(from)} to ${formatMoment(to)}.`,
    600,
  );
}

function verdictLines({ score, labels, verdicts }: Backtest): readonly string[] {
  if (verdicts.length === 0) {
    return [
      labels === null
        ? 'Nobody has said of an alert in this ledger what it was (/checkrein ack, /checkrein false-positive), so how much is right is not known.'
        : 'The labels name no incident of this time.',
    ];
  }
  const missed = score.incidents.filter(({ firing }) => firing === null);
  return [`${scoreWords(score)}.`, ...missed.map(missedLine)];
}

function scoreWords({ incidents, right, wrong, unjudged, accuracy, delays }: Score): string {
  const found = incidents.filter(({ firing }) => firing !== null).length;
  const middle = middleOf(delays);
  const parts = [
    `${found} of ${incidents.length} incidents found`,
    ...(middle === null
      ? []
      : [`${formatDuration(middle)} after they began in the middle, ${formatDuration(delays.at(-1) ?? 0)} at most`]),
    `${right.length} alerts right, ${wrong.length} false${unjudged.length === 0 ? '' : `, ${unjudged.length} not judged`}`,
    `accuracy ${accuracy === null ? 'unknown' : `${(100 * accuracy).toFixed(0)} %`}`,
  ];
  return parts.join('; ');
}

function missedLine({ verdict: { subject, from, to, kind } }: Met): string {
  const until = to === null ? 'on' : `to ${formatMoment(to)}`;
  const what = kind === null ? '' : ` (${kind})`;
  return plainLine(`  missed: ${subject?.name ?? 'the repository'} from ${formatMoment(from)} ${until}${what}`, 300);
}

function suggestionLines({ suggestion, score }: Backtest): readonly string[] {
  if (suggestion === null) return [];
  if (suggestion.after === null) {
    if (score.wrong.length === 0) return ['', 'No alert is known to be false, so there is nothing to make better.'];
    return ['', `None of ${suggestion.tried} other settings finds as much with fewer false alarms.`];
  }
  const words = `Of ${suggestion.tried} other settings, these find as much with fewer false alarms: ${scoreWords(suggestion.after)}.`;
  // A diff keeps its lines, but control characters in them must not reach a terminal.
  return ['', words, '', ...suggestion.diff.split('\n').map((line) => line.replace(/[\p{Cc}\p{Cf}]/gu, ' '))];
}
