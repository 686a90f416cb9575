import type { Alert } from '../core/alert.ts';
import type { RemedyKind } from '../core/notice-terms.ts';

/**
 * What is asked for about an alert: by the name of its rule, else by one of its labels (`team=payments`). `none` asks for nothing,
 * so that a label is heard all the same; null where nobody asks for anything.
 */
export function askedOf<Asked extends { readonly do: RemedyKind }>(
  { name, labels }: Pick<Alert, 'name' | 'labels'>,
  asked: Readonly<Record<string, Asked>>,
): Asked | null {
  const keys = [name, ...Object.entries(labels).map(([label, value]) => `${label}=${value}`)];
  const found = keys.flatMap((key) => (Object.hasOwn(asked, key) ? (asked[key] ?? []) : []));
  return found.find((one) => one.do !== 'none') ?? null;
}
