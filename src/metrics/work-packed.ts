import type { ByDay } from './day-table.ts';
import type { PackedRun, PackedSession, RunEntry, SessionEntry, WorkState } from './work-state.ts';

/** An agent without a configured name is named after its workflow file. */
function usualWorkflow(agent: string): string {
  return `.github/workflows/${agent}.yml`;
}

/** The entry as stored under `attemptKey`. */
export function packedRun(entry: RunEntry): PackedRun {
  const { run: _run, attempt: _attempt, workflow, actor, ...rest } = entry;
  return {
    ...rest,
    ...(workflow === usualWorkflow(entry.agent) ? {} : { workflow }),
    ...(actor === null ? {} : { actor }),
  };
}

/** The entry stored under a key. Its own values take precedence, as in ledgers that left nothing out. */
function unpackedRun(key: string, packed: PackedRun): RunEntry {
  const dot = key.indexOf('.');
  return {
    ...packed,
    run: packed.run ?? Number(key.slice(0, dot)),
    attempt: packed.attempt ?? Number(key.slice(dot + 1)),
    workflow: packed.workflow ?? usualWorkflow(packed.agent),
    actor: packed.actor ?? null,
  };
}

/** The entry as stored under the id of its event. */
export function packedSession(id: string, entry: SessionEntry): PackedSession {
  const { run, attempt, workflow, ...rest } = entry;
  const named = attemptIn(id);
  const isNamed = named !== null && named.run === run && named.attempt === attempt;
  return {
    ...rest,
    ...(isNamed ? {} : { run, attempt }),
    ...(workflow === usualWorkflow(entry.agent) ? {} : { workflow }),
  };
}

/** The entry stored under the id of an event. Its own values take precedence. */
export function unpackedSession(id: string, packed: PackedSession): SessionEntry {
  const { run, attempt, workflow } = packed;
  const named = run === undefined ? attemptIn(id) : null;
  return {
    ...packed,
    run: run ?? named?.run ?? null,
    attempt: attempt ?? named?.attempt ?? null,
    workflow: workflow === undefined ? usualWorkflow(packed.agent) : workflow,
  };
}

/** The attempt in an id such as `session:8123:1:0`; null if it is of another kind. */
function attemptIn(id: string): { readonly run: number; readonly attempt: number } | null {
  const first = 'session:'.length;
  const second = id.indexOf(':', first);
  const third = second === -1 ? -1 : id.indexOf(':', second + 1);
  if (third === -1 || !id.startsWith('session:')) return null;
  const [run, attempt] = [wholeNumber(id.slice(first, second)), wholeNumber(id.slice(second + 1, third))];
  return run === null || attempt === null ? null : { run, attempt };
}

/** Null unless it is a number as we write it, so that what is left out of an entry is restored exactly. */
function wholeNumber(text: string): number | null {
  const number = Number(text);
  return Number.isSafeInteger(number) && String(number) === text ? number : null;
}

/** The attempts of one day. */
export function runsIn(packed: Readonly<Record<string, PackedRun>>): readonly RunEntry[] {
  return Object.entries(packed).map(([key, entry]) => unpackedRun(key, entry));
}

/** All attempts by their key. */
export function allRuns(days: ByDay<PackedRun>): Readonly<Record<string, RunEntry>> {
  return unpacked(days, unpackedRun);
}

/** All sessions by the ids of their events. */
export function allSessions(days: ByDay<PackedSession>): Readonly<Record<string, SessionEntry>> {
  return unpacked(days, unpackedSession);
}

function unpacked<Packed, Entry>(
  days: ByDay<Packed>,
  unpack: (key: string, packed: Packed) => Entry,
): Readonly<Record<string, Entry>> {
  const entries: Record<string, Entry> = {};
  // There may be 100,000 of them, so no intermediate list is made. For equal keys the later day counts.
  for (const day of Object.keys(days).sort()) {
    const kept = days[day] ?? {};
    for (const key in kept) {
      const packed = kept[key];
      if (packed !== undefined) entries[key] = unpack(key, packed);
    }
  }
  return entries;
}

/** Tables of ledgers that left nothing out (until format 10 of the state), in today's form. */
export function repacked(work: WorkState): WorkState {
  return {
    ...work,
    runs: eachDay(work.runs, (key, entry) => packedRun(unpackedRun(key, entry))),
    sessions: eachDay(work.sessions, (id, entry) => packedSession(id, unpackedSession(id, entry))),
  };
}

function eachDay<Entry>(days: ByDay<Entry>, change: (key: string, entry: Entry) => Entry): ByDay<Entry> {
  return Object.fromEntries(
    Object.entries(days).map(([day, entries]) => [
      day,
      Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, change(key, entry)])),
    ]),
  );
}
