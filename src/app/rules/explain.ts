import { silenceOn } from '../../alerts/calm.ts';
import { fingerprint } from '../../alerts/identity.ts';
import { explainNotices, type NoticeExplanation } from '../../alerts/notices.ts';
import { mergePolicies, policyOf } from '../../alerts/policy.ts';
import type { Alert, Silence } from '../../core/alert.ts';
import type { Finding } from '../../core/finding.ts';
import { nearest } from '../../core/nearest.ts';
import { formatMoment, formatQuantity } from '../../core/quantity.ts';
import { subjectKey } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { between, formatDuration, type Instant } from '../../core/time.ts';
import { type Guess, guessAbout } from '../../metrics/opinions.ts';
import { judgeConditions } from '../../rules/conditions/judge.ts';
import { leafText } from '../../rules/language/evidence.ts';
import { askRules } from '../judge/ask-rules.ts';
import { conditionsOf, givenRules } from '../judge/conditions.ts';
import { noticeInput } from '../judge/notice-input.ts';
import { type LedgerLook, lookIntoLedger } from '../reports/look.ts';
import type { Invocation } from '../shell/flags.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { homeAddress } from '../shell/version.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';

/** Why one instance of a rule fires or does not. */
export interface Explanation {
  readonly fingerprint: string;
  readonly rule: string;
  readonly subject: string;
  readonly labels: Finding['labels'];
  readonly outcome: Finding['outcome'];
  readonly state: Alert['state'] | 'none';
  readonly episode: number;
  readonly since: Instant | null;
  /** Since when the condition holds according to the records; null when they do not say. */
  readonly trueSince: Instant | null;
  readonly reason: string;
  /** What was read, for people's rules. */
  readonly leaves: readonly string[];
  readonly forMs: number;
  /** How much of that is left; null when it does not wait. */
  readonly leftMs: number | null;
  /** The silence in force, set by a comment; null when there is none. For silences in the configuration, see `notices`. */
  readonly silence: Omit<Silence, 'fingerprint'> | null;
  readonly notices: readonly NoticeExplanation[];
  /** A model's guess at the cause of this episode; null when none was asked, or its guess has no support. */
  readonly guess: Guess | null;
}

/** `checkrein rules explain ALERT`: by the name of a rule, or the beginning of a fingerprint. */
export async function rulesExplain(asked: string, invocation: Invocation, world: World): Promise<number> {
  const look = await lookIntoLedger(invocation, world);
  for (const warning of look.warnings) world.err.write(`checkrein: ${plainLine(warning, 1_000)}\n`);
  const all = askRules(look.facts, look.config, look.now);
  const ofFinding = (finding: Finding): string => fingerprint(look.repo, finding);
  const wanted = all.filter(
    (finding) => finding.rule === asked || (/^[0-9a-f]{4,16}$/.test(asked) && ofFinding(finding).startsWith(asked)),
  );
  if (wanted.length === 0) throw new UsageError(notThere(asked, look, all));
  const explained = wanted.map((finding) => explain(finding, look, homeAddress(world.env)));
  if (invocation.has('json')) world.out.write(jsonLine({ now: look.now, repo: look.repo, alerts: explained }));
  else world.out.write(explained.map((each) => explanationText(each, look.now)).join('\n'));
  return EXIT.done;
}

function notThere(asked: string, { config }: LedgerLook, findings: readonly Finding[]): string {
  if (config.alerts.rules.some(({ name, mode }) => name === asked && mode === 'event')) {
    return `No event of the last day fits the rule ${plainLine(asked)}.`;
  }
  if (config.alerts.rules.some(({ name }) => name === asked))
    return `The rule ${plainLine(asked)} has nothing to judge.`;
  const names = [...new Set([...findings.map(({ rule }) => rule), ...config.alerts.rules.map(({ name }) => name)])];
  const near = nearest(asked, names);
  const hint = near === null ? ` The rules are: ${names.join(', ')}.` : ` Did you mean '${near}'?`;
  return `No rule and no alert is called ${quoted(asked)}.${hint}`;
}

function explain(finding: Finding, look: LedgerLook, home: string): Explanation {
  const { state, now, repo, config } = look;
  const id = fingerprint(repo, finding);
  const alert = state.alerts.alerts[id];
  const given = givenRules(config);
  const { for: wait } = policyOf(mergePolicies(given.policies), finding.rule);
  const trueSince = finding.outcome === 'violated' ? (finding.trueSince ?? null) : null;
  const began = trueSince ?? (alert?.state === 'pending' ? alert.since : now);
  const waits = finding.outcome === 'violated' && alert?.state !== 'active' && wait > 0;
  const input = noticeInput({ config, given, now, repo, home }, state.alerts, state.notices, state.responses);
  return {
    fingerprint: id,
    rule: finding.rule,
    subject: subjectKey(finding.subject),
    labels: finding.labels,
    outcome: finding.outcome,
    state: alert?.state ?? 'none',
    episode: alert?.episode ?? 0,
    since: alert === undefined || alert.state === 'resolved' ? null : (alert.activeAt ?? alert.since),
    trueSince,
    reason: finding.reason,
    leaves: leavesOf(finding, look),
    forMs: wait,
    leftMs: waits ? Math.max(0, wait - between(began, now)) : null,
    ...(alert === undefined
      ? { silence: null, notices: [], guess: null }
      : {
          silence: silenceOn(alert, state.alerts, now),
          notices: explainNotices(alert, input),
          guess: guessAbout(state.opinions, alert),
        }),
  };
}

function leavesOf(finding: Finding, { facts, config, now, repo }: LedgerLook): readonly string[] {
  const id = fingerprint(repo, finding);
  const judged = judgeConditions(facts, conditionsOf(config), now).find(
    (each) => fingerprint(repo, each.finding) === id,
  );
  if (judged !== undefined) return judged.answer.evidence.map(leafText);
  if (finding.outcome !== 'violated') return [];
  return finding.evidence.facts.map(({ label, value, unit }) => `${plainLine(label)}: ${formatQuantity(value, unit)}`);
}

const VERDICTS = { violated: 'it holds', ok: 'it does not hold', unknown: 'there is no answer' } as const;

function explanationText(explained: Explanation, now: Instant): string {
  const { rule, subject, outcome, state, episode, since, trueSince, leaves, notices, guess } = explained;
  const labels = Object.entries(explained.labels).map(([name, value]) => `${name}=${plainLine(value)}`);
  const stands = since === null ? state : `${state} since ${formatMoment(since)}, episode ${episode}`;
  return [
    `${plainLine(rule)}  ${plainLine(subject)}${labels.length === 0 ? '' : `  ${labels.join(' ')}`}  ${explained.fingerprint}`,
    `  at         ${formatMoment(now)}: ${VERDICTS[outcome]}`,
    `  because    ${plainLine(explained.reason, 600)}`,
    ...leaves.map((leaf) => `  value      ${plainLine(leaf, 300)}`),
    ...(trueSince === null ? [] : [`  holds      since ${formatMoment(trueSince)}, by the records`]),
    `  alert      ${stands}`,
    ...waitLine(explained),
    ...silenceLine(explained),
    ...(guess === null ? [] : guessLines(guess)),
    ...(notices.length === 0 ? ['  message    none: no alert is open'] : notices.map(noticeLine)),
    '',
  ].join('\n');
}

/** A model's words, marked as such. */
function guessLines({ text, confidence, evidence, model }: Guess): readonly string[] {
  const ids = evidence.map((id) => plainLine(id, 120));
  return [
    `  AI guess   ${plainLine(text, 600)}`,
    `             by the model ${plainLine(model)}, confidence ${confidence}; it rests on ${ids.join(', ')}`,
  ];
}

function waitLine({ leftMs, forMs }: Explanation): readonly string[] {
  if (leftMs === null) return [];
  const left = leftMs === 0 ? 'it fires at the next run' : `${formatDuration(leftMs)} are left`;
  return [`  waits      ${formatDuration(forMs)} before it fires; ${left}`];
}

function silenceLine({ silence }: Explanation): readonly string[] {
  if (silence === null) return [];
  const why = silence.reason === null ? '' : `: ${plainLine(silence.reason, 300)}`;
  return [`  silenced   by ${plainLine(silence.by)} until ${formatMoment(silence.until)}${why}`];
}

function noticeLine({ channel, reason, nextAt }: NoticeExplanation): string {
  const next = nextAt === null ? 'no next one is planned' : `the next one is due ${formatMoment(nextAt)}`;
  return `  message    ${channel === null ? '' : `${plainLine(channel)}: `}${reason}; ${next}`;
}
