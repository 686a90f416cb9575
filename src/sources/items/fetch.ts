import type { EventOf } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import { attempt } from '../../core/failure.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, type Duration, type Instant, MINUTE } from '../../core/time.ts';
import type { ItemsApi } from '../../github/items-port.ts';
import { type Gathered, gather, type SourceMoment, type SourcesState, watermarkOf } from '../progress.ts';
import { isOfBot, itemMark } from './parse.ts';

/** Its name as a source. */
export const ITEMS = 'items';

/** Lists lag, and clocks differ, so changes shortly before the last look are read once more. */
const OVERLAP: Duration = 5 * MINUTE;
/** At most this many pages of a hundred are read at a time. A quiet watch reads one. The next run reads the rest. */
const MOST_PAGES = 5;

export interface ItemsRequest {
  readonly items: ItemsApi;
  readonly moment: SourceMoment;
  readonly sources: SourcesState;
  readonly runs: readonly RunMark[];
  /** How far back the first look goes. */
  readonly lookBack: Duration;
  /** The label of our own issues. */
  readonly ownLabel: string;
}

/**
 * Reads the issues and pull requests that changed since the last look, in one request if few have, and keeps marks of those made by
 * bots. A failure is only reported, because it hides nothing of what agents spend.
 */
export async function gatherItems({
  items,
  moment,
  sources,
  runs,
  lookBack,
  ownLabel,
}: ItemsRequest): Promise<Gathered> {
  const { now } = moment;
  const mark = watermarkOf(sources, ITEMS);
  const since = mark === null ? after(now, -lookBack) : after(mark, -OVERLAP);
  const listed = await attempt(() => items.changedSince(since, MOST_PAGES));
  if (!listed.ok) {
    const { message, remedy } = listed.failure;
    return { events: [], complaints: [`What bots open is not known: ${message}. ${remedy}.`] };
  }
  const { value } = listed;
  const last = value.items.reduce<Instant>((latest, { updatedAt }) => (updatedAt > latest ? updatedAt : latest), since);
  return gather(ITEMS, moment, async () => ({
    events: value.items.filter((item) => isOfBot(item, ownLabel)).map((item) => seen(itemMark(item, runs), moment)),
    complaints: [],
    watermark: value.hasMore ? last : now,
    items: value.items.length,
    failure: null,
  }));
}

function seen(item: EventOf<'item.seen'>['data']['item'], { repo, now }: SourceMoment): EventOf<'item.seen'> {
  return {
    v: 1,
    id: `item:${item.number}:${item.updatedAt}`,
    kind: 'item.seen',
    at: item.updatedAt,
    seen: now,
    repo,
    subject: repositorySubject(repo),
    data: { item },
  };
}
