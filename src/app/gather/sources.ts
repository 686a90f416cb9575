import type { Config } from '../../config/schema.ts';
import type { RunSign } from '../../core/authorship-signs.ts';
import { attempt } from '../../core/failure.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import { attemptKey } from '../../metrics/attempt.ts';
import { workPieces } from '../../metrics/waste/pieces.ts';
import type { WorkState } from '../../metrics/work-state.ts';
import { openReruns } from '../../responses/rerun/follow.ts';
import { gatherRuns } from '../../sources/actions-runs/fetch.ts';
import { withParents } from '../../sources/actions-runs/parents.ts';
import { runsToAskAgain } from '../../sources/actions-runs/unfinished.ts';
import { gatherAgents } from '../../sources/agents/fetch.ts';
import { gatherSessions } from '../../sources/artifacts/fetch.ts';
import { zipReader } from '../../sources/artifacts/zip-reader.ts';
import { gatherBuilds } from '../../sources/builds/fetch.ts';
import { gatherChecks } from '../../sources/checks/fetch.ts';
import { gatherTalk } from '../../sources/comments/talk.ts';
import { NO_SPOOLED, type SpooledRecords } from '../../sources/guard-record/guard-book.ts';
import { gatherItems } from '../../sources/items/fetch.ts';
import { watermarkOf } from '../../sources/progress.ts';
import { gatherPulls } from '../../sources/pulls/fetch.ts';
import { guardBook } from '../guard/book.ts';
import type { Source, WatchJob } from '../job.ts';
import type { World } from '../shell/world.ts';
import { validationSource } from './validations.ts';

interface Moment {
  readonly repo: string;
  readonly now: Instant;
}

export interface GitHubSources {
  readonly github: GitHub;
  readonly config: Config;
  readonly moment: Moment;
  readonly namedRuns: readonly number[];
  /** Whether comments are read here, because people's commands are not answered. */
  readonly talk: boolean;
  /** The spool of this machine, where records of guards may wait; null when there is none, or when nothing may change. */
  readonly spool: string | null;
}

const MEGABYTE = 1_024 * 1_024;

/** What judging and telling in one run may need in addition to the stop's reserve. */
const MARGIN = 50;

/** What is read of a repository, in order of dependency: agents, their runs, the records they left. */
export function gitHubSources({ github, config, moment, namedRuns, talk, spool }: GitHubSources): readonly Source[] {
  const { now } = moment;
  return [
    {
      name: 'agents',
      gather: (state) => gatherAgents({ github, now, state: state.agents, configured: config.agents }),
    },
    {
      name: 'actions-runs',
      gather: async (state) => {
        const marks = Object.values(state.recent.runs);
        const unfinished = runsToAskAgain(marks, now);
        const gathered = await gatherRuns({
          github,
          now,
          agents: state.agents.agents,
          watermark: watermarkOf(state.sources, 'actions-runs'),
          known: (run, attempt) => state.recent.runs[attemptKey(run, attempt)]?.status ?? null,
          also: [...new Set([...namedRuns, ...openReruns(state.remedies), ...unfinished])],
          lookBack: config.collect.look_back,
        });
        return { ...gathered, events: withParents(gathered.events, marks, state.agents.files) };
      },
    },
    artifactsSource(github, config, moment, spool),
    itemsSource(github, config, moment),
    pullsSource(github, config, moment),
    ...(config.builds.enabled && config.builds.checks ? [checksSource({ github, config, moment })] : []),
    ...(config.builds.enabled ? [buildsSource({ github, config, moment })] : []),
    ...(talk ? [talkSource(github, moment)] : []),
    validationSource(github.rollback, moment),
  ];
}

function artifactsSource(github: GitHub, config: Config, { now }: Moment, spool: string | null): Source {
  return {
    name: 'artifacts',
    gather: async (state) => {
      const spooled = await spooledIn(spool, now);
      const gathered = await gatherSessions({
        github,
        now,
        runs: Object.values(state.recent.runs),
        ...zipReader(now, config.prices),
        guards: guardBook(state),
        spooled,
        agentJobs: (workflow) => state.agents.files.find(({ path }) => path === workflow)?.sign?.jobs ?? [],
        maxBytes: config.collect.max_artifact_mb * MEGABYTE,
        maxRequests: config.collect.max_requests,
        reserve: config.stop.reserve + MARGIN,
      });
      return { ...gathered, remembered: async () => spooled.remove(gathered.events) };
    },
  };
}

async function spooledIn(spool: string | null, now: Instant): Promise<SpooledRecords> {
  if (spool === null) return NO_SPOOLED;
  return (await import('../../sources/guard-record/spooled.ts')).spooledRecords(spool, now);
}

function itemsSource({ items }: GitHub, config: Config, moment: Moment): Source {
  return {
    name: 'items',
    gather: (state) =>
      gatherItems({
        items,
        moment,
        sources: state.sources,
        runs: Object.values(state.recent.runs),
        lookBack: config.collect.look_back,
        ownLabel: config.issues.labels[0] ?? 'checkrein',
      }),
  };
}

function buildsSource({ github, config, moment }: Omit<GitHubSources, 'namedRuns' | 'talk' | 'spool'>): Source {
  const { workflows, errors, analysers, max_runs: mostRuns } = config.builds;
  return {
    name: 'builds',
    gather: (state) =>
      gatherBuilds({
        ...{ builds: github.builds, moment, sources: state.sources, workflows, errors, analysers, mostRuns },
        agents: state.agents.agents.map(({ workflow }) => workflow),
        canAfford: affordable(github, config),
      }),
  };
}

/** Pull requests and their heads come from the source before this one. */
function checksSource({ github, config, moment }: Pick<GitHubSources, 'github' | 'config' | 'moment'>): Source {
  return {
    name: 'checks',
    gather: ({ sources, pulls: { pulls } }) =>
      gatherChecks({ api: github.checks, moment, sources, pulls, canAfford: affordable(github, config) }),
  };
}

/** Whether this many requests leave enough for the stop, and for this run's judging and telling. */
function affordable(github: GitHub, { stop }: Config): (requests: number) => boolean {
  return (requests) => (github.usage().remaining ?? requests) >= requests + stop.reserve + MARGIN;
}

/** The author of a pull request is determined from the known runs and agents, so this source comes after them. */
function pullsSource(github: GitHub, config: Config, moment: Moment): Source {
  return {
    name: 'pulls',
    gather: (state) => {
      const apps = new Map(state.items.items.map(({ number, app }) => [number, app]));
      const around = {
        runs: runSigns(state.budgets.work, moment.now),
        agents: state.agents.agents,
        appOf: (number: number): string | null => apps.get(number) ?? null,
        machines: config.reviews.machines,
        known: new Map(state.pulls.pulls.map((pull) => [pull.number, pull])),
      };
      const { look_back: lookBack } = config.collect;
      return gatherPulls({ api: github.pullReviews, moment, sources: state.sources, lookBack, around });
    },
  };
}

function runSigns(work: WorkState, now: Instant): readonly RunSign[] {
  return workPieces(work, now).flatMap(({ run, agent, at, endedAt }) =>
    run === null ? [] : [{ run, agent, startedAt: at, endedAt }],
  );
}

function talkSource({ people }: GitHub, moment: Moment): Source {
  return {
    name: 'talk',
    gather: (state) => gatherTalk({ people, moment, sources: state.sources, known: state.comments }),
  };
}

/** Session files on this machine. */
export function fileSource(order: FileOrder, { prices }: Config, moment: Moment): Source {
  const { sessions, agent, progress } = order;
  return {
    name: 'session-files',
    gather: async (state) => {
      const { gatherFiles } = await import('../../sources/session-files/fetch.ts');
      const reading = (done: number, total: number): void => progress('reading session files', done, total);
      return gatherFiles({ ...moment, state: state.files, globs: sessions, agent, prices, progress: reading });
    },
  };
}

/** The spool of this machine. Not a source anybody waits for: it may or may not exist. */
export function spoolSource(folder: string, moment: Moment, { now, sleep }: Pick<World, 'now' | 'sleep'>): Source {
  return {
    name: 'spool',
    gather: async () => {
      const { takeSpool } = await import('../../sources/spool/take.ts');
      const taken = await attempt(() => takeSpool(folder, moment, { now, sleep }));
      if (!taken.ok) return { events: [], complaints: [`${taken.failure.message}. ${taken.failure.remedy}.`] };
      const { events, complaints, remove } = taken.value;
      return { events, complaints, remembered: remove };
    },
  };
}

interface FileOrder {
  readonly sessions: readonly string[];
  readonly agent: string | null;
  readonly progress: WatchJob['progress'];
}
