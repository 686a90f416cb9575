import type { Means } from './channel.ts';
import { refused, type Undelivered } from './delivery.ts';
import type { SecretName } from './secret.ts';

/** The value of a secret, or why it cannot be used. Only `value` contains the secret. */
export type HeldSecret =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly failure: Undelivered };

/** Reads a secret of any text. Surrounding whitespace, as files leave it behind, is trimmed. */
export function readText({ env }: SecretName, means: Pick<Means, 'secret'>): HeldSecret {
  const value = means.secret(env)?.trim() ?? '';
  if (value !== '') return { ok: true, value };
  return {
    ok: false,
    failure: refused(`the environment has no ${env}. Hand it to the step from a secret, under env:`),
  };
}

/** Reads a secret that becomes an address or a header: one word of plain characters. */
export function readSecret(name: SecretName, means: Pick<Means, 'secret'>): HeldSecret {
  const held = readText(name, means);
  if (!held.ok || /^[\x21-\x7e]+$/.test(held.value)) return held;
  return {
    ok: false,
    failure: refused(`what ${name.env} holds has blanks or other odd characters in it. Put it right`),
  };
}
