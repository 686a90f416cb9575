import type { Delivery } from '../../core/notice.ts';
import type { Means } from './channel.ts';
import { delivered } from './delivery.ts';
import { readSecret } from './environment.ts';
import { patienceOf } from './patience.ts';
import { post } from './post.ts';
import type { SecretName } from './secret.ts';

/** Calls an address that notices when the calls stop. The call only says that we are alive. */
export async function callAddress(address: SecretName, means: Means): Promise<Delivery> {
  const url = readSecret(address, means);
  if (!url.ok) return url.failure;
  const call = { url: url.value, name: `the heartbeat in ${address.env}`, headers: {}, body: '{}', repeatable: true };
  const answer = await post(call, { means, patience: patienceOf(means.patience) });
  return answer.ok ? delivered({}) : answer;
}
