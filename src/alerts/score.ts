import type { Severity } from '../core/outcome.ts';
import { type Subject, subjectKey } from '../core/subject.ts';
import { after, between, type Duration, type Instant } from '../core/time.ts';
import type { Unit } from '../core/unit.ts';

/** An alert that became active, and what became of it. */
export interface Firing {
  readonly fingerprint: string;
  readonly episode: number;
  readonly rule: string;
  readonly subject: Subject;
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: Severity;
  /** When the condition was first seen true. */
  readonly since: Instant;
  /** When people would have been notified; for a quiet one, when it became active. */
  readonly at: Instant;
  /** Null while it is active. */
  readonly endedAt: Instant | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly unit: Unit;
  readonly reason: string;
  /** True if nobody would have been notified: another alert told the story, or it was not severe enough for an issue. */
  readonly quiet: boolean;
}

/** Something that people say did or did not happen. */
export interface Verdict {
  /** False for something that was reported but was no incident. */
  readonly incident: boolean;
  /** Null if it is about no agent in particular. */
  readonly subject: Subject | null;
  readonly from: Instant;
  /** Null while it lasts. */
  readonly to: Instant | null;
  /** The rule that reported it, if the verdict is about an alert. */
  readonly rule: string | null;
  /** What people call it. */
  readonly kind: string | null;
}

/** How firings are compared with verdicts. */
export interface ScoreTerms {
  /** An alert is in time if it comes no later than this after the end of the incident. */
  readonly latency: Duration;
  /** An alert may come this much before the start that people wrote down: one look. */
  readonly slack: Duration;
  /** True if the incidents are complete. Then every other firing is a false alarm. */
  readonly complete: boolean;
}

/** An incident, and the first firing in time that reports it. */
export interface Met {
  readonly verdict: Verdict;
  readonly firing: Firing | null;
  /** From the incident's start; 0 if the alert was there before it. */
  readonly delay: Duration | null;
}

export interface Score {
  readonly incidents: readonly Met[];
  /** Firings within an incident, the first or not. */
  readonly right: readonly Firing[];
  readonly wrong: readonly Firing[];
  /** Firings that nobody has judged. */
  readonly unjudged: readonly Firing[];
  /** The share of right firings among the judged ones; null if none is judged. */
  readonly accuracy: number | null;
  /** The share of incidents found; null if there are none. */
  readonly recall: number | null;
  /** The delays of those that were found, in order. */
  readonly delays: readonly Duration[];
}

/** Rules about what Checkrein itself can see and do. True or not, they report no incident of an agent. */
const OF_OURSELVES: ReadonlySet<string> = new Set(['blind', 'late', 'drill', 'telemetry', 'health']);

/**
 * Event-wise, without point adjustment: an incident is found if an alert about its subject, or about the whole repository, becomes
 * active between its start (less one look) and its end plus the latency. One continuing alert is one, however long it lasts.
 */
export function scoreFirings(firings: readonly Firing[], verdicts: readonly Verdict[], terms: ScoreTerms): Score {
  const own = firings.filter(({ rule, quiet }) => !quiet && !OF_OURSELVES.has(rule));
  const incidents = verdicts.filter(({ incident }) => incident).map((verdict) => meet(verdict, own, terms));
  const falsehoods = verdicts.filter(({ incident }) => !incident);
  const sorted = { right: [] as Firing[], wrong: [] as Firing[], unjudged: [] as Firing[] };
  for (const firing of own) {
    if (falsehoods.some((verdict) => isOf(firing, verdict, terms))) sorted.wrong.push(firing);
    else if (incidents.some(({ verdict }) => isOf(firing, verdict, terms))) sorted.right.push(firing);
    else sorted[terms.complete ? 'wrong' : 'unjudged'].push(firing);
  }
  const found = incidents.flatMap(({ delay }) => delay ?? []);
  const judged = sorted.right.length + sorted.wrong.length;
  return {
    incidents,
    ...sorted,
    accuracy: judged === 0 ? null : sorted.right.length / judged,
    recall: incidents.length === 0 ? null : found.length / incidents.length,
    delays: found.sort((a, b) => a - b),
  };
}

function meet(verdict: Verdict, firings: readonly Firing[], terms: ScoreTerms): Met {
  const [firing = null] = firings.filter((one) => isOf(one, verdict, terms)).sort((a, b) => (a.at < b.at ? -1 : 1));
  return { verdict, firing, delay: firing === null ? null : Math.max(0, between(verdict.from, firing.at)) };
}

function isOf(firing: Firing, { incident, subject, rule, from, to }: Verdict, { latency, slack }: ScoreTerms): boolean {
  if (rule !== null && !incident && rule !== firing.rule) return false;
  if (subject !== null && !isAbout(firing.subject, subject, incident)) return false;
  return firing.at >= after(from, -slack) && (to === null || firing.at <= after(to, latency));
}

/** What is said about the whole repository is also about its agents. A false alarm is about its own subject. */
function isAbout(firing: Subject, subject: Subject, incident: boolean): boolean {
  return subjectKey(firing) === subjectKey(subject) || (incident && firing.kind === 'repository');
}

/** The median of sorted numbers; null if there are none. */
export function middleOf(sorted: readonly number[]): number | null {
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
