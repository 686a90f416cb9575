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

/** Lists lag, and clocks differ: what changed shortly before the last look is looked at once more. */
const OVERLAP: Duration = 5 * MINUTE;
/** How many pages of a hundred are read at a time; a quiet watch reads one. What is left is read by the next run. */
const MOST_PAGES = 5;

export interface ItemsRequest {
  readonly items: ItemsApi;
  readonly moment: SourceMoment;
  readonly sources: SourcesState;
  readonly runs: readonly RunMark[];
  /** How far the first look goes back. */
  readonly lookBack: Duration;
  /** The label of our own issues. */
  readonly ownLabel: string;
}

/**
 * Reads the issues and pull requests that changed since the last look, in one request where little has changed, and keeps marks of
 * those that bots made. Where they cannot be read, that blinds nobody to what agents spend: it is only said.
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
