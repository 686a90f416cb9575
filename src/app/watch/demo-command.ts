import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../config/parse.ts';
import type { Config } from '../../config/schema.ts';
import { OutsideFailure } from '../../core/failure.ts';
import { RESPONSE_KINDS } from '../../core/response.ts';
import { plainLine } from '../../core/text.ts';
import { after, DAY, type Duration, HOUR, type Instant } from '../../core/time.ts';
import { type LedgerAddress, parseLedgerAddress } from '../../ledger/address.ts';
import { errorCode } from '../../ledger/directory-failure.ts';
import { chainFiles } from '../../ledger/layout.ts';
import { memoryStore } from '../../ledger/memory-store.ts';
import type { Tree, TreeStore } from '../../ledger/tree-store.ts';
import { DEMO_CONFIG } from '../../sources/demo/config.ts';
import { type DemoFleet, demoFleet } from '../../sources/demo/fleet.ts';
import { renderTerminal } from '../../surfaces/terminal/render.ts';
import type { Source, WatchJob } from '../job.ts';
import { ledgerAt, storeAt } from '../ledger/open-ledger.ts';
import { isDatabase } from '../ledger/place.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { clearLine, progressOn } from '../shell/progress.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { homeAddress } from '../shell/version.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import type { Watched } from '../tell/show.ts';
import { watch } from '../watch.ts';

/** The demo plays in a fixed month, so that it looks the same whenever it is run. */
const DEMO_END: Instant = '2026-11-20T18:00:00.000Z';
const DEMO_DAYS = 30;
const SLOW_DAYS = 20;
/** When it watches: once a day at first, twice a day in the last days, when most happens. */
const LOOKS: readonly Instant[] = [
  ...looks(SLOW_DAYS, DAY, after(DEMO_END, -DEMO_DAYS * DAY)),
  ...looks((DEMO_DAYS - SLOW_DAYS) * 2, 12 * HOUR, after(DEMO_END, (SLOW_DAYS - DEMO_DAYS) * DAY)),
];

function looks(count: number, every: Duration, from: Instant): readonly Instant[] {
  return Array.from({ length: count }, (_, index) => after(from, (index + 1) * every));
}

/** `checkrein demo`: the bundled month, look by look, through the same stages as everything else. */
export async function demoCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length > 0) {
    throw new UsageError(`'demo' takes options only, but got ${unexpected(invocation.operands)}.`);
  }
  const fleet = demoFleet({ seed: seedOf(invocation), until: DEMO_END, days: DEMO_DAYS });
  const address = invocation.value('ledger') ?? `dir:${await newFolder()}`;
  const watched = await replay(fleet, address, world);
  clearLine(world.err);
  const { view, report } = watched;
  if (invocation.has('json')) world.out.write(jsonLine(report));
  else {
    world.out.write(renderTerminal(view, { colour: world.out.colour, width: world.out.columns ?? 100 }));
    world.out.write(nextSteps(address, world.program));
  }
  return EXIT.done;
}

async function newFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'checkrein-demo-'));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    throw new OutsideFailure({
      kind: 'unavailable',
      message: `No folder could be made for the demo in ${plainLine(tmpdir(), 300)} (${code})`,
      remedy: 'Say where to keep it with --ledger dir:PATH, or set TMPDIR to a folder that you may write to',
      retry: false,
    });
  }
}

/** What to try after the demo, ready to copy. */
function nextSteps(address: string, program: string): string {
  // The address of a database may hold a password.
  if (address === 'memory:' || isDatabase(address)) return '';
  const place = /^[\w:./-]+$/.test(address) ? address : `'${plainLine(address, 300).replaceAll("'", "'\\''")}'`;
  return [
    '  Next: prove this ledger, see what happened in it, judge sessions of your own.',
    `    ${program} ledger verify --ledger ${place}`,
    `    ${program} ledger show --ledger ${place} --kind alert.changed`,
    `    ${program} watch --sessions 'PATH/*.json' --dry-run`,
    '',
    '',
  ].join('\n');
}

function seedOf(invocation: Invocation): number {
  const text = invocation.value('seed') ?? '1';
  if (!/^\d{1,9}$/.test(text))
    throw new UsageError(`--seed wants a whole number of at most 9 digits, not ${quoted(text)}.`);
  return Number(text);
}

/**
 * Lives through the month: at each look `watch` learns what had been seen by then. Nothing outside the ledger is written. The
 * month is kept in memory and written to its place in one go at the end: not every hour of it needs to survive a power cut.
 */
async function replay(fleet: DemoFleet, asked: string, world: World): Promise<Watched> {
  const address = parseLedgerAddress(asked);
  if (!address.ok) throw new UsageError(`${address.failure.message}. ${address.failure.remedy}.`);
  const place = await storeAt(address.value, { world, github: null, repo: fleet.repo });
  const empty = await place.open();
  refuseHeld(empty, place.place);
  const memory = memoryStore();
  const watched = await live(fleet, { ...memory, place: place.place }, address.value, world);
  const lived = await memory.open();
  const files = [...lived.files.keys()].map(async (path) => ({ path, keep: 0, bytes: await lived.read(path) }));
  const kept = await place.commit(empty, await Promise.all(files), 'A month of made-up agents');
  if (kept.kind === 'conflict') throw new UsageError(`Somebody else has written to ${place.place}: name a new place.`);
  return watched;
}

function refuseHeld({ files }: Tree, place: string): void {
  if (chainFiles(files.keys()).length === 0) return;
  throw new UsageError(`${place} holds a ledger already, which made-up events must not get into: name a new place.`);
}

async function live(fleet: DemoFleet, store: TreeStore, address: LedgerAddress, world: World): Promise<Watched> {
  const clock = { now: after(DEMO_END, -DEMO_DAYS * DAY) };
  const { repo } = fleet;
  const ledger = ledgerAt(store, address, { world, now: () => clock.now, repo });
  const config = demoConfig();
  const draw = progressOn(world.err);
  let watched: Watched | null = null;
  for (const [index, now] of LOOKS.entries()) {
    const from = clock.now;
    clock.now = now;
    draw('living through a month', index + 1, LOOKS.length);
    const source = demoSource(fleet, index === 0 ? '' : from, now);
    watched = await watch(demoJob({ repo, now, by: `demo-${index + 1}`, config, ledger, source }, world));
  }
  if (watched === null) throw new Error('the demo never looked');
  return watched;
}

interface DemoLook extends Pick<WatchJob, 'repo' | 'now' | 'by' | 'config' | 'ledger'> {
  readonly source: Source;
}

function demoJob({ source, ...look }: DemoLook, world: World): WatchJob {
  return {
    ...look,
    trigger: { name: 'schedule', run: null, late: null },
    waiting: null,
    hear: null,
    sources: [source],
    sample: null,
    apply: RESPONSE_KINDS,
    rollback: null,
    rerun: null,
    issues: null,
    stop: null,
    deliver: null,
    opinions: null,
    given: { policies: {}, routes: {} },
    heartbeat: null,
    eyes: null,
    home: homeAddress(world.env),
    clock: world.now,
    sleep: world.sleep,
    requests: () => 0,
    progress: () => undefined,
  };
}

/** Everything that had been seen by `to` and not by `from`. */
function demoSource({ events }: DemoFleet, from: Instant, to: Instant): Source {
  const learned = events.filter(({ seen }) => seen > from && seen <= to);
  return { name: 'demo', gather: async () => ({ events: learned, complaints: [] }) };
}

function demoConfig(): Config {
  const parsed = parseConfig(DEMO_CONFIG, 'the configuration of the demo');
  if (!parsed.ok) throw new Error(`the bundled configuration is not valid: ${JSON.stringify(parsed.errors)}`);
  return parsed.config;
}
