import { keptName } from '../../core/redact.ts';
import { inertLine } from '../../core/text.ts';

/**
 * A model's sentence in a form safe to keep: one line, without secrets, and without working mentions, links, references or
 * commands. It is made inert again wherever it is shown, so two safeguards must fail before anything happens.
 */
export function keptWords(text: string, max: number): string {
  return inertLine(keptName(text, max), max);
}
