import type { Unit } from '../core/unit.ts';
import { OF_IMPROVEMENTS } from './catalogue-improvements.ts';
import { OF_OPINIONS } from './catalogue-opinions.ts';
import { OF_MEASURES } from './catalogue-quality.ts';
import { OF_REVIEWS } from './catalogue-reviews.ts';
import { OF_SERVERS } from './catalogue-servers.ts';
import { UNMEASURED } from './catalogue-unmeasured.ts';
import { OF_WASTE } from './catalogue-waste.ts';
import type { MetricDoc } from './metric-doc.ts';

const RUNS = 'run.started, run.completed';
const SESSIONS = 'session.recorded, session.absent (not when skipped)';

const NOTHING_PROVEN =
  'nothing was observed in the period and a source fails or was never read, so that zero is not proven';
const NO_OUTCOME = `${NOTHING_PROVEN}; or no session of the period has a known outcome`;
const NO_AMOUNT = `${NOTHING_PROVEN}; or no session of the period has a known value. With some unknown it is a lower bound`;
const NO_MEAN = 'no session of the period has a known value';

function runs(name: string, fold: string): MetricDoc {
  return { name, unit: 'runs', reduction: 'sum', source: RUNS, fold, unknownWhen: NOTHING_PROVEN };
}

function sessions(name: string, fold: string, unknownWhen: string): MetricDoc {
  return { name, unit: 'sessions', reduction: 'sum', source: SESSIONS, fold, unknownWhen };
}

function tokens(kind: string, fold: string): MetricDoc {
  const name = `sessions.tokenUsage.${kind}`;
  return { name, unit: 'tokens', reduction: 'sum', source: SESSIONS, fold, unknownWhen: NO_AMOUNT };
}

function perSession(name: string, unit: Unit, reduction: 'sum' | 'mean', fold: string): MetricDoc {
  const unknownWhen = reduction === 'sum' ? NO_AMOUNT : NO_MEAN;
  return { name: `sessions.${name}`, unit, reduction, source: SESSIONS, fold, unknownWhen };
}

function violations(name: string, fold: string): MetricDoc {
  const source = 'violation.found';
  return { name: `violations.${name}`, unit: 'count', reduction: 'sum', source, fold, unknownWhen: NOTHING_PROVEN };
}

function drill(name: string, fold: string): MetricDoc {
  const unknownWhen = 'no live drill was held, or the last one did not come that far';
  return { name: `drill.${name}`, unit: 'ms', reduction: 'last drill', source: 'drill.ran', fold, unknownWhen };
}

function forecast(ahead: 'day' | 'week'): MetricDoc {
  return {
    name: `budgets.forecast.${ahead}Error`,
    unit: 'ratio',
    reduction: 'forecasts',
    source: 'forecast.made, forecast.scored',
    fold: `How far the forecasts of a ${ahead} were out: the median of |forecast - came| / the greater of the two, over the forecasts of the last 35 days of all budgets of a week or a month.`,
    unknownWhen: `no forecast of a ${ahead} could be held against what came yet`,
  };
}

/**
 * Everything that is measured. The numbers at the top of `metrics` are for the repository on the current UTC day, those below
 * `month` for the current UTC month so far. `agents.<name>` has the same for each agent.
 */
export const CATALOGUE: readonly MetricDoc[] = [
  sessions(
    'sessions.total',
    'Sessions that ended, by the start of the session (else of its run). A finished run without a readable record counts as one session of unknown cost and tokens, unless it was skipped.',
    NOTHING_PROVEN,
  ),
  {
    name: 'sessions.active',
    unit: 'runs',
    reduction: 'now',
    source: RUNS,
    fold: 'Runs of agents that have started or wait and have not ended, at this moment; for at most 35 days.',
    unknownWhen: 'a source fails or was never read',
  },
  sessions('sessions.completed', 'Sessions that ended well.', NO_OUTCOME),
  sessions(
    'sessions.failed',
    'Sessions that failed or timed out. A session that a limit stopped or a person cancelled has not failed.',
    NO_OUTCOME,
  ),
  sessions('sessions.timedOut', 'The part of sessions.failed that timed out.', NO_OUTCOME),
  sessions('sessions.cancelled', 'Sessions that somebody or something cancelled.', NO_OUTCOME),
  sessions('sessions.stoppedByLimit', 'Sessions that a limit of turns or money stopped.', NO_OUTCOME),
  {
    name: 'sessions.failureRate',
    unit: 'ratio',
    reduction: 'mean',
    source: SESSIONS,
    fold: 'sessions.failed divided by the sessions of a known outcome.',
    unknownWhen: 'no session of the period has a known outcome',
  },
  sessions(
    'sessions.estimated',
    'Sessions that were cut off before they told their end, or whose cost is for another reason an estimate or a lower bound.',
    NOTHING_PROVEN,
  ),
  {
    name: 'sessions.averageDuration',
    unit: 'ms',
    reduction: 'mean',
    source: SESSIONS,
    fold: 'Mean wall time of the sessions.',
    unknownWhen: NO_MEAN,
  },
  perSession('averageApiDuration', 'ms', 'mean', 'Mean time that the answers of the API took together, by session.'),
  perSession('toolCalls', 'count', 'sum', 'Calls of tools.'),
  perSession('toolErrors', 'count', 'sum', 'Calls of tools that failed.'),
  perSession('denials', 'count', 'sum', 'Calls of tools that were not allowed.'),
  {
    name: 'mcpOptimization.toolErrorRate',
    unit: 'ratio',
    reduction: 'tool errors',
    source: SESSIONS,
    fold: 'sessions.toolErrors divided by sessions.toolCalls.',
    unknownWhen: 'no call of a tool is known in the period',
  },
  {
    name: 'mcpOptimization.callsPerSession',
    unit: 'count',
    reduction: 'tool calls',
    source: SESSIONS,
    fold: 'sessions.toolCalls divided by the sessions whose calls are known.',
    unknownWhen: NO_MEAN,
  },
  tokens('input', 'Sum of input tokens, without those that came from or went to the cache.'),
  tokens('output', 'Sum of output tokens.'),
  tokens('cacheRead', 'Sum of tokens read from the cache.'),
  tokens('cacheWrite', 'Sum of tokens written to the cache, for 5 minutes and for 1 hour.'),
  tokens('total', 'Sum of all tokens.'),
  {
    name: 'sessions.tokenUsage.cost',
    unit: 'usd',
    reduction: 'sum',
    source: SESSIONS,
    fold: 'Sum of the cost of the sessions: reported by the engine, else priced from tokens. What a flat plan covers costs 0.',
    unknownWhen: NO_AMOUNT,
  },
  {
    name: 'sessions.tokenUsage.unknownCost',
    unit: 'sessions',
    reduction: 'unknown cost',
    source: SESSIONS,
    fold: 'Sessions of the period whose cost is not known, so that the cost is a lower bound.',
    unknownWhen: NOTHING_PROVEN,
  },
  runs('runs.started', 'Attempts of agent runs by their start; a re-run is another attempt.'),
  runs('runs.completed', 'Attempts that ended, however they ended, by their start.'),
  runs('runs.failed', 'Attempts that ended with failure, startup_failure or timed_out.'),
  runs('runs.cancelled', 'Attempts that were cancelled.'),
  runs('runs.skipped', 'Attempts in which every job was skipped: they spent nothing.'),
  violations(
    'readOnlyViolations',
    'Sessions in which an agent that may change nothing changed something, or might have.',
  ),
  violations(
    'scopeViolations',
    'Sessions that used a tool or a server, or changed a file, that their agent may not; those that were refused a tool or had no guard too.',
  ),
  violations('resourceLimitViolations', 'Sessions above a limit of money, tokens or turns of the configuration.'),
  violations('timeoutViolations', 'Sessions that timed out or took longer than they may.'),
  violations(
    'tamperingViolations',
    'Jobs of agents in which what the guard or the meter said does not fit what GitHub or another record says.',
  ),
  violations('total', 'All violations; a session may be in several of them.'),
  drill('timeToDetect', 'From the start of the canary until its run was seen.'),
  drill('timeToStop', 'From the decision to stop the canary until none of its runs was left.'),
  {
    name: 'alerts.accuracy',
    unit: 'ratio',
    reduction: 'judged alerts',
    source: 'alert.changed, alert.acknowledged, alert.marked, alert.unmarked',
    fold: 'Of the alerts of the last 90 days that people judged, the share that was right: acknowledged, and not marked as false.',
    unknownWhen: 'nobody has acknowledged an alert or marked one as false in that time',
  },
  drill('timeToRecover', 'From the decision to resume the canary until it was seen active again.'),
  forecast('day'),
  forecast('week'),
  ...OF_REVIEWS,
  ...OF_IMPROVEMENTS,
  ...OF_OPINIONS,
  ...OF_WASTE,
  ...OF_SERVERS,
  ...OF_MEASURES,
  ...UNMEASURED,
];

/** The period of a catalogue metric in words: which branches of the tree have it and what they cover. */
export function windowWords({ reduction }: MetricDoc): string {
  switch (reduction) {
    case 'sum':
    case 'mean':
    case 'unknown cost':
    case 'tool errors':
    case 'tool calls':
      return 'the current UTC day; below `month` the UTC month; below `last24h` the last 24 hours, by full hours';
    case 'now':
    case 'review queue':
      return 'this moment';
    case 'reviews':
      return 'the current UTC day; below `month` the UTC month';
    case 'last drill':
      return 'the last drill';
    case 'judged alerts':
    case 'improvements':
    case 'opinions':
      return 'the last 90 days';
    case 'forecasts':
      return 'the forecasts that could be held against what came';
    case 'calls':
      return 'the last 24 hours, by full hours';
    case 'waste':
      return 'the last 28 days';
    case 'measures':
      return 'the last seven UTC days';
    case 'none':
      return 'none';
    default:
      return reduction satisfies never;
  }
}
