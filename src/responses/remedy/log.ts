import type { Fold } from '../../core/fold.ts';
import type { RemedyRecord } from '../../core/notice-record.ts';
import { after, DAY, type Instant } from '../../core/time.ts';

/** A decision about a remedy, and when it was made. */
export interface RemedyMark extends RemedyRecord {
  readonly at: Instant;
}

/** What was decided about remedies in the last days, oldest first. */
export type RemedyLog = readonly RemedyMark[];

/** A cooldown may last for a while, and an episode too. */
const KEPT = 30 * DAY;
const MOST = 500;

export const remediesFold: Fold<RemedyLog> = {
  initial: [],
  apply: (state, events) => {
    let log = state;
    for (const event of events) {
      if (event.kind !== 'remedy.decided') continue;
      const kept = log.filter(({ at }) => at >= after(event.at, -KEPT));
      log = [...kept, { ...event.data.remedy, at: event.at }].slice(-MOST);
    }
    return log;
  },
};
