import { attempt } from '../../core/failure.ts';
import type { OwnPrice } from '../../core/price.ts';
import type { Instant } from '../../core/time.ts';
import { complaintLine } from '../sessions/format.ts';
import type { FoundSession } from '../sessions/found-session.ts';
import type { JoinPieces, ReadSessions, RunSession } from './run-reader.ts';

/** Reads the zips of a run's artifacts, and what they yield together. */
export interface ZipReader {
  readonly readSessions: ReadSessions;
  readonly joinPieces: JoinPieces;
}

/** Reads the zip of an artifact. The required code is loaded with the first one. */
export function zipReader(now: Instant, own: readonly OwnPrice[]): ZipReader {
  let opened: ReturnType<typeof openZipReader> | null = null;
  const open = (): ReturnType<typeof openZipReader> => {
    opened ??= openZipReader(now, own);
    return opened;
  };
  return {
    readSessions: async (zip, name, since) => (await open()).readSessions(zip, name, since),
    joinPieces: async (pieces, sessions, since) => (await open()).joinPieces(pieces, sessions, since),
  };
}

/** Parts of one session in several artifacts share its id. A session without an id is on its own. */
function foundAgain(session: RunSession, index: number): FoundSession {
  const { origin, reading, part = null, telemetry, running, resumed } = session;
  return {
    id: reading.engineSession ?? `no id ${index}`,
    path: '',
    origin,
    reading,
    part,
    telemetry,
    running,
    resumed,
  };
}

async function openZipReader(now: Instant, own: readonly OwnPrice[]): Promise<ZipReader> {
  const [
    { openPriceList },
    { findSessions },
    { putTogether },
    { sinceBegin, withoutWholeThreads },
    { withoutEarlierRuns },
    { joinRun },
    { ZIP_LIMITS },
  ] = await Promise.all([
    import('../prices/genai-prices.ts'),
    import('../zip/find-sessions.ts'),
    import('../sessions/identity.ts'),
    import('../sessions/since.ts'),
    import('../sessions/running-totals.ts'),
    import('../sessions/pieces.ts'),
    import('../zip/read-zip.ts'),
  ]);
  const prices = openPriceList(now, own);
  return {
    readSessions: async (zip, name, since) => {
      const found = await attempt(async () => findSessions('artifact', zip, prices, ZIP_LIMITS, name, since));
      if (!found.ok) return { sessions: [], complaints: [], refused: found.failure };
      const { sessions, complaints, pieces, spools, records } = found.value;
      return {
        sessions,
        complaints: complaints.map(complaintLine),
        pieces,
        spools,
        records,
      };
    },
    joinPieces: async (pieces, found, since) => {
      const cut = putTogether(found.map(foundAgain)).map((session) => sinceBegin(session, since));
      const own = withoutEarlierRuns(withoutWholeThreads(cut));
      const { sessions, complaints } = joinRun(pieces, own, prices);
      return { sessions: sessions.map(({ reading }) => reading), complaints: complaints.map(complaintLine) };
    },
  };
}
