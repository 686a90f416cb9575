import { advanceAlerts } from '../../alerts/advance.ts';
import { type AlertBook, alertsFold } from '../../alerts/book.ts';
import { heedMarks, type MarkTerms } from '../../alerts/marks.ts';
import { POLICIES } from '../../alerts/policy.ts';
import type { Firing } from '../../alerts/score.ts';
import type { Config } from '../../config/schema.ts';
import type { AlertChange, AlertFacts } from '../../core/alert.ts';
import type { EventKind, LedgerEvent } from '../../core/event.ts';
import type { Facts } from '../../core/facts.ts';
import type { Finding } from '../../core/finding.ts';
import { compareSeverity, reaches, type Severity } from '../../core/outcome.ts';
import type { LabelSets, SeriesRequest } from '../../core/series-request.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, type Duration, type Instant } from '../../core/time.ts';
import { witnessed } from '../../metrics/attempt.ts';
import { measuring } from '../../metrics/measures.ts';
import { RULES } from '../../rules/registry.ts';
import { askRules } from '../judge/ask-rules.ts';
import { readSeries } from '../judge/read-ahead.ts';
import { factsOf } from '../ledger/facts-of.ts';
import { type LedgerState, stateFold } from '../state.ts';
import { type MeasureBook, measureBook } from './measure-book.ts';

/** What was learned between two looks, and the moment of the second. */
export interface Stretch {
  readonly now: Instant;
  readonly events: readonly LedgerEvent[];
}

/** A judge whose answers are replayed: the rules as configured, the rules with another setting, or a control. */
export interface Judge {
  readonly name: string;
  /** The series it will ask for. */
  needs(labelSets: LabelSets): readonly SeriesRequest[];
  ask(facts: Facts, now: Instant): readonly Finding[];
}

/** Asks all rules, as `watch` does under a configuration. */
export function allRules(name: string, config: Config): Judge {
  return {
    name,
    needs: (labelSets) => RULES.flatMap((rule) => rule.needs?.(config.rules[rule.name], labelSets) ?? []),
    ask: (facts, now) => askRules(facts, config, now),
  };
}

/** What a judge would have reported, in that order. */
export interface Replayed {
  readonly name: string;
  readonly firings: readonly Firing[];
}

/** The repository of the ledger, and the severity from which an issue is opened (`issues.min_severity`). */
export interface ReplayTerms {
  readonly repo: string;
  readonly least: Severity;
  /** How much more is required after people have marked an alert as false; null to ignore marks. */
  readonly marks: MarkTerms | null;
}

/** The result of a replay. */
export interface Replay {
  readonly looks: number;
  readonly events: number;
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly judges: readonly Replayed[];
}

/** Events about what we said and did when it was live. A replay must not know them. */
const OUR_OWN: ReadonlySet<string> = new Set<EventKind>([
  'alert.changed',
  'alert.acknowledged',
  'alert.unacknowledged',
  'silence.set',
  'silence.ended',
  'silence.matched',
  'silence.unmatched',
  'anomaly.found',
  'response.claimed',
  'response.applied',
]);

/** The looks that were taken: at each run of `watch`, what the ledger held by then. */
export async function* asWatched(events: AsyncIterable<LedgerEvent> | Iterable<LedgerEvent>): AsyncGenerator<Stretch> {
  let waiting: LedgerEvent[] = [];
  for await (const event of events) {
    if (!OUR_OWN.has(event.kind)) waiting.push(event);
    if (event.kind !== 'watch.ran') continue;
    yield { now: event.at, events: waiting };
    waiting = [];
  }
}

/** A schedule of looks that were never taken. */
export interface Grid {
  readonly every: Duration;
  /** The first look; null for the moment when something was first known. */
  readonly from: Instant | null;
  /** The last look is not after this moment. What was learned later, by a clock that ran ahead, is not replayed. */
  readonly to: Instant;
}

/**
 * Looks at regular intervals. An event is known at the first look by which it and every event before it in the ledger were
 * learned, so the ledger's order is kept.
 */
export async function* onGrid(
  events: AsyncIterable<LedgerEvent> | Iterable<LedgerEvent>,
  { every, from, to }: Grid,
): AsyncGenerator<Stretch> {
  let waiting: LedgerEvent[] = [];
  let next = from;
  for await (const event of events) {
    if (event.seen > to) continue;
    next ??= after(event.seen, every);
    for (; event.seen > next; next = after(next, every)) {
      yield { now: next, events: waiting };
      waiting = [];
    }
    if (!OUR_OWN.has(event.kind)) waiting.push(event);
  }
  for (; next !== null && next <= to; next = after(next, every)) {
    yield { now: next, events: waiting };
    waiting = [];
  }
}

/**
 * The events as if each had been learned when it happened, for history that was read into a ledger afterwards. A run or a session
 * could have been known when it ended.
 */
export function asItHappened(events: readonly LedgerEvent[]): readonly LedgerEvent[] {
  const moved = events.map((event): LedgerEvent => ({ ...event, seen: knowableAt(event) }));
  return moved.sort((a, b) => (a.seen < b.seen ? -1 : Number(a.seen > b.seen)));
}

function knowableAt(event: LedgerEvent): Instant {
  const seen = endOf(event);
  // The record of a session is written by its own job, so an end later than the time it was read is not believed.
  return seen !== null && seen >= event.at && seen <= event.seen ? seen : witnessed(event);
}

function endOf(event: LedgerEvent): Instant | null {
  switch (event.kind) {
    case 'run.completed':
      return event.data.run.updatedAt;
    case 'session.recorded':
      return event.data.session.endedAt;
    default:
      return null;
  }
}

/**
 * Lets judges answer again at each look, each with its own book of alerts. Nothing learned after a look is known at it: the
 * replay of a prefix of the stretches is a prefix of the replay.
 * @param heard is called after each look.
 */
export async function replay(
  stretches: AsyncIterable<Stretch> | Iterable<Stretch>,
  judges: readonly Judge[],
  terms: ReplayTerms,
  heard: () => void = () => undefined,
): Promise<Replay> {
  const desks = judges.map((judge) => ({ judge, book: alertsFold.initial, firings: new Map<string, Draft>() }));
  const told = { looks: 0, events: 0, from: null as Instant | null, to: null as Instant | null };
  const book = measureBook();
  let state = stateFold.initial;
  for await (const { now, events } of stretches) {
    book.add(measuring.rows(state.measures, events));
    state = stateFold.apply(state, events);
    const facts = await factsAt({ state, book, judges }, terms.repo, now);
    const look = { now, ...terms };
    for (const desk of desks) desk.book = hear(desk, heed(desk.judge.ask(facts, now), state, look), look);
    told.looks += 1;
    told.events += events.length;
    told.from ??= now;
    told.to = now;
    heard();
  }
  return {
    ...told,
    judges: desks.map(({ judge, firings }) => ({ name: judge.name, firings: [...firings.values()] })),
  };
}

interface Scene {
  readonly state: LedgerState;
  readonly book: MeasureBook;
  readonly judges: readonly Judge[];
}

/** The facts as `watch` would build them from this state, with the series any of the judges asks for. */
async function factsAt({ state, book, judges }: Scene, repo: string, now: Instant): Promise<Facts> {
  const ahead = await readSeries({ repo, now, ledger: book }, state.measures, (labelSets) =>
    judges.flatMap((judge) => judge.needs(labelSets)),
  );
  return factsOf(state, repo, now, ahead);
}

/** Applies people's marks as `watch` did, as far as they were set by then. */
function heed(
  findings: readonly Finding[],
  { marks }: LedgerState,
  { now, repo, marks: terms }: Look,
): readonly Finding[] {
  return terms === null ? findings : heedMarks(findings, marks, { repo, now, terms });
}

/** Whether nobody is told about this alert on its own. */
function isQuiet({ explainedBy, severity }: AlertFacts, least: Severity): boolean {
  return explainedBy !== null || !reaches(severity, least);
}

interface Look extends ReplayTerms {
  readonly now: Instant;
}

type Draft = { -readonly [K in keyof Firing]: Firing[K] };

interface Desk {
  readonly judge: Judge;
  book: AlertBook;
  readonly firings: Map<string, Draft>;
}

function hear({ book, firings }: Desk, findings: readonly Finding[], look: Look): AlertBook {
  const { now, repo } = look;
  const changes = advanceAlerts(book, findings, { now, repo, policies: POLICIES });
  for (const change of changes) note(firings, change, look);
  return alertsFold.apply(
    book,
    changes.map((change) => changeEvent(change, repo, now)),
  );
}

function note(firings: Map<string, Draft>, change: AlertChange, { now, least }: Look): void {
  const key = `${change.fingerprint}#${change.episode}`;
  switch (change.kind) {
    case 'activated': {
      const { fingerprint, episode, name: rule, subject, labels, since, facts } = change;
      const { severity, value, limit, unit, reason } = facts;
      const said = { severity, value, limit, unit, reason, quiet: isQuiet(facts, least) };
      firings.set(key, { fingerprint, episode, rule, subject, labels, since, at: now, endedAt: null, ...said });
      return;
    }
    case 'updated': {
      const firing = firings.get(key);
      if (firing === undefined) return;
      const { severity, value, reason } = change.facts;
      // An alert that was quiet so far is reported from now on: this is when people hear of it.
      if (firing.quiet && !isQuiet(change.facts, least))
        Object.assign(firing, { quiet: false, at: now, value, reason });
      if (compareSeverity(severity, firing.severity) > 0) firing.severity = severity;
      return;
    }
    case 'resolved': {
      const firing = firings.get(key);
      if (firing !== undefined) firing.endedAt = now;
      return;
    }
    case 'pending':
    case 'clearing':
    case 'holding':
    case 'dropped':
      return;
    default:
      change satisfies never;
  }
}

function changeEvent(change: AlertChange, repo: string, now: Instant): LedgerEvent {
  const id = `alert:${change.fingerprint}:${change.episode}:${change.kind}:${now}`;
  const subject = repositorySubject(repo);
  return { v: 1, id, kind: 'alert.changed', at: now, seen: now, repo, subject, data: { change } };
}
