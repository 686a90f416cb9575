import type { ToolErrorClass } from '../../../core/session.ts';
import { asText, objectsOf } from '../json/fields.ts';

/** Why a tool call failed, judged by the text of its result. The text always yields some class. */
export type ErrorClass = Exclude<ToolErrorClass, 'unknown'>;

/** Only the beginning of a text decides its class: how it starts, or a sentence close to the start. */
const CONSIDERED = 2_048;

/** Classifies a failed result by its `content`: a text or a list of text blocks. The text itself is not kept. */
export function errorClass(content: unknown): ErrorClass {
  const text = consideredText(content).replace(/^Error: /, '');
  if (/^Exit code \d/.test(text)) return 'exit';
  if (text.startsWith('<tool_use_error>')) return text.includes('Sibling tool call errored') ? 'sibling' : 'misuse';
  if (text.startsWith("The user doesn't want to")) return 'rejected';
  return isDenial(text) ? 'denied' : 'other';
}

function isDenial(text: string): boolean {
  if (text.startsWith('Permission to use') && text.includes('denied')) return true;
  return text.includes('requested permissions') || text.includes('requires approval');
}

/** The part of a result's text that is needed to classify it. */
export function consideredText(content: unknown): string {
  return textOf(content).slice(0, CONSIDERED);
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return asText(objectsOf(content).find((block) => block['type'] === 'text')?.['text']) ?? '';
}
