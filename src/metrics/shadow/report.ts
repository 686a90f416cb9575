import type { WorkSession } from '../../core/budget.ts';
import type { Facts } from '../../core/facts.ts';
import type { ItemMark } from '../../core/item.ts';
import type { ShadowOutcome, ShadowReport, Spared, WouldHave } from '../../core/shadow.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';

/** Nobody leaves a stop that they did not ask for in force longer than this, so anything later is not counted. */
const LONGEST: Duration = DAY;

/** What enforce mode would have prevented. */
interface Work {
  readonly sessions: readonly WorkSession[];
  readonly merged: readonly ItemMark[];
}

/**
 * What enforce mode would have done since a moment, and what came of not doing it: what was spent is what it would have saved, and
 * what was completed and merged is the harm it would have done. Counted from when it was held back until it or its alert would have
 * ended, at most a day. Work already in progress is left out, so both are lower bounds.
 */
export function shadowReport(facts: Facts, from: Instant, now: Instant): ShadowReport {
  const held = facts.wouldHave.filter(({ at }) => at >= from && at <= now);
  const weighed = held.map((one) => weigh(facts, one, now));
  const outcomes = weighed.map(({ outcome }) => outcome);
  const rules = [...new Set(held.map(({ rule }) => rule))].sort();
  return {
    ...{ from, to: now, outcomes },
    rules: rules.map((rule) => ({ rule, ...together(weighed.filter(({ outcome }) => outcome.rule === rule)) })),
    all: together(weighed),
  };
}

interface Weighed {
  readonly outcome: ShadowOutcome;
  readonly work: Work;
}

function weigh(facts: Facts, held: WouldHave, now: Instant): Weighed {
  const episode = facts.episodes.find(
    (mark) => mark.fingerprint === held.fingerprint && (held.episode === null || mark.episode === held.episode),
  );
  const end = held.until ?? earlier(episode?.endedAt ?? null, after(held.at, LONGEST));
  const to = end < now ? end : now;
  const isTheirs = (agent: string | null): boolean => agent !== null && held.agents.includes(agent);
  const isThen = (at: Instant): boolean => at >= held.at && at < to;
  const work = {
    sessions: facts.budgets().sessions.filter(({ agent, at }) => isTheirs(agent) && isThen(at)),
    merged: facts.items.filter(
      ({ kind, agent, createdAt, mergedAt }) =>
        kind === 'pull' && isTheirs(agent) && isThen(createdAt) && mergedAt !== null && mergedAt <= now,
    ),
  };
  const outcome = { ...held, ...sparedBy(work), to, isOver: end <= now, verdict: episode?.verdict ?? null };
  return { outcome, work };
}

function earlier(a: Instant | null, b: Instant): Instant {
  return a !== null && a < b ? a : b;
}

function sparedBy({ sessions, merged }: Work): Spared {
  return {
    usd: sessions.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    unpriced: sessions.filter(({ usd }) => usd === null).length,
    sessions: sessions.length,
    completed: sessions.filter(({ completed }) => completed === true).length,
    merged: merged.length,
  };
}

function together(weighed: readonly Weighed[]): ShadowReport['all'] {
  const sessions = new Map(weighed.flatMap(({ work }) => work.sessions.map((one) => [one.id, one] as const)));
  const merged = new Map(weighed.flatMap(({ work }) => work.merged.map((one) => [one.number, one] as const)));
  return {
    ...sparedBy({ sessions: [...sessions.values()], merged: [...merged.values()] }),
    times: weighed.length,
    falseAlarms: weighed.filter(({ outcome }) => outcome.verdict === 'false_alarm').length,
  };
}
