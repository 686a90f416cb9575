import { attempt } from '../../core/failure.ts';
import type { Instant } from '../../core/time.ts';
import { complaintLine } from '../sessions/format.ts';
import type { JoinPieces, ReadSessions } from './read-run.ts';

/** Reads the zips of a run's artifacts, and what they tell together. */
export interface ZipReader {
  readonly readSessions: ReadSessions;
  readonly joinPieces: JoinPieces;
}

/** Reads the zip of an artifact; the parts that this needs are loaded with the first one. */
export function zipReader(now: Instant): ZipReader {
  let opened: ReturnType<typeof openZipReader> | null = null;
  const open = (): ReturnType<typeof openZipReader> => {
    opened ??= openZipReader(now);
    return opened;
  };
  return {
    readSessions: async (zip, name) => (await open()).readSessions(zip, name),
    joinPieces: async (pieces, sessions) => (await open()).joinPieces(pieces, sessions),
  };
}

async function openZipReader(now: Instant): Promise<ZipReader> {
  const [{ openPriceList }, { findSessions }, { isNotYetRead }, { joinRun }, { ZIP_LIMITS }] = await Promise.all([
    import('../prices/genai-prices.ts'),
    import('../zip/find-sessions.ts'),
    import('../sessions/registry.ts'),
    import('../sessions/pieces.ts'),
    import('../zip/read-zip.ts'),
  ]);
  const prices = await openPriceList(now);
  return {
    readSessions: async (zip, name) => {
      const found = await attempt(async () => findSessions('artifact', zip, prices, ZIP_LIMITS, name));
      if (!found.ok) return { sessions: [], complaints: [], refused: found.failure };
      const { sessions, complaints, formats, pieces, spools } = found.value;
      return {
        sessions: sessions.map(({ reading }) => reading),
        complaints: complaints.map(complaintLine),
        pieces,
        spools,
        unsupported: sessions.length === 0 && formats.some(isNotYetRead),
      };
    },
    joinPieces: async (pieces, readings) => {
      const own = readings.map((reading) => ({ id: '', path: '', reading, part: null }));
      const { sessions, complaints } = joinRun(pieces, own, prices);
      return { sessions: sessions.map(({ reading }) => reading), complaints: complaints.map(complaintLine) };
    },
  };
}
