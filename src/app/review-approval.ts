import type { Config } from '../config/schema.ts';
import { attempt } from '../core/failure.ts';
import type { GitHub } from '../github/port.ts';
import type { RemoteChange } from '../github/review-port.ts';
import { isLead } from '../people/authorise.ts';
import type { Matter } from '../review/matter.ts';

/**
 * The lead who approved this very head by a review on GitHub; null where nobody did, or where that is not known. An approval of an
 * earlier head counts for nothing, nor does that of whoever opened it.
 */
export async function approverOf(
  { github, config }: { readonly github: GitHub; readonly config: Pick<Config, 'leads'> },
  { reviews, head }: Pick<Matter, 'reviews' | 'head'>,
  { author }: Pick<RemoteChange, 'author'>,
): Promise<string | null> {
  const last = new Map((reviews ?? []).filter(({ verdict }) => verdict !== 'commented').map((one) => [one.by.id, one]));
  for (const { by, verdict, head: seen } of last.values()) {
    if (verdict !== 'approved' || seen !== head || by.id === author?.id) continue;
    const role = await attempt(() => github.people.role(by.login));
    if (role.ok && isLead(by, { kind: 'role', ...role.value }, config.leads)) return by.login;
  }
  return null;
}
