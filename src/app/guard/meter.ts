import { attempt } from '../../core/failure.ts';
import type { GuardHandover } from '../../core/guard.ts';
import { METER_STATE } from '../../meter/plan.ts';
import type { WaitingMeter } from '../../meter/start.ts';
import type { ActionHost } from '../shell/action-host.ts';
import type { World } from '../shell/world.ts';
import type { Guarded } from './guard.ts';

/** Whether the agent is followed while it works, and what people should know about that. */
export interface Followed {
  /** Null when it is; otherwise why not. */
  readonly why: string | null;
  readonly notes: readonly string[];
}

/** Starts the process that follows the agent while the decision is still being made: starting takes as long as deciding. */
export async function wakeMeter({ env }: World): Promise<WaitingMeter> {
  return (await import('../../meter/start.ts')).wakeMeter(env);
}

/**
 * Lets the meter follow an agent that may start, and passes on what later steps and the end of the job need. An agent that was
 * denied needs none.
 */
export async function followAgent(
  host: ActionHost,
  meter: WaitingMeter,
  handover: GuardHandover,
  { config, terms, given }: Pick<Guarded, 'config' | 'terms' | 'given'>,
  { env }: World,
): Promise<Followed> {
  if (handover.decision === 'deny') return { why: null, notes: [] };
  const token = host.input('github-token');
  const api = (env['GITHUB_API_URL'] ?? 'https://api.github.com').replace(/\/+$/, '');
  const started = await attempt(() =>
    meter.begin({
      ...{ handover, prices: config?.prices ?? [] },
      github: token === '' ? null : { api, token },
      // As for the start: an unreadable ledger does not hold up an agent that may work without it.
      ledgerLoss: terms.fail === 'open' || given.override !== null ? 'tell' : 'end',
    }),
  );
  if (!started.ok) return { why: `${started.failure.message}. ${started.failure.remedy}.`, notes: [] };
  const { handle, env: later, notes } = started.value;
  host.state(METER_STATE, JSON.stringify(handle));
  for (const [name, value] of Object.entries(later)) host.variable(name, value);
  return { why: null, notes };
}
