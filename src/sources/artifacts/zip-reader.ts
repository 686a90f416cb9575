import { attempt } from '../../core/failure.ts';
import type { OwnPrice } from '../../core/price.ts';
import type { Instant } from '../../core/time.ts';
import { complaintLine } from '../sessions/format.ts';
import type { FoundSession } from '../sessions/found-session.ts';
import type { JoinPieces, ReadSessions, RunSession } from './run-reader.ts';

/** Reads the zips of a run's artifacts, and what they tell together. */
export interface ZipReader {
  readonly readSessions: ReadSessions;
  readonly joinPieces: JoinPieces;
}

/** Reads the zip of an artifact; the parts that this needs are loaded with the first one. */
export function zipReader(now: Instant, own: readonly OwnPrice[]): ZipReader {
  let opened: ReturnType<typeof openZipReader> | null = null;
  const open = (): ReturnType<typeof openZipReader> => {
    opened ??= openZipReader(now, own);
    return opened;
  };
  return {
    readSessions: async (zip, name) => (await open()).readSessions(zip, name),
    joinPieces: async (pieces, sessions, since) => (await open()).joinPieces(pieces, sessions, since),
  };
}

/** What several artifacts hold of one session is told by its id; one without an id stands alone. */
function foundAgain({ reading, part = null, telemetry }: RunSession, index: number): FoundSession {
  return { id: reading.engineSession ?? `no id ${index}`, path: '', reading, part, telemetry };
}

async function openZipReader(now: Instant, own: readonly OwnPrice[]): Promise<ZipReader> {
  const [{ openPriceList }, { findSessions }, { putTogether }, { sinceBegin }, { joinRun }, { ZIP_LIMITS }] =
    await Promise.all([
      import('../prices/genai-prices.ts'),
      import('../zip/find-sessions.ts'),
      import('../sessions/identity.ts'),
      import('../sessions/since.ts'),
      import('../sessions/pieces.ts'),
      import('../zip/read-zip.ts'),
    ]);
  const prices = await openPriceList(now, own);
  return {
    readSessions: async (zip, name) => {
      const found = await attempt(async () => findSessions('artifact', zip, prices, ZIP_LIMITS, name));
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
      const own = putTogether(found.map(foundAgain)).map((session) => sinceBegin(session, since));
      const { sessions, complaints } = joinRun(pieces, own, prices);
      return { sessions: sessions.map(({ reading }) => reading), complaints: complaints.map(complaintLine) };
    },
  };
}
