import type { Delivery } from '../core/notice.ts';
import { type Duration, SECOND } from '../core/time.ts';
import { isCallable } from '../responses/stop/webhook.ts';
import type { WatchJob } from './job.ts';
import type { Watched } from './show.ts';
import type { World } from './world.ts';

const TIMEOUT: Duration = 10 * SECOND;

/**
 * Calls the address in an environment variable, so that whoever waits for the call notices when runs stop. Null where none is set.
 * Nothing but the fact of a run is sent; the address is a secret and stands in no message.
 */
export function heartbeatOf(name: string | null, { env }: Pick<World, 'env'>): WatchJob['heartbeat'] {
  if (name === null) return null;
  return async () => {
    const url = env[name] ?? '';
    if (url === '') return refused(`the environment has no ${name}`);
    if (!isCallable(url)) return refused(`what ${name} holds is no https address without a name and a password in it`);
    const status = await statusOf(url);
    if (status === null) return { ...refused('it did not answer in time'), retry: true, unsure: true };
    return status < 300 ? { ok: true, receiver: {} } : { ...refused(`it answered ${status}`), retry: status >= 500 };
  };
}

function refused(error: string): Exclude<Delivery, { ok: true }> {
  return { ok: false, error, retry: false, unsure: false, waitFor: null };
}

/** Null when there was no answer. What was thrown is not looked at: its words may hold the address. */
async function statusOf(url: string): Promise<number | null> {
  try {
    const answer = await fetch(url, { method: 'POST', redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT) });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}

/** Says that a run went well, where somebody waits for that; a run that did not is silent. */
export async function beat({ heartbeat }: WatchJob, watched: Watched): Promise<Watched> {
  if (heartbeat === null || watched.incomplete) return watched;
  const said = await heartbeat();
  if (said.ok) return watched;
  const complaint = `the heartbeat could not be sent: ${said.error}`;
  return { ...watched, view: { ...watched.view, complaints: [...watched.view.complaints, complaint] } };
}
