import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import type { Certainty } from '../../core/outcome.ts';
import { outcomeOfRun } from '../../core/run.ts';
import { detailOf, type Session, type SessionDetail, type SessionReading } from '../../core/session.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, type Instant, MINUTE } from '../../core/time.ts';
import type { AbsenceReason } from '../../core/work-events.ts';
import type { SourceMoment } from '../progress.ts';

/** The clock of a runner may differ from GitHub's by this much. */
const SKEW = 10 * MINUTE;

/**
 * The sessions of an attempt of a run as events. `tellers` are all who tell of them: two accounts of one session count once, and the better
 * known one stays.
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

/** That an attempt of a run left no readable account, and why. `detail` is one line in our own words. */
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

/** A record that cannot tell whether it is whole is none when its run was ended from outside. */
function boundDetail(mark: RunMark, reading: SessionReading): SessionDetail {
  const detail = detailOf(reading);
  const ended = mark.conclusion === 'cancelled' || mark.conclusion === 'timed_out';
  return detail.cutOff === null && ended && reading.outcome === 'unknown' ? { ...detail, cutOff: true } : detail;
}

/** A runner that is used again may still hold the record of an earlier run: what ended before this run began is not its own. */
export function isLeftover(mark: RunMark, { startedAt, endedAt }: SessionReading): boolean {
  const last = endedAt ?? startedAt;
  return last !== null && last < beginOf(mark);
}

/** What happened before this moment cannot be of the run. */
export function beginOf({ startedAt }: RunMark): Instant {
  return after(startedAt, -SKEW);
}

/** What ran beside the agent could have written any time; one that lies outside the run is no answer. */
function withinRun(instant: Instant | null, mark: RunMark): Instant | null {
  if (instant === null) return null;
  return instant >= beginOf(mark) && instant <= after(mark.updatedAt, SKEW) ? instant : null;
}

/** A record that does not tell how it ended was cut off by whatever ended the run. */
function boundOutcome(mark: RunMark, reading: SessionReading): Session['outcome'] {
  const cutOff = mark.conclusion === 'cancelled' || mark.conclusion === 'timed_out';
  return reading.outcome === 'unknown' && cutOff ? outcomeOfRun(mark.conclusion) : reading.outcome;
}

const RANK: Readonly<Record<Certainty, number>> = { exact: 0, estimate: 1, lower_bound: 2, partial: 3, unknown: 4 };

/** Each session once: where two who tell of a run know of the same one, the better known of both accounts stays. */
function withoutTwins(tellers: readonly (readonly SessionReading[])[]): readonly SessionReading[] {
  let kept: readonly SessionReading[] = [];
  for (const told of tellers.map(eachExecutionOnce)) {
    const fresh = told.filter((reading) => !kept.some((other) => isSameSession(other, reading)));
    kept = [...kept.flatMap((reading) => betterAccount(reading, kept, told)), ...fresh];
  }
  return kept;
}

/** What stays of a session in the place of `reading`, of which `kept` and `told` may hold several executions. */
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

/** One who tells may have several records of one execution; of a session that was gone on with within the run there are several. */
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

/** A record that does not tell all may be of the same execution as one that does. */
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

/** The engine's own result comes first, however well the sums of another record are known; of equals the one that holds more. */
function isBetterKnown(a: SessionReading, b: SessionReading): boolean {
  const isReported = (reading: SessionReading): boolean => reading.reportedCost.usd !== null;
  if (isReported(a) !== isReported(b)) return isReported(a);
  const byTokens = RANK[a.state.tokens] - RANK[b.state.tokens];
  const byCost = RANK[a.state.cost] - RANK[b.state.cost];
  const byAmount = (b.tokens.total ?? 0) - (a.tokens.total ?? 0);
  return (byTokens || byCost || byAmount) < 0;
}
