import { plainLine } from '../../core/text.ts';
import type { ActionEvent } from '../../github/event.ts';

/**
 * What the person who started the workflow, by hand or by an API call, entered in a field; empty when there is none. Read from
 * the event itself, so that no workflow has to interpolate people's text into its own lines.
 */
export function typedInto({ payload }: Pick<ActionEvent, 'payload'>, field: string): string {
  for (const place of [payload['inputs'], payload['client_payload']]) {
    if (typeof place !== 'object' || place === null) continue;
    const value: unknown = Reflect.get(place, field);
    if (typeof value === 'string') return value.trim();
    if (typeof value === 'boolean') return String(value);
  }
  return '';
}

/** The names in a list such as `fixer, triage`, separated by line breaks, commas or spaces. */
export function namesIn(list: string): readonly string[] {
  return list
    .split(/[\s,]+/)
    .map((name) => plainLine(name))
    .filter((name) => name !== '');
}
