import type { ConfiguredProbe } from '../../config/probes.ts';
import type { Config } from '../../config/schema.ts';
import { attempt, OutsideFailure } from '../../core/failure.ts';
import type { Probe } from '../../core/health.ts';
import { between, type Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import { gatherHealth, type LedgerReading } from '../../sources/health/fetch.ts';
import type { ProbeTarget } from '../../sources/mcp-probe/probe.ts';
import type { Gathered, Source } from '../job.ts';
import { VERSION } from '../shell/version.ts';
import type { World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';

/** A ledger, and how its first read went. */
export interface TimedLedger {
  readonly ledger: Ledger<LedgerState>;
  readonly firstReading: () => LedgerReading | null;
}

/** Times the first read of a ledger by the wall clock. Later reads may come from memory. */
export function timedLedger(ledger: Ledger<LedgerState>, clock: () => Instant): TimedLedger {
  const kept: { first: LedgerReading | null } = { first: null };
  const read: Ledger<LedgerState>['read'] = async () => {
    const began = clock();
    try {
      const snapshot = await ledger.read();
      kept.first ??= { ok: true, latency: Math.max(0, between(began, clock())), problem: null };
      return snapshot;
    } catch (error) {
      const problem = error instanceof OutsideFailure ? error.failure.kind.replaceAll('_', ' ') : null;
      kept.first ??= { ok: false, latency: null, problem };
      throw error;
    }
  };
  return { ledger: { ...ledger, read }, firstReading: () => kept.first };
}

interface HealthOrder {
  readonly repo: string;
  readonly now: Instant;
  readonly config: Config;
  readonly github: GitHub | null;
  readonly timed: TimedLedger;
  readonly world: Pick<World, 'env' | 'by' | 'now'>;
}

/**
 * Checks whether the ledger, GitHub Actions and the MCP servers of `probes` answer. Must be the last source: it looks at what the
 * others read.
 */
export function healthSource({ repo, now, config, github, timed, world }: HealthOrder): Source {
  const servers = config.probes.map((probe) => ({
    name: probe.name,
    every: probe.every,
    ask: (): Promise<Probe> => askServer(probe, world.env),
  }));
  return {
    name: 'health',
    gather: (state) =>
      gatherHealth({
        ...{ repo, now, by: world.by, github, servers },
        ledger: timed.firstReading(),
        runs: Object.values(state.recent.runs),
        before: state.health.probes,
      }),
  };
}

/** Takes one more sample of everything, whether or not a server is due. The ledger is read again. */
export async function sampleHealth(
  { ledger, ...order }: Omit<HealthOrder, 'timed'> & { readonly ledger: Ledger<LedgerState> },
  state: LedgerState,
): Promise<Gathered> {
  const timed = timedLedger(ledger, order.world.now);
  await attempt(() => timed.ledger.read());
  const { config } = order;
  const servers = { ...config, probes: config.probes.map((probe) => ({ ...probe, every: 0 })) };
  return await healthSource({ ...order, config: servers, timed }).gather(state);
}

/** The SDK is loaded only when a server is asked. */
async function askServer(probe: ConfiguredProbe, env: World['env']): Promise<Probe> {
  const { probeServer } = await import('../../sources/mcp-probe/probe.ts');
  return await probeServer({ name: probe.name, timeout: probe.timeout, reach: reachOf(probe, env) }, VERSION);
}

/** A program gets the variables named for it and those every program needs, so that no secret of ours reaches it. */
function reachOf(
  { command, url = '', env: names, token_env: token }: ConfiguredProbe,
  env: World['env'],
): ProbeTarget['reach'] {
  if (command === undefined) return { url, token: token === undefined ? null : (env[token] ?? null) };
  const given = ['PATH', 'HOME', ...names].flatMap((name) =>
    env[name] === undefined ? [] : [[name, env[name]] as const],
  );
  return { command, env: Object.fromEntries(given) };
}
