import { type Firing, type ScoreTerms, scoreFirings, type Verdict } from '../../alerts/score.ts';
import type { Config } from '../../config/schema.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { unifiedDiff } from '../../core/text-diff.ts';
import { between, type Duration, HOUR, type Instant, parseDuration, parseInstant } from '../../core/time.ts';
import type { Ledger } from '../../ledger/port.ts';
import { episodesIn } from '../../metrics/episodes.ts';
import { DEFAULT_ADDRESS, LOCAL_REPO, openToRead } from '../ledger/open-ledger.ts';
import { databaseOf } from '../ledger/place.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { loadWholeConfig, readLocalText } from '../shell/load-config.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { clearLine, progressOn } from '../shell/progress.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { readLabels, verdictsOf } from './backtest-labels.ts';
import { type Backtest, backtestJson, backtestText, type Suggestion } from './backtest-print.ts';
import { bestTrials, configWith, trialJudges, trialsFor } from './backtest-suggest.ts';
import { allRules, asItHappened, asWatched, type Judge, onGrid, type Replay, replay, type Stretch } from './replay.ts';

/** The options of a backtest. */
interface Order {
  /** Null to look when `watch` looked. */
  readonly every: Duration | null;
  readonly happened: boolean;
  readonly from: Instant | null;
  readonly to: Instant;
  readonly latency: Duration;
  readonly labels: string | null;
  readonly now: Instant;
}

const USUAL_GRID: Duration = HOUR;

/** `checkrein backtest`: replays the history of a ledger; writes nothing. */
export async function backtestCommand(invocation: Invocation, world: World): Promise<number> {
  const order = orderOf(invocation, world);
  const { config, warnings } = await loadWholeConfig(invocation.value('config'));
  for (const warning of warnings) world.err.write(`checkrein: ${warning}\n`);
  const address = invocation.value('ledger') ?? databaseOf(world) ?? config.ledger ?? DEFAULT_ADDRESS;
  const ledger = await openToRead(address, { world, now: () => order.now, repo: null, github: null });
  const bench = await benchOf(ledger, order, world);
  const backtest = await run(bench, config);
  const suggestion = invocation.has('suggest')
    ? await suggest(bench, config, backtest, invocation.value('config'))
    : null;
  clearLine(world.err);
  const told = { ...backtest, suggestion };
  world.out.write(invocation.has('json') ? jsonLine(backtestJson(told)) : backtestText(told, world.out));
  return EXIT.done;
}

function orderOf(invocation: Invocation, world: World): Order {
  if (invocation.operands.length > 0) {
    throw new UsageError(`'backtest' takes options only, but got ${unexpected(invocation.operands)}.`);
  }
  const now = presentMoment(invocation.value('now'), world);
  const to = momentOf(invocation, 'to') ?? now;
  const from = momentOf(invocation, 'from');
  if (from !== null && from > to) throw new UsageError('--from lies after --to.');
  return {
    every: lengthOf(invocation, 'every'),
    happened: invocation.has('as-it-happened'),
    from,
    to,
    latency: lengthOf(invocation, 'latency') ?? 24 * HOUR,
    labels: invocation.value('labels'),
    now,
  };
}

function momentOf(invocation: Invocation, flag: string): Instant | null {
  const text = invocation.value(flag);
  const at = text === null ? null : parseInstant(text);
  if (text === null || at !== null) return at;
  throw new UsageError(`--${flag} wants an ISO 8601 moment such as 2026-11-21T09:30:00Z, not ${quoted(text)}.`);
}

function lengthOf(invocation: Invocation, flag: string): Duration | null {
  const text = invocation.value(flag);
  const length = text === null ? null : parseDuration(text);
  if (text === null || (length !== null && length > 0)) return length;
  throw new UsageError(`--${flag} wants a length of time such as 1h or 15m, not ${quoted(text)}.`);
}

/** Everything a replay is based on, read once: what can be said about its alerts, and how often to look. */
interface Bench {
  readonly order: Order;
  readonly repo: string;
  readonly place: string;
  readonly every: Duration | null;
  readonly verdicts: readonly Verdict[];
  readonly terms: ScoreTerms;
  stretches(): AsyncIterable<Stretch>;
  readonly told: () => void;
}

async function benchOf(ledger: Ledger<LedgerState>, order: Order, world: World): Promise<Bench> {
  const about = await lookThrough(ledger, order);
  const every = order.every ?? (about.watches > 0 && !order.happened ? null : USUAL_GRID);
  const total = every === null ? about.watches : Math.ceil(between(about.since ?? order.to, order.to) / every);
  const grid = every === null ? null : { every, from: null, to: order.to };
  const all = order.happened ? asItHappened(about.events) : null;
  const stretches = (): AsyncIterable<Stretch> => {
    const events = all ?? ledger.events();
    return grid === null ? until(asWatched(events), order.to) : onGrid(events, grid);
  };
  const verdicts = order.labels === null ? verdictsOf(about.episodes) : await readLabels(order.labels);
  const draw = progressOn(world.err);
  let looks = 0;
  return {
    order,
    repo: (await ledger.read()).state.watched ?? LOCAL_REPO,
    place: ledger.place,
    every,
    verdicts: verdicts.filter(({ from, to }) => from < order.to && (order.from === null || (to ?? from) >= order.from)),
    terms: { latency: order.latency, slack: every ?? HOUR, complete: order.labels !== null },
    stretches,
    told: () => draw('replaying', ++looks, Math.max(looks, total)),
  };
}

async function* until(stretches: AsyncIterable<Stretch>, to: Instant): AsyncGenerator<Stretch> {
  for await (const stretch of stretches) if (stretch.now <= to) yield stretch;
}

interface Glance {
  /** How often `watch` ran. */
  readonly watches: number;
  /** When the first event was learned. */
  readonly since: Instant | null;
  readonly episodes: ReturnType<typeof episodesIn>;
  /** All events, for replays that need them in another order; otherwise empty. */
  readonly events: readonly LedgerEvent[];
}

async function lookThrough(ledger: Ledger<LedgerState>, { happened }: Order): Promise<Glance> {
  const told: LedgerEvent[] = [];
  const events: LedgerEvent[] = [];
  let watches = 0;
  let since: Instant | null = null;
  for await (const event of ledger.events()) {
    if (event.kind === 'watch.ran') watches += 1;
    since ??= event.seen;
    if (event.kind.startsWith('alert.')) told.push(event);
    if (happened) events.push(event);
  }
  return { watches, since, episodes: episodesIn(told), events };
}

async function run(bench: Bench, config: Config): Promise<Backtest> {
  const replayed = await play(bench, config, [allRules('now', config)]);
  const firings = within(replayed.judges[0]?.firings ?? [], bench.order);
  const { place, repo, every, verdicts, terms, order } = bench;
  const { looks, events, from, to } = replayed;
  const score = scoreFirings(firings, verdicts, terms);
  return {
    place,
    repo,
    looks,
    events,
    from,
    to,
    every,
    labels: order.labels,
    verdicts,
    firings,
    score,
    suggestion: null,
  };
}

function play({ stretches, repo, told }: Bench, { issues, marks }: Config, judges: readonly Judge[]): Promise<Replay> {
  return replay(stretches(), judges, { repo, least: issues.min_severity, marks }, told);
}

function within(firings: readonly Firing[], { from, to }: Order): readonly Firing[] {
  return firings.filter(({ at }) => (from === null || at >= from) && at <= to);
}

/** Settings that find as much with fewer false alarms, finally tried together; empty when there are none. */
async function suggest(bench: Bench, config: Config, before: Backtest, file: string | null): Promise<Suggestion> {
  const trials = trialsFor(before.score, config);
  const none: Suggestion = { tried: trials.length, changes: [], diff: '', after: null };
  if (trials.length === 0) return none;
  const replayed = await play(bench, config, trialJudges(trials, config));
  const judged = replayed.judges.map(({ name, firings }) => ({ name, firings: within(firings, bench.order) }));
  const changes = bestTrials(trials, judged, bench);
  const changed = configWith(config, changes);
  if (changes.length === 0 || changed === null) return none;
  const { score: after } = await run(bench, changed);
  const worse = (after.recall ?? 0) < (before.score.recall ?? 0) || after.wrong.length >= before.score.wrong.length;
  if (worse) return none;
  const path = file ?? CONFIG_PATH;
  const { withOptions } = await import('../../config/edit.ts');
  const text = await readLocalText(path);
  const old = typeof text === 'string' ? text : '';
  const diff = unifiedDiff(old, withOptions(old === '' ? 'version: 1\n' : old, changes), path, old === '');
  return { tried: trials.length, changes, diff, after };
}
