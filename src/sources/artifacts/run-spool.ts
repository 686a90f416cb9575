import type { LedgerEvent } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, MINUTE } from '../../core/time.ts';
import type { SourceMoment } from '../progress.ts';
import type { Window } from '../spool/read.ts';

/** What the programs of a run measured, from the spool files in its artifacts. */
export interface RunSpool {
  readonly add: (files: readonly Uint8Array[]) => Promise<void>;
  readonly events: () => readonly LedgerEvent[];
  readonly complaints: () => readonly string[];
}

/** After more measures than this from one run no further file is read: that is a flood, not a measurement. */
const MOST_MEASURES = 20_000;

/** A runner's clock may differ from GitHub's by this much. */
const SKEW = 10 * MINUTE;

/** Sums up spool files as they come. Anyone who ran next to the agent could have written them. */
export function startRunSpool(mark: RunMark, moment: SourceMoment): RunSpool {
  const { startedAt, updatedAt: at } = mark;
  const window: Window = { from: after(startedAt, -SKEW), to: after(at, SKEW), at };
  const events: LedgerEvent[] = [];
  const complaints: string[] = [];
  let measures = 0;
  return {
    add: async (files) => {
      if (files.length === 0) return;
      const { readSpoolBytes, spoolEvents } = await import('../spool/read.ts');
      for (const bytes of files) {
        if (measures >= MOST_MEASURES) {
          complaints.push('its spool files hold too many different measures; the rest of them was not read');
          return;
        }
        const reading = readSpoolBytes(bytes, window);
        measures += reading.measures.length;
        events.push(...spoolEvents(reading, moment, agentSubject(mark.agent)));
        if (reading.complaint !== null) complaints.push(`in a spool file ${reading.complaint}`);
      }
    },
    events: () => events,
    complaints: () => complaints.map((complaint) => `run ${mark.run}: ${complaint}`),
  };
}
