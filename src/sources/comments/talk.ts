import type { CommentMark } from '../../core/causal.ts';
import { attempt } from '../../core/failure.ts';
import { after, DAY, type Duration, MINUTE } from '../../core/time.ts';
import type { PeopleApi } from '../../github/port.ts';
import { type Gathered, gather, type SourceMoment, type SourcesState, watermarkOf } from '../progress.ts';
import { commentEvents } from './marks.ts';

const TALK = 'talk';

/** Lists lag, and clocks differ: what changed shortly before the last look is looked at once more. */
const OVERLAP: Duration = 5 * MINUTE;
/** How far the first look goes back. */
const FIRST_LOOK: Duration = DAY;

export interface TalkRequest {
  readonly people: Pick<PeopleApi, 'comments'>;
  readonly moment: SourceMoment;
  readonly sources: SourcesState;
  /** The comments that are in the ledger. */
  readonly known: readonly CommentMark[];
}

/**
 * Reads who commented where, for a run that answers no commands; one that does reads the same list for both. Where it cannot be read,
 * that blinds nobody to what agents spend: it is only said.
 */
export async function gatherTalk({ people, moment, sources, known }: TalkRequest): Promise<Gathered> {
  const mark = watermarkOf(sources, TALK);
  const listed = await attempt(() =>
    people.comments(after(mark ?? moment.now, mark === null ? -FIRST_LOOK : -OVERLAP)),
  );
  if (!listed.ok) {
    const { message, remedy } = listed.failure;
    return { events: [], complaints: [`What bots say to each other is not known: ${message}. ${remedy}.`] };
  }
  return gather(TALK, moment, async () => ({
    events: commentEvents(listed.value, known, moment),
    complaints: [],
    watermark: moment.now,
    items: listed.value.length,
    failure: null,
  }));
}
