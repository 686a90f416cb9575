import type { Alert } from '../core/alert.ts';
import type { RemedyKind } from '../core/notice-terms.ts';

/**
 * What the configuration asks for about an alert: by the name of its rule, else by one of its labels (`team=payments`). An
 * entry of `none` asks for nothing, so a label can still apply. Null where nothing is asked for.
 */
export function askedOf<Asked extends { readonly do: RemedyKind }>(
  { name, labels }: Pick<Alert, 'name' | 'labels'>,
  asked: Readonly<Record<string, Asked>>,
): Asked | null {
  const keys = [name, ...Object.entries(labels).map(([label, value]) => `${label}=${value}`)];
  const found = keys.flatMap((key) => (Object.hasOwn(asked, key) ? (asked[key] ?? []) : []));
  return found.find((one) => one.do !== 'none') ?? null;
}
