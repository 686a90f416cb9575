import { keptName } from '../../core/redact.ts';
import { inertLine } from '../../core/text.ts';

/**
 * A sentence of a model as it may be kept: one line, without secrets, and with no mention, link, reference or command in it that
 * works. Wherever it is shown it is made inert once more, so that two things must fail before something does.
 */
export function keptWords(text: string, max: number): string {
  return inertLine(keptName(text, max), max);
}
