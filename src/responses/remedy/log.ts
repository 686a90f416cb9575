import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import type { RemedyAnswer, RemedyRecord, RemedyRerun, RemedyRun } from '../../core/notice-record.ts';
import { after, DAY, type Instant } from '../../core/time.ts';

/** The state of a re-run, and since when. */
export interface RerunMark extends Pick<RemedyRerun, 'state' | 'why'> {
  readonly at: Instant;
}

/** A decision about a remedy, when it was made, and what came of it. */
export interface RemedyMark extends RemedyRecord {
  readonly at: Instant;
  /** The last answer of a lead; left out if nobody answered. */
  readonly answer?: RemedyAnswer;
  /** By `RUN.ATTEMPT`: the re-runs that were requested or refused; left out if there are none. */
  readonly reruns?: Readonly<Record<string, RerunMark>>;
}

/** Recent decisions about remedies, oldest first. */
export type RemedyLog = readonly RemedyMark[];

/** Cooldowns and episodes may both last a while. */
const KEPT = 30 * DAY;
const MOST = 500;

export const remediesFold: Fold<RemedyLog> = {
  initial: [],
  apply: (state, events) => events.filter(isRelevant).reduce(fold, state),
};

/** Identifies a run and its attempt within one remedy. */
export function runKey({ run, attempt }: Pick<RemedyRun, 'run' | 'attempt'>): string {
  return `${run}.${attempt}`;
}

/** The last decision about one kind of remedy in one episode. */
export function lastMark(
  log: RemedyLog,
  { fingerprint, episode }: Pick<RemedyRecord, 'fingerprint' | 'episode'>,
  kind: RemedyRecord['do'],
): RemedyMark | undefined {
  return log.findLast((one) => one.fingerprint === fingerprint && one.episode === episode && one.do === kind);
}

type Relevant = EventOf<'remedy.decided' | 'remedy.answered' | 'remedy.rerun'>;

function isRelevant(event: LedgerEvent): event is Relevant {
  return event.kind === 'remedy.decided' || event.kind === 'remedy.answered' || event.kind === 'remedy.rerun';
}

function fold(log: RemedyLog, event: Relevant): RemedyLog {
  switch (event.kind) {
    case 'remedy.decided': {
      const kept = log.filter(({ at }) => at >= after(event.at, -KEPT));
      return [...kept, { ...event.data.remedy, at: event.at }].slice(-MOST);
    }
    case 'remedy.answered': {
      const { answer } = event.data;
      return changed(log, answer, (mark) => ({ ...mark, answer }));
    }
    case 'remedy.rerun': {
      const { rerun } = event.data;
      const { state, why } = rerun;
      return changed(log, rerun, (mark) => ({
        ...mark,
        reruns: { ...mark.reruns, [runKey(rerun)]: { state, why, at: event.at } },
      }));
    }
    default:
      return event satisfies never;
  }
}

/** The log with the last decision of that kind in that episode changed; the same log if there is none. */
function changed(
  log: RemedyLog,
  of: Pick<RemedyRecord, 'fingerprint' | 'episode' | 'do'>,
  change: (mark: RemedyMark) => RemedyMark,
): RemedyLog {
  const last = lastMark(log, of, of.do);
  return last === undefined ? log : log.map((one) => (one === last ? change(one) : one));
}
