import type { Bottleneck, Profiled } from '../../core/profile.ts';
import { formatNumber, formatQuantity } from '../../core/quantity.ts';

/** With fewer calls, nothing is said about a tool. */
const ENOUGH_CALLS = 20;
/** Below this total waiting time, nothing is worth the work. */
const LEAST_AT_STAKE_MS = 60_000;
const MOST = 10;

type Look = (tool: Profiled) => Omit<Bottleneck, 'server' | 'tool'> | null;

/** The places where most is lost, most first. Pure. */
export function bottlenecksOf(tools: readonly Profiled[]): readonly Bottleneck[] {
  return tools
    .filter(({ calls }) => calls >= ENOUGH_CALLS)
    .flatMap((tool) =>
      LOOKS.flatMap((look) => {
        const found = look(tool);
        return found === null ? [] : [{ ...found, server: tool.server, tool: tool.tool ?? '' }];
      }),
    )
    .filter(({ kind, atStakeMs }) => kind === 'failing' || (atStakeMs ?? 0) >= LEAST_AT_STAKE_MS)
    .sort((a, b) => (b.atStakeMs ?? 0) - (a.atStakeMs ?? 0))
    .slice(0, MOST);
}

const FAILING = 0.1;
const SLOWER = 1.5;
const TAIL = 10;
const SHARE = 0.4;
const CHATTY_CALLS_PER_HOUR = 60;
const SHORT_MS = 500;

const failing: Look = ({ calls, errors, errorRate, totalMs, untimed }) => {
  if (errorRate === null || errorRate < FAILING) return null;
  const mean = totalMs === null ? null : totalMs / (calls - untimed);
  return {
    kind: 'failing',
    evidence: `${formatNumber(errors)} of ${formatNumber(calls)} calls failed (${formatQuantity(errorRate, 'ratio')}).`,
    recommendation:
      'Look at the class of the errors in `ingest`: each failed call is waited for, paid for and mostly tried again.',
    atStakeMs: mean === null ? null : mean * errors,
  };
};

const slower: Look = ({ p95Ms, before, trend, totalMs }) => {
  if (trend.p95 === null || trend.p95 < SLOWER || before === null || before.calls < ENOUGH_CALLS) return null;
  return {
    kind: 'slower',
    evidence: `Its 95th percentile rose from ${formatQuantity(before.p95Ms, 'ms')} to ${formatQuantity(p95Ms, 'ms')}.`,
    recommendation:
      'See what changed since: a release of the server, larger answers, a limit of the service behind it.',
    atStakeMs: totalMs === null ? null : totalMs * (1 - 1 / trend.p95),
  };
};

const tail: Look = ({ p50Ms, p95Ms, p99Ms, calls, untimed }) => {
  if (p50Ms === null || p95Ms === null || p99Ms === null || p50Ms === 0 || p99Ms < TAIL * p50Ms) return null;
  return {
    kind: 'tail',
    evidence: `Half of the calls take at most ${formatQuantity(p50Ms, 'ms')}, one in a hundred ${formatQuantity(p99Ms, 'ms')} or more.`,
    recommendation: 'Give it a time limit near its 95th percentile, and have a call that is cut off tried once more.',
    // One call in twenty is above the 95th percentile, and at least one in a hundred is as far up as the 99th.
    atStakeMs: (calls - untimed) * 0.01 * (p99Ms - p95Ms),
  };
};

const share: Look = ({ share: part, totalMs, calls, untimed }) => {
  if (part === null || totalMs === null || part < SHARE) return null;
  const mean = totalMs / (calls - untimed);
  return {
    kind: 'share',
    evidence: `It takes ${formatQuantity(part, 'ratio')} of the time of all tools: ${formatNumber(calls)} calls of ${formatQuantity(mean, 'ms')} on average.`,
    recommendation:
      'Start here: keep its answers where the same is asked again, ask for less at once, or let calls run side by side.',
    atStakeMs: totalMs / 2,
  };
};

const chatty: Look = ({ callsPerHour, p95Ms, totalMs, calls }) => {
  if (callsPerHour < CHATTY_CALLS_PER_HOUR || p95Ms === null || p95Ms > SHORT_MS || totalMs === null) return null;
  return {
    kind: 'chatty',
    evidence: `It is called ${formatNumber(callsPerHour)} times an hour (${formatNumber(calls)} in all), each for at most ${formatQuantity(p95Ms, 'ms')}.`,
    recommendation: 'Offer a call that takes many at once: each call also costs a turn of the model.',
    atStakeMs: totalMs / 2,
  };
};

const LOOKS: readonly Look[] = [failing, slower, tail, share, chatty];
