import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import type { InitMark, ProbeMark } from '../../core/health.ts';
import { detailOf } from '../../core/session.ts';
import { after, DAY, type Duration, type Instant, latest } from '../../core/time.ts';
import { sessionMoment } from '../attempt.ts';

/** What is known about an MCP server besides the times of its calls. */
export interface ServerMark {
  /** When a session that had it or called it last began. */
  readonly lastSeenAt: Instant;
  /** Its state when sessions began, oldest first. */
  readonly inits: readonly InitMark[];
}

/** What health is judged by, besides rollups. */
export interface HealthState {
  readonly newest: Instant | null;
  /** By name. */
  readonly servers: Readonly<Record<string, ServerMark>>;
  /** Oldest first, by what they are about: `database`, `github-actions`, `mcp-server:NAME`. */
  readonly probes: Readonly<Record<string, readonly ProbeMark[]>>;
}

const KEPT = 20;
/** Anything older says nothing about the current state. */
const KEPT_FOR: Duration = 7 * DAY;
/**
 * At most this many servers and probes are kept apart, because anybody who writes a configuration or a transcript can make up
 * names.
 */
const MOST_NAMES = 200;

/** Keeps what sessions and probes said about servers, the ledger and GitHub Actions. */
export const healthFold: Fold<HealthState> = {
  initial: { newest: null, servers: {}, probes: {} },
  apply(state, events) {
    const relevant = events.filter(isRelevant);
    if (relevant.length === 0) return state;
    const draft: Draft = { newest: state.newest, servers: { ...state.servers }, probes: { ...state.probes } };
    for (const event of relevant) learn(draft, event);
    return forget(draft);
  },
};

/** The name that probes of the same thing are stored under. */
export function probeKey(probe: ProbeMark): string {
  return probe.what === 'mcp-server' ? `${probe.what}:${probe.name}` : probe.what;
}

interface Draft {
  newest: Instant | null;
  readonly servers: Record<string, ServerMark>;
  readonly probes: Record<string, readonly ProbeMark[]>;
}

type Relevant = EventOf<'session.recorded' | 'health.probed'>;

function isRelevant(event: LedgerEvent): event is Relevant {
  return event.kind === 'session.recorded' || event.kind === 'health.probed';
}

function learn(draft: Draft, event: Relevant): void {
  if (event.kind === 'session.recorded') {
    seeServers(draft, event);
    return;
  }
  draft.newest = latest(draft.newest ?? '', event.at);
  for (const probe of event.data.probes) {
    const mark: ProbeMark = { ...probe, at: event.at };
    const key = probeKey(mark);
    draft.probes[key] = inOrder([...(own(draft.probes, key) ?? []), mark]).slice(-KEPT);
  }
}

function seeServers(draft: Draft, event: EventOf<'session.recorded'>): void {
  const { session } = event.data;
  const at = sessionMoment(event);
  draft.newest = latest(draft.newest ?? '', at);
  const inits = new Map((detailOf(session).servers ?? []).map(({ name, status }) => [name, status]));
  const called = session.tools.flatMap(({ server }) => server ?? []);
  for (const name of new Set([...inits.keys(), ...called])) {
    const before = own(draft.servers, name);
    const status = inits.get(name);
    const marks = [...(before?.inits ?? []), ...(status === undefined ? [] : [{ at, status }])];
    draft.servers[name] = { lastSeenAt: latest(before?.lastSeenAt ?? '', at), inits: inOrder(marks).slice(-KEPT) };
  }
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function inOrder<Mark extends { readonly at: Instant }>(marks: readonly Mark[]): readonly Mark[] {
  return [...marks].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

/** Drops what is old, and if there are too many names, those seen longest ago. */
function forget({ newest, servers, probes }: Draft): HealthState {
  const oldest = newest === null ? '' : after(newest, -KEPT_FOR);
  return {
    newest,
    servers: newestNames(servers, ({ lastSeenAt }) => lastSeenAt, oldest),
    probes: newestNames(probes, (marks) => marks.at(-1)?.at ?? '', oldest),
  };
}

function newestNames<T>(
  table: Readonly<Record<string, T>>,
  seenAt: (value: T) => Instant,
  oldest: Instant,
): Readonly<Record<string, T>> {
  const kept = Object.entries(table).filter(([, value]) => seenAt(value) >= oldest);
  if (kept.length <= MOST_NAMES) return kept.length === Object.keys(table).length ? table : Object.fromEntries(kept);
  const byAge = kept.sort(([a, x], [b, y]) =>
    seenAt(y) < seenAt(x) ? -1 : seenAt(y) > seenAt(x) ? 1 : a < b ? -1 : 1,
  );
  return Object.fromEntries(byAge.slice(0, MOST_NAMES));
}
