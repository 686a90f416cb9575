import { plainLine } from '../../core/text.ts';
import type { ActionEvent } from '../../github/event.ts';

/**
 * What whoever started the workflow by hand or by an API call typed into a field of it; empty where there is none. Read from
 * the event itself, so that no workflow has to put the text of people into its own lines.
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

/** The names in a list such as `fixer, triage`; each on a line, behind a comma or a space. */
export function namesIn(list: string): readonly string[] {
  return list
    .split(/[\s,]+/)
    .map((name) => plainLine(name))
    .filter((name) => name !== '');
}
