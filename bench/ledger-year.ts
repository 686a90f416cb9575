import { deflateSync } from 'node:zlib';
import { compactOrder } from '../src/app/ledger/retention.ts';
import { STATE_TERMS, stateFold } from '../src/app/state.ts';
import { defaultConfig } from '../src/config/parse.ts';
import type { LedgerEvent } from '../src/core/event.ts';
import { sketchOf } from '../src/core/sketch.ts';
import { after, DAY, HOUR, type Instant, MINUTE } from '../src/core/time.ts';
import { type MemoryFiles, memoryStore } from '../src/ledger/memory-store.ts';
import { treeLedger } from '../src/ledger/tree-ledger.ts';
import type { TreeStore } from '../src/ledger/tree-store.ts';
import { drillRan, watchRan, worked } from '../test/kit/happenings.ts';
import { seeded } from '../test/kit/long-run.ts';

const START: Instant = '2025-11-21T00:00:00.000Z';
const SESSIONS_A_DAY = 200;
const COMMITS_A_DAY = 4;
const AGENTS = 10;
const SERVERS = 50;
const TOOLS = 10;
const TOOLS_A_SESSION = 8;

/** Sizes in bytes. What git keeps of a file is its deflated content. */
export interface YearFigures {
  readonly days: number;
  readonly sessions: number;
  /** The files of the ledger after the last compaction, as they are and as git keeps them. */
  readonly files: number;
  readonly deflated: number;
  /** `state.json` and the cut, which are the largest of them. */
  readonly state: number;
  readonly base: number;
  /** What one commit of the last week adds to the history of the branch, in the mean. */
  readonly commit: number;
  /** What all commits of the year have added: the size of the branch, had nothing ever been taken away. */
  readonly everything: number;
  readonly slowestCompaction: number;
}

/** A year of a busy repository in a ledger that is compacted once a day, with the defaults. */
export async function yearBench(days = 365): Promise<YearFigures> {
  const memory: MemoryFiles = { version: 0, files: new Map() };
  const added: number[] = [];
  const store = weighed(memoryStore(memory), memory, added);
  let now = START;
  const terms = { repo: 'octo/repo', now: () => now, ...STATE_TERMS };
  const ledger = treeLedger(store, stateFold, terms);
  const random = seeded(7);
  const { retention } = defaultConfig();
  let slowestCompaction = 0;
  for (let day = 0; day < days; day++) {
    for (let part = 0; part < COMMITS_A_DAY; part++) {
      now = after(START, day * DAY + ((part + 1) * 24 * HOUR) / COMMITS_A_DAY - MINUTE);
      const events = partOfDay(day, part, random);
      await ledger.append(() => [...events, watchRan(now)]);
    }
    const began = performance.now();
    await ledger.compact(compactOrder(retention, { now, by: 'bench', slack: 7 * DAY }));
    slowestCompaction = Math.max(slowestCompaction, performance.now() - began);
  }

  const sizes = [...memory.files].map(([path, bytes]) => ({ path, bytes: bytes.length, deflated: deflated(bytes) }));
  const sum = (start: string, of: 'bytes' | 'deflated'): number =>
    sizes.filter(({ path }) => path.startsWith(start)).reduce((total, size) => total + size[of], 0);
  const lastWeek = added.slice(-7 * (COMMITS_A_DAY + 1)).filter((_, n) => n % (COMMITS_A_DAY + 1) !== COMMITS_A_DAY);
  return {
    days,
    sessions: days * SESSIONS_A_DAY,
    files: sum('', 'bytes'),
    deflated: sum('', 'deflated'),
    state: sum('state.json', 'bytes'),
    base: sum('cut/', 'bytes'),
    commit: lastWeek.reduce((total, bytes) => total + bytes, 0) / lastWeek.length,
    everything: added.reduce((total, bytes) => total + bytes, 0),
    slowestCompaction,
  };
}

/** Notes what each commit would add to a git repository. */
function weighed(store: TreeStore, memory: MemoryFiles, added: number[]): TreeStore {
  return {
    ...store,
    commit: async (base, changes, message) => {
      const result = await store.commit(base, changes, message);
      const written = changes.map(({ path, bytes }) =>
        bytes === null ? 0 : deflated(memory.files.get(path) ?? bytes),
      );
      added.push(written.reduce((total, bytes) => total + bytes, 0));
      return result;
    },
  };
}

function deflated(bytes: Uint8Array): number {
  return deflateSync(bytes, { level: 1 }).length;
}

function partOfDay(day: number, part: number, random: () => number): readonly LedgerEvent[] {
  const perPart = SESSIONS_A_DAY / COMMITS_A_DAY;
  const events = Array.from({ length: perPart }, (_, n) => {
    const id = day * SESSIONS_A_DAY + part * perPart + n;
    const at = after(START, day * DAY + ((part * perPart + n) * DAY) / SESSIONS_A_DAY);
    return session(id, at, random);
  }).flat();
  return part === 0 && day % 7 === 0 ? [...events, drillRan({ at: after(START, day * DAY) })] : events;
}

function session(id: number, at: Instant, random: () => number): readonly LedgerEvent[] {
  const agent = `agent-${id % AGENTS}`;
  return worked({ id, agent, at, seen: after(at, 10 * MINUTE), usd: random(), duration: random() * HOUR }).map(
    (event) =>
      event.kind === 'session.recorded'
        ? { ...event, data: { session: { ...event.data.session, tools: toolsUsed(random) } } }
        : event,
  );
}

function toolsUsed(
  random: () => number,
): Extract<LedgerEvent, { kind: 'session.recorded' }>['data']['session']['tools'] {
  return Array.from({ length: TOOLS_A_SESSION }, () => {
    const calls = 1 + Math.floor(random() * 10);
    return {
      server: `server-${Math.floor(random() * SERVERS)}`,
      tool: `tool-${Math.floor(random() * TOOLS)}`,
      calls,
      errors: random() < 0.1 ? 1 : 0,
      latency: sketchOf(Array.from({ length: calls }, () => 20 * Math.exp(4 * random()))),
    };
  });
}
