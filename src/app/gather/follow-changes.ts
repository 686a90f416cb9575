import type { SeriesRequest } from '../../core/series-request.ts';
import { agentSubject, repositorySubject } from '../../core/subject.ts';
import { DAY, type Duration, dayOf } from '../../core/time.ts';
import type { Appended } from '../../ledger/port.ts';
import { CATALOGUE } from '../../metrics/catalogue.ts';
import { improvementFacts } from '../../metrics/improvements.ts';
import { NOTHING_READ, type ReadAhead } from '../../metrics/measured-series.ts';
import { samplesOf } from '../../metrics/samples.ts';
import { questionsOf } from '../../metrics/verdict/judge-change.ts';
import { isOfDays, isRecorded, type Sight } from '../../metrics/verdict/observe.ts';
import type { WatchJob } from '../job.ts';
import { readSeries } from '../judge/read-ahead.ts';
import { factsOf } from '../ledger/facts-of.ts';
import type { LedgerState } from '../state.ts';
import { changeEvents, judgeTerms } from './change-events.ts';

/** As far back as single sessions are kept. */
const LOOK_BACK: Duration = 60 * DAY;

type Following = Pick<WatchJob, 'repo' | 'now' | 'config' | 'ledger'>;

/**
 * Follows the changes of agents: records what came into force, what is judged, and which rollbacks helped. When nothing has
 * happened, nothing is written.
 * @throws OutsideFailure when the ledger cannot be read or written.
 */
export async function followChanges(job: Following, before: Appended<LedgerState>): Promise<Appended<LedgerState>> {
  const ahead = await seriesFor(job, before.state);
  const find = (state: LedgerState) => changeEvents(state, { ...job, sight: sightOf(job, state, ahead) });
  const found = find(before.state);
  if (found.length === 0) return before;
  // The ledger usually asks about the state it has just returned, and judging a change is too expensive to do twice.
  const followed = await job.ledger.append((state) => (state === before.state ? found : find(state)));
  return { ...followed, appended: [...before.appended, ...followed.appended] };
}

/** Reads only what somebody recorded: sessions are in the state. */
async function seriesFor(job: Following, state: LedgerState): Promise<ReadAhead> {
  const requests = improvementFacts(state.improvements, state.pulls).cases.flatMap(({ deployed, mark, hypothesis }) => {
    const at = deployed?.at ?? mark?.mergedAt ?? null;
    return at === null
      ? []
      : questionsOf({ at, hypothesis }, judgeTerms(job.config))
          .filter(({ metric }) => isRecorded(metric))
          .map(({ metric }) => requestOf(metric, hypothesis?.agent ?? null));
  });
  return requests.length === 0 ? NOTHING_READ : await readSeries(job, state.measures, () => requests);
}

function requestOf(metric: string, agent: string | null): SeriesRequest {
  return { metric, labels: agent === null ? {} : { agent }, step: 'day', lookBack: LOOK_BACK };
}

function sightOf({ repo, now }: Following, state: LedgerState, ahead: ReadAhead): Sight {
  const facts = factsOf(state, repo, now, ahead);
  return {
    samples: samplesOf(state.budgets.work, now),
    days: (metric, agent, from, to) => {
      if (!isOfDays(metric)) return [];
      const subject = agent === null ? repositorySubject(repo) : agentSubject(agent);
      const { points } = isRecorded(metric)
        ? facts.measured(requestOf(metric, agent))
        : facts.series(metric, subject, 'day', from, to);
      // The day of the change belongs to neither side: its value mixes both.
      return points.flatMap(({ at, aggregate }) =>
        aggregate === null || aggregate.count === 0 || at < from || dayOf(at) >= dayOf(to)
          ? []
          : [{ day: dayOf(at), observed: isMean(metric) ? aggregate.sum / aggregate.count : aggregate.sum }],
      );
    },
  };
}

/** Counts are summed by day. For everything else the mean of the day is taken. */
function isMean(metric: string): boolean {
  return CATALOGUE.find(({ name }) => name === metric)?.reduction !== 'sum';
}
