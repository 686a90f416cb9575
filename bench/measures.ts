import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { STATE_TERMS, stateFold } from '../src/app/state.ts';
import type { LedgerEvent } from '../src/core/event.ts';
import type { Measure } from '../src/core/measure.ts';
import type { MeasureQuery } from '../src/core/measure-row.ts';
import { sketchOf } from '../src/core/sketch.ts';
import { repositorySubject } from '../src/core/subject.ts';
import { after, DAY, type Instant, MINUTE } from '../src/core/time.ts';
import { directoryStore } from '../src/ledger/directory-store.ts';
import { type MemoryFiles, memoryStore } from '../src/ledger/memory-store.ts';
import { treeLedger } from '../src/ledger/tree-ledger.ts';
import { measureQuantiles, measureSeries } from '../src/metrics/measure-query.ts';
import { seeded } from '../test/kit/long-run.ts';
import { type Spread, spreadOf } from './measure.ts';

const START: Instant = '2026-11-20T00:00:00.000Z';
const REPO = 'octo/repo';
const SERVERS = 50;
const TOOLS = 10;
/** 500 tools, 20 calls of each a minute: 10,000 metrics a minute. */
const CALLS = 20;
/** Minutes that are recorded in one append. */
const AT_ONCE = 240;

export interface QueryFigures {
  /** Rollups on the disk, in bytes. */
  readonly bytes: number;
  readonly stateBytes: number;
  /** A day by the minute of one tool and of a server, and by the hour of all, with the median and p95; in milliseconds. */
  readonly oneTool: Spread;
  readonly oneServer: Spread;
  readonly everything: Spread;
  /** The first of them, by a process that has read nothing yet. */
  readonly cold: number;
}

/** Questions about 24 hours in which 10,000 metrics were recorded each minute, from a ledger in a folder. */
export async function queryBench(): Promise<QueryFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'checkrein-bench-'));
  const random = seeded(11);
  let now = START;
  const open = (): ReturnType<typeof treeLedger<typeof stateFold.initial>> =>
    treeLedger(directoryStore(folder), stateFold, { repo: REPO, now: () => now, ...STATE_TERMS });
  // Filled in memory and put into the folder at the end: what is measured is reading.
  const memory: MemoryFiles = { version: 0, files: new Map() };
  const writer = treeLedger(memoryStore(memory), stateFold, { repo: REPO, now: () => now, ...STATE_TERMS });
  const spreads = Array.from({ length: 40 }, () => valuesOf(random));
  for (let minute = 0; minute < 24 * 60; minute += AT_ONCE) {
    now = after(START, (minute + AT_ONCE) * MINUTE);
    const events = Array.from({ length: AT_ONCE }, (_, n) =>
      recorded(after(START, (minute + n) * MINUTE), spreads, random),
    );
    await writer.append(() => events);
  }
  for (const [path, bytes] of memory.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  const reader = open();
  const ask = async (labels: MeasureQuery['labels'], step: MeasureQuery['step']): Promise<number> => {
    const query: MeasureQuery = {
      metric: 'tool.latency',
      labels,
      step,
      from: START,
      to: after(START, DAY),
      together: true,
    };
    const began = performance.now();
    const rows = await reader.measures(query);
    const { points } = measureSeries(rows, query, repositorySubject(REPO));
    const [p95] = measureQuantiles(rows, [0.95]);
    const took = performance.now() - began;
    if (p95 === null || points.some(({ aggregate }) => aggregate === null)) throw new Error('something is missing');
    return took;
  };
  const tool = { server: 'server-7', tool: 'tool-3' };
  const cold = await ask(tool, 'minute');
  const often = async (labels: MeasureQuery['labels'], step: MeasureQuery['step']): Promise<Spread> => {
    const times: number[] = [];
    for (let n = 0; n < 15; n++) times.push(await ask(labels, step));
    return spreadOf(times);
  };
  const oneTool = await often(tool, 'minute');
  const oneServer = await often({ server: 'server-7' }, 'minute');
  const everything = await often({}, 'hour');
  const { files } = await directoryStore(folder).open();
  rmSync(folder, { recursive: true });
  const bytes = [...files].reduce((sum, [path, size]) => sum + (path.startsWith('rollups/') ? size : 0), 0);
  return { bytes, stateBytes: files.get('state.json') ?? 0, oneTool, oneServer, everything, cold };
}

type Values = Pick<Measure, 'aggregate' | 'spread'>;

function valuesOf(random: () => number): Values {
  const sketch = sketchOf(Array.from({ length: CALLS }, () => 20 * Math.exp(3 * random())));
  const { count = 0, sum = 0, min = 0, max = 0, zeros = 0, bins = [] } = sketch ?? {};
  return { aggregate: { count, sum, min, max, unknown: 0 }, spread: { zeros, bins } };
}

function recorded(minute: Instant, spreads: readonly Values[], random: () => number): LedgerEvent {
  const measures = Array.from({ length: SERVERS * TOOLS }, (_, n): Measure => {
    const { aggregate, spread } = spreads[Math.floor(random() * spreads.length)] ?? valuesOf(random);
    const labels = { server: `server-${Math.floor(n / TOOLS)}`, tool: `tool-${n % TOOLS}` };
    return { metric: 'tool.latency', labels, minute, aggregate, spread };
  });
  return {
    v: 1,
    id: `metrics:bench:${minute}`,
    kind: 'metrics.recorded',
    at: minute,
    seen: minute,
    repo: REPO,
    subject: repositorySubject(REPO),
    data: { measures },
  };
}
