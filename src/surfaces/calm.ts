import type { Alert } from '../core/alert.ts';
import { formatMoment } from '../core/quantity.ts';
import type { View } from './view.ts';

/** Who has taken an alert on and who silenced it, a line each as plain text; a person's words are in it, so make it inert. */
export function calmWords(
  { acknowledged, fingerprint }: Alert,
  { silences }: Pick<View, 'silences'>,
): readonly string[] {
  const silence = silences[fingerprint];
  const why = (words: string | null): string => (words === null ? '' : `: ${words}`);
  const until = acknowledged?.until == null ? 'until it ends' : `until ${formatMoment(acknowledged.until)}`;
  return [
    ...(acknowledged === null ? [] : [`acknowledged by ${acknowledged.by} ${until}${why(acknowledged.note)}`]),
    ...(silence === undefined
      ? []
      : [`silenced by ${silence.by} until ${formatMoment(silence.until)}${why(silence.reason)}`]),
  ];
}
