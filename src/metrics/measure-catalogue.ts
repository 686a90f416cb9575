import type { Unit } from '../core/unit.ts';

/** A measure kept by minute, hour and day in addition to the catalogue's metrics, as docs/metrics.md shows it. */
export interface MeasureDoc {
  /** As a query names it; `*` if programs choose the name. */
  readonly name: string;
  readonly unit: Unit | 'any';
  /** The labels that keep sets of values apart. */
  readonly labels: string;
  /** The events it comes from. */
  readonly source: string;
  /** What one observation is. */
  readonly observation: string;
  /** When an observation counts as unknown. */
  readonly unknownWhen: string;
  /** False if only count, sum, minimum and maximum are kept. */
  readonly hasQuantiles: boolean;
}

const OF_SESSION = { labels: 'agent, where it is known', source: 'session.recorded', hasQuantiles: true };
const OF_TOOL = { labels: 'server (not for the tools of the engine itself), tool', source: 'session.recorded' };
const TRACKED = { source: 'metrics.recorded, from track()', hasQuantiles: true, unknownWhen: 'never' };

const REPORTED = { source: 'metrics.recorded, from `record report`', unknownWhen: 'never', hasQuantiles: true };
const BUILT = {
  source: 'metrics.recorded, from the builds of the repository',
  unknownWhen: 'never',
  hasQuantiles: true,
};

/** The measures from src/sources/reports and src/sources/builds. */
const OF_REPORTS: readonly MeasureDoc[] = [
  {
    ...REPORTED,
    name: 'report.tests',
    unit: 'ratio',
    source:
      'metrics.recorded, from `record report`, and from check runs of pull requests of agents whose title counts tests',
    labels: 'those given to `record`; of check runs: check, agent',
    observation: 'A test that was run: 1 where it passed, 0 where it failed, so the mean is the pass rate.',
  },
  {
    ...REPORTED,
    name: 'report.tests.skipped',
    unit: 'count',
    labels: 'those given to `record`',
    observation: 'Tests that the reports of one `record` skipped.',
  },
  {
    ...REPORTED,
    name: 'report.tests.duration',
    unit: 'ms',
    labels: 'those given to `record`',
    observation: 'Time of all tests of the reports of one `record`.',
  },
  {
    ...REPORTED,
    name: 'report.lint',
    unit: 'count',
    labels: 'tool, level (error, warning, note), those given to `record`',
    observation: 'Open results of an analyser.',
  },
  {
    ...REPORTED,
    name: 'report.benchmark',
    unit: 'any',
    labels: 'benchmark, better (smaller, bigger), unit, those given to `record`',
    observation: 'A result of a benchmark.',
  },
  {
    ...BUILT,
    name: 'ci.runs',
    unit: 'ratio',
    labels: 'workflow, trigger',
    observation: 'A build: 1 where it succeeded, 0 where it failed. One that was cancelled or skipped is neither.',
  },
  {
    ...BUILT,
    name: 'ci.checks',
    source: 'metrics.recorded, from the check runs of pull requests of agents',
    unit: 'ratio',
    labels: 'check (its name), agent, where it is known',
    observation:
      'A check run on a head: 1 where it succeeded, 0 where it failed. One that was cancelled, skipped or neutral is neither.',
  },
  {
    ...BUILT,
    name: 'ci.duration',
    unit: 'ms',
    labels: 'workflow, trigger',
    observation: 'From the start of the first job of a build that succeeded to the end of its last.',
  },
  { ...BUILT, name: 'ci.queue', unit: 'ms', labels: 'workflow', observation: 'How long a job waited for a runner.' },
  {
    ...BUILT,
    name: 'ci.job.duration',
    unit: 'ms',
    labels: 'workflow, job',
    observation: 'How long a job took that succeeded.',
  },
  {
    ...BUILT,
    name: 'ci.step.duration',
    unit: 'ms',
    labels: 'workflow, job, step',
    observation: 'How long a step took that succeeded; steps below a second are left out.',
  },
  {
    ...BUILT,
    name: 'ci.errors',
    unit: 'count',
    labels: 'workflow, error (its class)',
    observation: 'A failure that a job annotated, as 1.',
  },
];

/** The measures that src/metrics/measured.ts reads from sessions, and src/sources/spool/sum.ts from what programs recorded. */
export const MEASURES: readonly MeasureDoc[] = [
  {
    ...OF_SESSION,
    name: 'session.cost',
    unit: 'usd',
    observation: 'The cost of a session, reported by the engine or else priced from tokens.',
    unknownWhen: 'the cost of the session is not known',
  },
  {
    ...OF_SESSION,
    name: 'session.tokens',
    unit: 'tokens',
    observation: 'All tokens of a session.',
    unknownWhen: 'the record of the session does not tell them',
  },
  {
    ...OF_SESSION,
    name: 'session.duration',
    unit: 'ms',
    observation: 'The wall time of a session.',
    unknownWhen: 'the record of the session does not tell it',
  },
  {
    ...OF_TOOL,
    name: 'session.tool.errors',
    unit: 'ratio',
    observation: 'A call of a tool in a session: 1 where it failed, else 0, so the mean is the rate of errors.',
    unknownWhen: 'never',
    hasQuantiles: false,
  },
  {
    ...OF_TOOL,
    name: 'session.tool.latency',
    unit: 'ms',
    observation: 'How long a call of a tool in a session took.',
    unknownWhen: 'the record of the session does not time the call',
    hasQuantiles: true,
  },
  { ...TRACKED, name: 'tool.latency', unit: 'ms', labels: 'server, tool', observation: 'How long a call took.' },
  {
    ...TRACKED,
    name: 'tool.errors',
    unit: 'ratio',
    labels: 'server, tool',
    observation: 'A call: 1 where it failed, else 0, so the mean is the rate of errors.',
  },
  {
    ...TRACKED,
    name: 'tool.failures',
    unit: 'count',
    labels: 'server, tool, error (its class)',
    observation: 'A call that failed, as 1.',
  },
  {
    ...TRACKED,
    name: 'tool.resource.latency',
    unit: 'ms',
    labels: 'server, tool, resource',
    observation: 'How long a call that named a resource took.',
  },
  {
    ...TRACKED,
    name: 'track.dropped',
    unit: 'count',
    labels: 'none',
    observation: 'How many calls a program had no room for, each time that it could tell.',
  },
  {
    ...TRACKED,
    name: 'spool.unreadable',
    unit: 'count',
    labels: 'none',
    source: 'metrics.recorded, from the spool',
    observation: 'How many lines of the spool were damaged or none of ours, each time that it was taken in.',
  },
  {
    name: 'event.recorded',
    unit: 'count',
    labels: 'type',
    source: 'event.recorded',
    observation: 'An event that a workflow or person recorded, as 1.',
    unknownWhen: 'never',
    hasQuantiles: true,
  },
  ...OF_REPORTS,
  {
    name: '*',
    unit: 'any',
    labels: 'up to 8 of your own',
    source: 'metrics.recorded, from `record` or the spool',
    observation:
      'A value of a metric that a workflow or program recorded under a name of its own. A name below session, event, tool, track, spool, report, ci or checkrein is refused.',
    unknownWhen: 'never',
    hasQuantiles: true,
  },
];
