import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist/cli.js');

/** What the design asks for. */
const CALLS_A_MINUTE = 10_000;
const TICK_MS = 60;
const CALLS_A_TICK = (CALLS_A_MINUTE * TICK_MS) / 60_000;
/** Buffers and compiled code have settled by then. */
const WARM_UP_MS = 5_000;
/** What a call takes in the middle. */
const USUAL_MS = 0.011;

/** What a program that tracks its calls says of itself. Times are in microseconds. */
interface Tracked {
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** The longest of as many turns of a loop that only waits for the clock for as long as a call takes: what the machine adds. */
  readonly idleMax: number;
  readonly rssAtStart: number;
  readonly rssAtEnd: number;
  readonly rssHighest: number;
}

export interface RecordFigures extends Tracked {
  readonly minutes: number;
  /** Calls of which the ledger knows nothing in the end. */
  readonly lost: number;
  readonly tookIn: number;
}

/**
 * One program tracks calls at the rate of the design, for real, while another takes the spool in each minute. Nothing may be
 * missing from the ledger in the end.
 */
export async function recordBench(minutes: number): Promise<RecordFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-record-'));
  const spool = join(folder, 'spool');
  try {
    const program = spawn(process.execPath, [import.meta.filename, 'program', String(minutes)], {
      env: { ...process.env, CHECKREIN_SPOOL: spool },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    program.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = once(program, 'close');
    let tookIn = 0;
    for (let next = takeEvery(minutes); program.exitCode === null; next = takeEvery(minutes)) {
      await Promise.race([ended, sleep(next)]);
      recordSpool(folder, spool);
      tookIn += 1;
    }
    await ended;
    recordSpool(folder, spool);
    const tracked = JSON.parse(said) as Tracked;
    const left = (await readdir(spool)).length;
    if (left > 0) throw new Error(`${left} files are left in the spool`);
    return { ...tracked, minutes, tookIn, lost: tracked.calls - callsIn(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each minute, and several times in a short run. */
function takeEvery(minutes: number): number {
  return Math.min(60_000, (minutes * 60_000) / 4);
}

function recordSpool(cwd: string, spool: string): void {
  execFileSync(process.execPath, [CLI, 'record', 'spool', '--spool', spool], { cwd });
}

function callsIn(cwd: string): number {
  const text = execFileSync(process.execPath, [CLI, 'ledger', 'show', '--kind', 'metrics.recorded', '--json'], {
    cwd,
    maxBuffer: 1e9,
  });
  let calls = 0;
  for (const line of text.toString().split('\n')) {
    if (line === '') continue;
    const { data } = JSON.parse(line) as {
      data: { measures: { metric: string; aggregate: { count: number; sum: number } }[] };
    };
    for (const { metric, aggregate } of data.measures) {
      if (metric === 'tool.latency') calls += aggregate.count;
      if (metric === 'track.dropped' || metric === 'spool.unreadable') throw new Error(`${metric}: ${aggregate.sum}`);
    }
  }
  return calls;
}

/** Eight tools, one call in ten failed with a message, half of them with a resource: what a busy server does. */
async function program(minutes: number): Promise<void> {
  const { track } = (await import(`${ROOT}/dist/track.js`)) as typeof import('../src/track.ts');
  const times = new Float64Array(Math.ceil(minutes * CALLS_A_MINUTE) + CALLS_A_TICK);
  const began = performance.now();
  let [calls, idleMax, rssAtStart, rssHighest] = [0, 0, 0, 0];
  const call = (): void => {
    const success = calls % 10 !== 0;
    const from = performance.now();
    track({
      server: 'garden',
      tool: `tool_${calls % 8}`,
      durationMs: 5 + (calls % 400),
      success,
      ...(success ? {} : { errorMessage: 'Request to https://api.test/items failed with status code 503' }),
      ...(calls % 2 === 0 ? {} : { resource: `src/part-${calls % 40}/index.ts` }),
    });
    const to = performance.now();
    times[calls] = (to - from) * 1_000;
    calls += 1;
    while (performance.now() < to + USUAL_MS);
    idleMax = Math.max(idleMax, (performance.now() - to) * 1_000);
  };
  while (calls < minutes * CALLS_A_MINUTE) {
    await sleep(TICK_MS / 2);
    const due = Math.min(minutes * CALLS_A_MINUTE, Math.floor((performance.now() - began) / TICK_MS) * CALLS_A_TICK);
    while (calls < due) call();
    const rss = process.memoryUsage.rss();
    if (rssAtStart === 0 && performance.now() - began > WARM_UP_MS) rssAtStart = rss;
    rssHighest = Math.max(rssHighest, rss);
  }
  const sorted = times.subarray(0, calls).sort();
  const at = (q: number): number => sorted[Math.min(calls - 1, Math.floor(q * calls))] ?? Number.NaN;
  const rssAtEnd = process.memoryUsage.rss();
  const tracked: Tracked = {
    calls,
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    max: at(1),
    idleMax,
    rssAtStart,
    rssAtEnd,
    rssHighest,
  };
  process.stdout.write(JSON.stringify(tracked));
}

/** The row of these figures as bench/README.md has it. */
export function recordRow(figures: RecordFigures): string {
  const { calls, minutes, p50, p99, p999, max, idleMax, rssAtStart, rssAtEnd, rssHighest, lost, tookIn } = figures;
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return (
    `| track, ${calls} calls in ${minutes} minutes, taken in ${tookIn} times | a call takes ${p50.toFixed(0)} µs (p50), ` +
    `${p99.toFixed(0)} µs (p99), ${p999.toFixed(0)} µs (p99.9), ${(max / 1_000).toFixed(1)} ms (longest; a loop that waits for the clock beside it: ${(idleMax / 1_000).toFixed(1)} ms) | ` +
    `RSS ${mb(rssAtStart)} MB after ${WARM_UP_MS / 1_000} s, ${mb(rssAtEnd)} MB at the end, ${mb(rssHighest)} MB at most; ` +
    `${lost} lost | bounds 5 ms, 0 lost |`
  );
}

if (import.meta.main) {
  const [word = '10', more = ''] = process.argv.slice(2);
  if (word === 'program') await program(Number(more));
  else console.log(recordRow(await recordBench(Number(word))));
}
