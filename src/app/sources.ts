import type { Config } from '../config/schema.ts';
import type { Instant } from '../core/time.ts';
import type { GitHub } from '../github/port.ts';
import { gatherRuns } from '../sources/actions-runs/fetch.ts';
import { gatherAgents } from '../sources/agents/fetch.ts';
import { gatherArtifacts } from '../sources/artifacts/fetch.ts';
import { watermarkOf } from '../sources/progress.ts';
import { gatherFiles } from '../sources/session-files/fetch.ts';
import type { Source } from './job.ts';

interface Moment {
  readonly repo: string;
  readonly now: Instant;
}

export interface GitHubSources {
  readonly github: GitHub;
  readonly config: Config;
  readonly moment: Moment;
  readonly namedRuns: readonly number[];
}

const MEGABYTE = 1_024 * 1_024;

/** What is read of a repository, in the order in which one needs the other: agents, their runs, the records they left. */
export function gitHubSources({ github, config, moment, namedRuns }: GitHubSources): readonly Source[] {
  const { now } = moment;
  return [
    {
      name: 'agents',
      gather: (state) => gatherAgents({ github, now, state: state.agents, configured: config.agents }),
    },
    {
      name: 'actions-runs',
      gather: (state) => {
        const marks = Object.values(state.recent.runs);
        const unfinished = marks.filter(({ status }) => status !== 'completed').map(({ run }) => run);
        return gatherRuns({
          github,
          now,
          agents: state.agents.agents,
          watermark: watermarkOf(state.sources, 'actions-runs'),
          known: (run, attempt) => state.recent.runs[`${run}:${attempt}`]?.status ?? null,
          also: [...new Set([...namedRuns, ...unfinished])],
          lookBack: config.collect.look_back,
        });
      },
    },
    {
      name: 'artifacts',
      gather: (state) =>
        gatherArtifacts({
          github,
          now,
          awaited: Object.values(state.recent.runs).filter(
            ({ telemetry, status }) => telemetry === 'awaited' && status === 'completed',
          ),
          maxBytes: config.collect.max_artifact_mb * MEGABYTE,
          maxRequests: config.collect.max_requests,
        }),
    },
  ];
}

/** Session files of this machine. */
export function fileSource(
  order: { readonly sessions: readonly string[]; readonly agent: string | null },
  moment: Moment,
): Source {
  return { name: 'session-files', gather: () => gatherFiles({ ...moment, globs: order.sessions, agent: order.agent }) };
}
