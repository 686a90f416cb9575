import { jsonLine } from '../shell/screen.ts';

/** A value as one line of the configuration file. Reading it back gives the same value. Pure. */
export function settingText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(settingText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{ ${members.map(([key, member]) => `${key}: ${settingText(member)}`).join(', ')} }`;
  }
  if (typeof value === 'string' && staysText(value)) return value;
  // For quoted strings JSON and YAML agree. A backtick would end a code block around it.
  return jsonLine(value).trimEnd().replaceAll('`', '\\u0060');
}

const DURATION = /^(\d+(ms|s|m|h|d|w))+$/;
const WORD = /^[A-Za-z][\w.-]*$/;
/** Words that YAML reads as something other than text, or did in its first version. */
const TAKEN = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** Whether YAML reads these characters as text without quotes. */
function staysText(text: string): boolean {
  return DURATION.test(text) || (WORD.test(text) && !TAKEN.test(text));
}
