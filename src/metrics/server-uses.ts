import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import { keptName } from '../core/redact.ts';
import type { ServerUse } from '../core/server-use.ts';
import { after, DAY, type Duration, type Instant } from '../core/time.ts';
import { sessionMoment } from './attempt.ts';

/** The MCP servers of the agents. */
export interface ServerUsesState {
  /** By agent and server. */
  readonly uses: readonly ServerUse[];
}

/** A server is forgotten if its agent did not call it for this long. */
const KEPT_FOR: Duration = 30 * DAY;
/** Names come from records written by agents, so at most this many are kept per agent, those called last. */
const MOST_OF_AGENT = 20;
/** After this many sessions all counts are halved, so that a changed habit is learned. */
const FADES_AT = 200;

const NONE: ServerUsesState = { uses: [] };

/** Keeps in how many sessions of each agent each of its MCP servers was called, and how many recent ones did without. */
export const serverUsesFold: Fold<ServerUsesState> = {
  initial: NONE,
  // A checkpoint written before this was introduced has none of it.
  apply(state: ServerUsesState = NONE, events: readonly LedgerEvent[]) {
    const recorded = events.flatMap((event) => (event.kind === 'session.recorded' ? [event] : []));
    if (recorded.length === 0) return state;
    const byAgent = new Map<string, Map<string, ServerUse>>();
    for (const use of state.uses) byAgent.set(use.agent, (byAgent.get(use.agent) ?? new Map()).set(use.server, use));
    for (const event of recorded) count(byAgent, event);
    return { uses: settle([...byAgent.values()].flatMap((uses) => [...uses.values()])) };
  },
};

function count(byAgent: Map<string, Map<string, ServerUse>>, event: EventOf<'session.recorded'>): void {
  const { agent, tools, state } = event.data.session;
  if (agent === null || state.tools !== 'exact' || !tools.some(({ calls }) => calls > 0)) return;
  const at = sessionMoment(event);
  const called = new Set(
    tools.flatMap(({ server, calls }) => (server === null || calls === 0 ? [] : [keptName(server)])),
  );
  const uses = byAgent.get(agent) ?? new Map<string, ServerUse>();
  byAgent.set(agent, uses);
  for (const [server, use] of uses) uses.set(server, called.has(server) ? oneWith(use, at) : oneWithout(use, at));
  for (const server of called) {
    if (server === '' || uses.has(server)) continue;
    uses.set(server, { agent, server, last: at, sessions: 1, calledIn: 1, missing: 0, missingSince: null });
  }
}

function oneWith(use: ServerUse, at: Instant): ServerUse {
  // A session from before those that did without, so it ends no row.
  if (use.missingSince !== null && at < use.missingSince) {
    return faded({ ...use, sessions: use.sessions + 1, calledIn: use.calledIn + 1 });
  }
  return faded({
    ...use,
    last: at > use.last ? at : use.last,
    sessions: use.sessions + use.missing + 1,
    calledIn: use.calledIn + 1,
    missing: 0,
    missingSince: null,
  });
}

function oneWithout(use: ServerUse, at: Instant): ServerUse {
  if (at < use.last) return faded({ ...use, sessions: use.sessions + 1 });
  const since = use.missingSince;
  return { ...use, missing: use.missing + 1, missingSince: since === null || at < since ? at : since };
}

function faded(use: ServerUse): ServerUse {
  return use.sessions < FADES_AT ? use : { ...use, sessions: use.sessions / 2, calledIn: use.calledIn / 2 };
}

function settle(uses: readonly ServerUse[]): readonly ServerUse[] {
  if (uses.length === 0) return [];
  const newest = uses.reduce((latest, { last, missingSince }) => {
    const seen = missingSince ?? last;
    return seen > latest ? seen : latest;
  }, '');
  const oldest = after(newest, -KEPT_FOR);
  const byAgent = new Map<string, ServerUse[]>();
  for (const use of uses) {
    if (use.last >= oldest) byAgent.set(use.agent, [...(byAgent.get(use.agent) ?? []), use]);
  }
  const kept = [...byAgent.values()].flatMap((own) =>
    own.sort((a, b) => order(b.last, a.last) || order(a.server, b.server)).slice(0, MOST_OF_AGENT),
  );
  return kept.sort((a, b) => order(a.agent, b.agent) || order(a.server, b.server));
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
