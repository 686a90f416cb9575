import type { Alert } from '../core/alert.ts';
import { formatMoment } from '../core/quantity.ts';
import type { View } from './view.ts';

/**
 * Who has acknowledged an alert and who silenced it, one line each as plain text. It contains a person's words, so make it
 * inert.
 */
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
