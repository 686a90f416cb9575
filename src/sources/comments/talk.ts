import type { CommentMark } from '../../core/causal.ts';
import { attempt } from '../../core/failure.ts';
import { after, DAY, type Duration, MINUTE } from '../../core/time.ts';
import type { PeopleApi } from '../../github/port.ts';
import { type Gathered, gather, type SourceMoment, type SourcesState, watermarkOf } from '../progress.ts';
import { commentEvents } from './marks.ts';

const TALK = 'talk';

/** Lists lag, and clocks differ, so changes shortly before the last look are read once more. */
const OVERLAP: Duration = 5 * MINUTE;
/** How far back the first look goes. */
const FIRST_LOOK: Duration = DAY;

export interface TalkRequest {
  readonly people: Pick<PeopleApi, 'comments'>;
  readonly moment: SourceMoment;
  readonly sources: SourcesState;
  /** The comments in the ledger. */
  readonly known: readonly CommentMark[];
}

/**
 * Reads who commented where, for a run that answers no commands. A run that does uses one list for both. A failure is only
 * reported, because it hides nothing of what agents spend.
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
