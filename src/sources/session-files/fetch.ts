import type { LedgerEvent } from '../../core/event.ts';
import type { OwnPrice } from '../../core/price.ts';
import type { Session } from '../../core/session.ts';
import { agentSubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import { matchingFiles } from '../matching-files.ts';
import { openPriceList } from '../prices/genai-prices.ts';
import { type Gathered, gather } from '../progress.ts';
import { collectSessions } from '../sessions/collect.ts';
import { complaintLine } from '../sessions/format.ts';
import type { FoundSession } from '../sessions/found-session.ts';
import { countedBefore, type FilesState } from './fold.ts';

export interface FilesRequest {
  readonly repo: string;
  readonly now: Instant;
  /** What the ledger already knows. */
  readonly state: FilesState;
  /** Paths of files and folders, or globs. */
  readonly globs: readonly string[];
  /** The agent that worked. With null, each session counts for an agent named like its engine. */
  readonly agent: string | null;
  readonly prices: readonly OwnPrice[];
  readonly progress: (done: number, total: number) => void;
}

/** Gathers the sessions in files on this machine. A session without a time of its own counts once, on the day it is first read. */
export async function gatherFiles(request: FilesRequest): Promise<Gathered> {
  return await gather('session-files', request, async () => {
    const { paths, unmatched } = await matchingFiles(request.globs);
    const prices = openPriceList(request.now, request.prices);
    const { sessions, complaints } = await collectSessions(paths, prices, request.progress);
    const isCounted = countedBefore(request.state);
    return {
      events: sessions.map((found) => sessionEvent(found, request)).filter(({ id }) => !isCounted(id)),
      complaints: [...unmatched, ...complaints.map(complaintLine)],
      watermark: null,
      items: sessions.length,
      failure: null,
    };
  });
}

function sessionEvent({ id, reading }: FoundSession, { repo, now, agent }: FilesRequest): LedgerEvent {
  const name = agent ?? reading.engine;
  const session: Session = {
    ...reading,
    id: `session:file:${id}`,
    agent: name,
    workflow: null,
    run: null,
    attempt: null,
    job: null,
  };
  return {
    v: 1,
    id: session.id,
    kind: 'session.recorded',
    at: reading.startedAt ?? reading.endedAt ?? now,
    seen: now,
    repo,
    subject: agentSubject(name),
    data: { session },
  };
}
