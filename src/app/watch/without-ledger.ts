import { fingerprint } from '../../alerts/identity.ts';
import { episodeThread } from '../../alerts/join-notices.ts';
import { muteOf } from '../../alerts/mute.ts';
import { levelsOf, routeOf } from '../../alerts/route.ts';
import { canonicalJson } from '../../core/canonical.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { attempt, type Failure } from '../../core/failure.ts';
import { type Finding, NO_EVIDENCE } from '../../core/finding.ts';
import { sha256 } from '../../core/hash.ts';
import type { Delivery, Notice, NoticeAlert } from '../../core/notice.ts';
import { STATE_UNAVAILABLE } from '../../core/own-voice.ts';
import { repositorySubject } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { after, DAY, dayOf, toMs } from '../../core/time.ts';
import { toldIssues, toldWhat } from '../../responses/without-ledger/issue.ts';
import type { ToldAlone } from '../../responses/without-ledger/record.ts';
import { gather } from '../gather/gather.ts';
import type { WatchJob } from '../job.ts';
import { askRules } from '../judge/ask-rules.ts';
import { liveOn } from '../judge/live-on.ts';
import { muteInput, noticeTerms, runbookOf } from '../judge/notice-input.ts';
import { readAhead } from '../judge/read-ahead.ts';
import { factsOf } from '../ledger/facts-of.ts';
import { type LedgerState, stateFold } from '../state.ts';
import { sendOne } from '../tell/tell.ts';

/** The result of reporting without a ledger. */
export interface ToldWithoutLedger {
  /** Whether the ledger is unusable: it cannot be read or written. */
  readonly isAway: boolean;
  /** A sentence for each channel that was not told. */
  readonly complaints: readonly string[];
  /** For a ledger these can wait for: the first run that has it tells the same channels that it is over. */
  readonly events: readonly LedgerEvent[];
  /** The messages without the receivers' answers, for when no ledger can take anything in. */
  readonly alone: readonly ToldAlone[];
}

type Violated = Extract<Finding, { outcome: 'violated' }>;

/** What is wrong with a ledger. */
interface Trouble {
  readonly failure: Failure;
  /** Its content when it can be read but not written; null when it cannot be read. */
  readonly state: LedgerState | null;
}

/**
 * Tells the channels that the ledger cannot be read or written, and what is critical as far as it can be seen that way. If nobody
 * knows what was told before, the key of each message is its rule and the day: a receiver that knows keys shows it once a day.
 * The others get it once a day as long as an issue of ours remembers that. Nothing is resolved here, and nothing that is not
 * critical is reported. Does nothing if the ledger can be used after all.
 * @param unwritten why it could not be written, if that is what went wrong.
 */
export async function tellWithoutLedger(
  job: WatchJob,
  failure: Failure,
  unwritten: Failure | null = null,
): Promise<ToldWithoutLedger> {
  const { deliver } = job;
  const trouble = await troubleOf(job, failure, unwritten);
  if (deliver === null || trouble === null) return { isAway: trouble !== null, complaints: [], events: [], alone: [] };
  const findings = [unavailable(trouble), ...(await criticalNow(job, trouble))];
  const complaints: string[] = [];
  const events: LedgerEvent[] = [];
  const alone: ToldAlone[] = [];
  for (const one of await untold(
    job,
    findings.flatMap((finding) => toBeTold(finding, job)),
  )) {
    const notice = noticeOf(one, job.repo);
    const delivery = await sendOne(deliver, notice, null);
    events.push(...toldEvents(job, notice, delivery));
    if (delivery.ok || delivery.unsure) alone.push({ ...one, arrived: delivery.ok });
    if (!delivery.ok) {
      complaints.push(`the channel ${plainLine(notice.channel)} was not told: ${plainLine(delivery.error, 300)}`);
    }
  }
  return { isAway: true, complaints, events, alone };
}

/** Null when it can be read, and what could not be written is not its fault. */
async function troubleOf({ ledger }: WatchJob, failure: Failure, unwritten: Failure | null): Promise<Trouble | null> {
  const read = await attempt(() => ledger.read());
  if (!read.ok) return { failure, state: null };
  return unwritten === null ? null : { failure: unwritten, state: read.value.state };
}

/**
 * Leaves out what the same channel has heard within a day, as far as an issue of ours remembers. An unreadable issue holds
 * nothing back.
 */
async function untold({ issues, config, now }: WatchJob, wanted: readonly ToldAlone[]): Promise<readonly ToldAlone[]> {
  if (issues === null || wanted.length === 0) return wanted;
  const found = await attempt(() => toldIssues(issues, config.issues.labels[0] ?? 'checkrein'));
  if (!found.ok) return wanted;
  const lately = found.value.flatMap(({ told }) => told.filter(({ arrived, at }) => arrived && at > after(now, -DAY)));
  const known = new Set(lately.map(toldWhat));
  return wanted.filter((one) => !known.has(toldWhat(one)));
}

/** What was reported without a ledger, for the ledger once it is back, so that its next look ends it. */
export function eventsOfTold(told: readonly ToldAlone[], repo: string): readonly LedgerEvent[] {
  return told.flatMap((one) => {
    const unsure: Delivery = { ok: false, error: 'nothing came back', retry: true, unsure: true, waitFor: null };
    const delivery: Delivery = one.arrived ? { ok: true, receiver: {} } : unsure;
    return toldEvents({ repo, now: one.at }, noticeOf(one, repo), delivery);
  });
}

/** What was reported, as a ledger keeps it. The same message may go out at each run: each time counts. */
function toldEvents(
  { repo, now }: Pick<WatchJob, 'repo' | 'now'>,
  notice: Notice,
  delivery: Delivery,
): readonly LedgerEvent[] {
  const { key } = notice;
  const base = { v: 1, at: now, seen: now, repo, subject: repositorySubject(repo) } as const;
  const planned: LedgerEvent = { ...base, id: `notice:${key}:${now}`, kind: 'notice.planned', data: { notice } };
  if (delivery.ok) {
    const data = { key, receiver: delivery.receiver };
    return [planned, { ...base, id: `notice-sent:${key}:${now}`, kind: 'notice.sent', data }];
  }
  // It is not retried from the ledger: by then it is over, or reported as an episode of its own.
  const { error, unsure, retry } = delivery;
  const data = { key, because: retry ? 'given_up' : 'refused', error, unsure } as const;
  return [planned, { ...base, id: `notice-dead:${key}:${now}`, kind: 'notice.dead', data }];
}

function unavailable({ failure: { message, remedy }, state }: Trouble): Violated {
  const what = state === null ? 'cannot be read' : 'can be read but not be written';
  return {
    rule: STATE_UNAVAILABLE.name,
    subject: { kind: 'checkrein', name: 'ledger' },
    labels: {},
    value: null,
    limit: null,
    unit: 'count',
    outcome: 'violated',
    severity: 'critical',
    reason: `The ledger ${what}, so that alerts do not live on: ${plainLine(message, 300)}. ${plainLine(remedy, 300)}`,
    evidence: NO_EVIDENCE,
    explainedBy: null,
  };
}

/** What rules say, given what can be gathered at this moment. */
async function criticalNow(job: WatchJob, { state: known }: Trouble): Promise<readonly Violated[]> {
  const before = known ?? stateFold.initial;
  const gathered = await attempt(() => gather(job, before, []));
  if (!gathered.ok) return [];
  const state = stateFold.apply(before, gathered.value.events);
  const { repo, now, config } = job;
  // No rollups are known when they are in what cannot be read.
  const ledger = known === null ? { measures: async () => [] } : job.ledger;
  const ahead = await attempt(() => readAhead({ repo, now, config, ledger }, state));
  if (!ahead.ok) return [];
  const findings = askRules(factsOf(state, repo, now, ahead.value), config, now);
  const critical = findings.flatMap((finding) =>
    finding.outcome === 'violated' && finding.severity === 'critical' ? [finding] : [],
  );
  if (known === null) return critical;
  const begun = begunNow(job, state, findings);
  return critical.filter((finding) => begun.has(fingerprint(repo, finding)));
}

/** The alerts that begin at this look and are not muted. People were told of earlier ones when the ledger could be written. */
function begunNow(job: WatchJob, state: LedgerState, findings: readonly Finding[]): ReadonlySet<string> {
  const { alerts: book } = liveOn(job, state, findings);
  const mute = muteInput(job, book);
  const begun = Object.values(book.alerts).filter((alert) => {
    const before = state.alerts.alerts[alert.fingerprint];
    return alert.state === 'active' && before?.state !== 'active' && muteOf(alert, mute) === null;
  });
  return new Set(begun.map((alert) => alert.fingerprint));
}

/** One for each channel. */
function toBeTold(finding: Violated, job: WatchJob): readonly ToldAlone[] {
  const terms = noticeTerms(job);
  const [first] = levelsOf({ name: finding.rule, facts: { ...finding } }, terms);
  const channels = [
    ...(first?.channels ?? []),
    ...(first?.contacts ?? []).flatMap((person) => terms.contacts[person] ?? []),
  ];
  const { rule, subject, labels, severity, value, limit, unit, reason } = finding;
  const runbook = routeOf(terms, rule).runbook ?? runbookOf(rule, job.home);
  const said = { rule, subject, labels, severity, value, limit, unit, reason, runbook };
  return [...new Set(channels)].map((channel) => ({ ...said, channel, at: job.now, arrived: false }));
}

function noticeOf(told: ToldAlone, repo: string): Notice {
  const { channel, at } = told;
  const alert = alertOf(told, repo);
  const key = sha256(canonicalJson([repo, alert.fingerprint, dayOf(at), channel, 'without-ledger']));
  const thread = episodeThread(repo, channel, alert);
  const base = { key, thread, channel, kind: 'trigger', because: 'first', repo, at } as const;
  return { ...base, group: null, alerts: [alert], more: 0, lines: ['Told without the ledger: this may be known.'] };
}

function alertOf({ channel: _, arrived: _arrived, rule, at, ...facts }: ToldAlone, repo: string): NoticeAlert {
  return {
    ...facts,
    fingerprint: fingerprint(repo, { rule, subject: facts.subject, labels: facts.labels }),
    episode: -Math.floor(toMs(at) / DAY),
    name: rule,
    state: 'active',
    level: 0,
    since: at,
    endedAt: null,
    issue: null,
  };
}
