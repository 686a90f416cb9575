import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { ModelUse } from '../core/model-use.ts';
import { keptName } from '../core/redact.ts';
import { after, DAY, type Duration, type Instant } from '../core/time.ts';
import { sessionMoment } from './attempt.ts';
import { spentUsd } from './row.ts';

/** The models of the agents. */
export interface ModelsState {
  /** By agent and model. */
  readonly uses: readonly ModelUse[];
}

/** A model is forgotten if nobody used it for this long. */
const KEPT_FOR: Duration = 90 * DAY;
/** Names come from records written by agents, so at most this many are kept per agent, those used last. */
const MOST_OF_AGENT = 20;

/** Keeps which models each agent used, since when and at what price. */
export const modelsFold: Fold<ModelsState> = {
  initial: { uses: [] },
  apply(state, events: readonly LedgerEvent[]) {
    const recorded = events.flatMap((event) => (event.kind === 'session.recorded' ? [event] : []));
    if (recorded.length === 0) return state;
    const uses = new Map(state.uses.map((use) => [keyOf(use), use]));
    for (const event of recorded) count(uses, event);
    return { uses: settle([...uses.values()]) };
  },
};

function keyOf({ agent, model }: Pick<ModelUse, 'agent' | 'model'>): string {
  return `${agent}\n${model}`;
}

function count(uses: Map<string, ModelUse>, event: EventOf<'session.recorded'>): void {
  const { session } = event.data;
  const { agent } = session;
  if (agent === null) return;
  const at = sessionMoment(event);
  const models = [...new Set(session.models.map((model) => keptName(model)))].filter((model) => model !== '');
  const usd = models.length === 1 ? spentUsd(session.cost) : null;
  for (const model of models) {
    const key = keyOf({ agent, model });
    const known = uses.get(key) ?? { agent, model, first: at, last: at, sessions: 0, priced: 0, usd: 0 };
    uses.set(key, oneMore(known, at, usd));
  }
}

function oneMore(use: ModelUse, at: Instant, usd: number | null): ModelUse {
  return {
    ...use,
    first: at < use.first ? at : use.first,
    last: at > use.last ? at : use.last,
    sessions: use.sessions + 1,
    priced: use.priced + (usd === null ? 0 : 1),
    usd: use.usd + (usd ?? 0),
  };
}

function settle(uses: readonly ModelUse[]): readonly ModelUse[] {
  if (uses.length === 0) return [];
  const newest = uses.reduce((latest, { last }) => (last > latest ? last : latest), '');
  const oldest = after(newest, -KEPT_FOR);
  const byAgent = new Map<string, ModelUse[]>();
  for (const use of uses) {
    if (use.last >= oldest) byAgent.set(use.agent, [...(byAgent.get(use.agent) ?? []), use]);
  }
  const kept = [...byAgent.values()].flatMap((own) =>
    own.sort((a, b) => (a.last === b.last ? order(a.model, b.model) : order(b.last, a.last))).slice(0, MOST_OF_AGENT),
  );
  return kept.sort((a, b) => order(keyOf(a), keyOf(b)));
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
