import type { LedgerEvent } from '../../core/event.ts';
import { after, type Duration, type Instant, MINUTE } from '../../core/time.ts';
import type { PeopleApi } from '../../github/port.ts';
import type { RemoteComment } from '../../github/remote.ts';
import { type Gathered, gather, type SourceMoment, type SourcesState, watermarkOf } from '../progress.ts';

/** Lists lag, and clocks differ, so changes shortly before the last look are read once more. */
const OVERLAP: Duration = 5 * MINUTE;

export interface CommentsRequest {
  /** Its name as a source. Readers of different commands have separate positions, so that none skips what is another's. */
  readonly source: string;
  readonly people: Pick<PeopleApi, 'comments'>;
  readonly moment: SourceMoment;
  readonly sources: SourcesState;
}

/** The result of handling the listed comments. */
export interface Heard {
  readonly events: readonly LedgerEvent[];
  readonly complaints: readonly string[];
  /** How many of them were addressed to us. */
  readonly items: number;
  /** Those that must be looked at again because they are not answered yet. */
  readonly left: readonly RemoteComment[];
}

/**
 * Reads the comments since the last look and lets `hear` answer them. The cursor only moves to the first one left over, so that no
 * command is lost with an event or a run that died. The first look begins at the present: commands for another ledger, or from
 * before there was one, are not acted on.
 */
export function gatherComments(
  { source, people, moment, sources }: CommentsRequest,
  hear: (comments: readonly RemoteComment[]) => Promise<Heard>,
): Promise<Gathered> {
  return gather(source, moment, async () => {
    const looked = after(moment.now, -OVERLAP);
    const since = watermarkOf(sources, source) ?? looked;
    const { events, complaints, items, left } = await hear(await people.comments(since));
    const watermark = left.reduce<Instant>((first, { createdAt }) => (createdAt < first ? createdAt : first), looked);
    return { events, complaints, watermark, items, failure: null };
  });
}
