import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import type { Certainty } from '../../core/outcome.ts';
import { outcomeOfRun } from '../../core/run.ts';
import { detailOf, type Session, type SessionDetail, type SessionReading } from '../../core/session.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, type Instant, MINUTE } from '../../core/time.ts';
import type { AbsenceReason } from '../../core/work-events.ts';
import type { SourceMoment } from '../progress.ts';

/** A runner's clock may differ from GitHub's by this much. */
const SKEW = 10 * MINUTE;

/**
 * The sessions of an attempt as events. `tellers` are all sources that report them. Two accounts of one session count once, and the
 * more certain one stays.
 */
export function sessionEvents(
  mark: RunMark,
  tellers: readonly (readonly SessionReading[])[],
  job: string | null,
  moment: SourceMoment,
): readonly LedgerEvent[] {
  return withoutTwins(tellers).map((reading, index): LedgerEvent => {
    const session = boundSession(mark, reading, job, index + 1);
    return {
      v: 1,
      id: session.id,
      kind: 'session.recorded',
      at: session.startedAt ?? mark.startedAt,
      seen: moment.now,
      repo: moment.repo,
      subject: agentSubject(mark.agent),
      data: { session },
    };
  });
}

/** The event that an attempt left no readable account, and why. `detail` is one line in our own words. */
export function absentEvent(
  mark: RunMark,
  reason: AbsenceReason,
  detail: string,
  moment: SourceMoment,
): EventOf<'session.absent'> {
  const { run, attempt, agent } = mark;
  return {
    v: 1,
    id: `absent:${run}:${attempt}`,
    kind: 'session.absent',
    at: mark.startedAt,
    seen: moment.now,
    repo: moment.repo,
    subject: agentSubject(agent),
    data: { run, attempt, agent, outcome: outcomeOfRun(mark.conclusion), reason, detail },
  };
}

function boundSession(mark: RunMark, reading: SessionReading, job: string | null, number: number): Session {
  return {
    ...reading,
    id: `session:${mark.run}:${mark.attempt}:${number}`,
    agent: mark.agent,
    workflow: mark.workflow,
    run: mark.run,
    attempt: mark.attempt,
    job,
    startedAt: withinRun(reading.startedAt, mark),
    endedAt: withinRun(reading.endedAt, mark),
    outcome: boundOutcome(mark, reading),
    detail: boundDetail(mark, reading),
  };
}

/** A record that may be incomplete counts as cut off if its run was ended from outside. */
function boundDetail(mark: RunMark, reading: SessionReading): SessionDetail {
  const detail = detailOf(reading);
  const ended = mark.conclusion === 'cancelled' || mark.conclusion === 'timed_out';
  return detail.cutOff === null && ended && reading.outcome === 'unknown' ? { ...detail, cutOff: true } : detail;
}

/** A reused runner may still hold the record of an earlier run. Whatever ended before this run began is not its own. */
export function isLeftover(mark: RunMark, { startedAt, endedAt }: SessionReading): boolean {
  const last = endedAt ?? startedAt;
  return last !== null && last < beginOf(mark);
}

/** Anything before this moment cannot belong to the run. */
export function beginOf({ startedAt }: RunMark): Instant {
  return after(startedAt, -SKEW);
}

/** Code that ran next to the agent could have written any time, so a time outside the run is discarded. */
function withinRun(instant: Instant | null, mark: RunMark): Instant | null {
  if (instant === null) return null;
  return instant >= beginOf(mark) && instant <= after(mark.updatedAt, SKEW) ? instant : null;
}

/** A record without an ending was cut off by whatever ended the run. */
function boundOutcome(mark: RunMark, reading: SessionReading): Session['outcome'] {
  const cutOff = mark.conclusion === 'cancelled' || mark.conclusion === 'timed_out';
  return reading.outcome === 'unknown' && cutOff ? outcomeOfRun(mark.conclusion) : reading.outcome;
}

const RANK: Readonly<Record<Certainty, number>> = { exact: 0, estimate: 1, lower_bound: 2, partial: 3, unknown: 4 };

/** Each session once. If two sources report the same session, the more certain account stays. */
function withoutTwins(tellers: readonly (readonly SessionReading[])[]): readonly SessionReading[] {
  let kept: readonly SessionReading[] = [];
  for (const told of tellers.map(eachExecutionOnce)) {
    const fresh = told.filter((reading) => !kept.some((other) => isSameSession(other, reading)));
    kept = [...kept.flatMap((reading) => betterAccount(reading, kept, told)), ...fresh];
  }
  return kept;
}

/** What replaces `reading`, of which `kept` and `told` may hold several executions. */
function betterAccount(
  reading: SessionReading,
  kept: readonly SessionReading[],
  told: readonly SessionReading[],
): readonly SessionReading[] {
  const [ours, theirs] = [kept, told].map((all) => all.filter((other) => isSameSession(other, reading)));
  const [other] = theirs ?? [];
  if (ours === undefined || theirs === undefined || other === undefined) return [reading];
  if (ours.length === 1 && theirs.length === 1) return [isBetterKnown(other, reading) ? other : reading];
  if (theirs.length <= ours.length) return [reading];
  return ours[0] === reading ? theirs : [];
}

/**
 * Removes duplicates within one source, which may have several records of one execution. A session continued within the run has
 * several executions, which all stay.
 */
function eachExecutionOnce(readings: readonly SessionReading[]): readonly SessionReading[] {
  const kept: SessionReading[] = [];
  for (const reading of readings) {
    const twin = kept.findIndex((other) => isSameSession(other, reading) && !areTwoExecutions(other, reading));
    const other = kept[twin];
    if (other === undefined) kept.push(reading);
    else if (isBetterKnown(reading, other)) kept[twin] = reading;
  }
  return kept;
}

/** The formats in which each record is what one process printed when it ended. */
const PRINTED_AT_END: readonly string[] = ['claude-execution', 'gemini-output'];

/** An incomplete record may belong to the same execution as a complete one. */
function areTwoExecutions(a: SessionReading, b: SessionReading): boolean {
  if (a.format !== b.format || !PRINTED_AT_END.includes(a.format)) return false;
  if (!isWhole(a) || !isWhole(b)) return false;
  return a.tokens.total !== b.tokens.total || a.reportedCost.usd !== b.reportedCost.usd || a.turns !== b.turns;
}

function isWhole({ detail, tokens, state }: SessionReading): boolean {
  return detail?.cutOff !== true && tokens.total !== null && (state.tokens === 'exact' || state.tokens === 'estimate');
}

function isSameSession(a: SessionReading, b: SessionReading): boolean {
  return a.engineSession !== null && a.engineSession === b.engineSession && a.engine === b.engine;
}

/** Prefers the engine's own result, however certain another record's sums are. Among equals the one with more in it wins. */
function isBetterKnown(a: SessionReading, b: SessionReading): boolean {
  const isReported = (reading: SessionReading): boolean => reading.reportedCost.usd !== null;
  if (isReported(a) !== isReported(b)) return isReported(a);
  const byTokens = RANK[a.state.tokens] - RANK[b.state.tokens];
  const byCost = RANK[a.state.cost] - RANK[b.state.cost];
  const byAmount = (b.tokens.total ?? 0) - (a.tokens.total ?? 0);
  return (byTokens || byCost || byAmount) < 0;
}
