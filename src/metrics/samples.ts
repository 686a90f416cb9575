import type { Duration, Instant } from '../core/time.ts';
import { attemptKey } from './attempt.ts';
import { type ByDay, flat, openDays } from './day-table.ts';
import { allSessions, packedSession, unpackedSession } from './work-packed.ts';
import type { Ending, SessionEntry, WorkState } from './work-state.ts';

/** The values of single sessions, so that two stretches of time can be compared session by session. Left out = not known. */
export interface Sample {
  readonly at: Instant;
  readonly agent: string;
  readonly failed?: boolean;
  readonly usd?: number;
  readonly tokens?: number;
  readonly duration?: Duration;
  readonly toolCalls?: number;
  readonly toolErrors?: number;
}

/** The sessions of the last 60 days, oldest first, up to `now`. For a run that left no record only the end is known. */
export function samplesOf(work: Pick<WorkState, 'sessions' | 'absent'>, now: Instant): readonly Sample[] {
  const sessions = Object.values(allSessions(work.sessions)).filter(({ at }) => at <= now);
  const recorded = new Set(sessions.map(({ run, attempt }) => (run === null ? '' : attemptKey(run, attempt ?? 1))));
  const silent = Object.entries(flat(work.absent)).filter(
    ([key, { at, skipped }]) => at <= now && !skipped && !recorded.has(key),
  );
  return [...sessions.map(sampleOf), ...silent.map(([, entry]) => endOf(entry))].sort((a, b) =>
    a.at < b.at ? -1 : Number(a.at > b.at),
  );
}

function sampleOf(entry: SessionEntry): Sample {
  // A session that was cut off used more than its record says.
  if (entry.cutOff === true) return endOf(entry);
  const { usd, tokens, duration, toolCalls, toolErrors } = entry;
  return { ...endOf(entry), ...known({ usd, tokens, duration, toolCalls, toolErrors }) };
}

function endOf({ at, agent, failed, unsure }: Ending & { readonly at: Instant; readonly agent: string }): Sample {
  return unsure === true ? { at, agent } : { at, agent, failed: failed === true };
}

type Figures = Pick<Sample, 'usd' | 'tokens' | 'duration' | 'toolCalls' | 'toolErrors'>;

function known(figures: { readonly [Name in keyof Figures]-?: number | null | undefined }): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== null && value !== undefined));
}

/** A sample as ledgers kept it separately from the same session's work entry, until format 9 of the state. */
interface OldSample extends Sample {
  /** Attempt of a run; left out if there is none. */
  readonly run?: string;
  /** Set for a run that left no record. */
  readonly absent?: true;
}

/** Merges what was kept separately until format 9 into the work it belongs to. */
export function withOldSamples(work: WorkState, { days }: { readonly days: ByDay<OldSample> }): WorkState {
  const sessions = openDays(work.sessions);
  const absent = openDays(work.absent);
  for (const [id, sample] of Object.entries(flat(days))) {
    const { at, agent, run } = sample;
    if (sample.absent === true) {
      const key = run ?? id;
      absent.put(key, { ...(absent.get(key, at) ?? { at, agent, skipped: false }), ...endingOf(sample) });
    } else {
      const kept = sessions.get(id, at);
      const known = kept === undefined ? sessionFrom(sample) : unpackedSession(id, kept);
      sessions.put(id, packedSession(id, { ...known, ...rest(sample), ...endingOf(sample) }));
    }
  }
  return { ...work, sessions: sessions.close(''), absent: absent.close('') };
}

function endingOf({ failed }: OldSample): Ending {
  if (failed === undefined) return { unsure: true };
  return failed ? { failed: true } : {};
}

/** What the work did not keep about a session. */
function rest({ duration, toolCalls, toolErrors }: OldSample): Partial<SessionEntry> {
  return known({ usd: null, tokens: null, duration, toolCalls, toolErrors });
}

/** For a session that is too old for the earlier work table. */
function sessionFrom({ at, agent, run, usd, tokens }: OldSample): SessionEntry {
  const [id = null, attempt = null] = run?.split('.').map(Number) ?? [];
  return { agent, workflow: null, run: id, attempt, at, usd: usd ?? null, tokens: tokens ?? null };
}
