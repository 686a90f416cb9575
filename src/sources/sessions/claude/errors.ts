import type { ToolErrorClass } from '../../../core/session.ts';
import { asText, objectsOf } from '../json/fields.ts';

/** Why a tool call failed, judged by the text of its result. The text always yields some class. */
export type ErrorClass = Exclude<ToolErrorClass, 'unknown'>;

/** All classes. WebAssembly knows them by their places, counted from 1 (fold/assembly/work.ts). */
export const ERROR_CLASSES: readonly ErrorClass[] = ['exit', 'sibling', 'misuse', 'rejected', 'denied', 'other'];

/** Only the beginning of a text decides its class: how it starts, or a sentence close to the start. */
const CONSIDERED = 2_048;

const MISUSE = '<tool_use_error>';
const SIBLING = 'Sibling tool call errored';
const REJECTED = "The user doesn't want to";
const [PERMISSION, DENIED] = ['Permission to use', 'denied'] as const;
const DENIALS: readonly string[] = ['requested permissions', 'requires approval'];

/** Classifies a failed result by its `content`: a text or a list of text blocks. The text itself is not kept. */
export function errorClass(content: unknown): ErrorClass {
  const text = consideredText(content).replace(/^Error: /, '');
  if (/^Exit code \d/.test(text)) return 'exit';
  if (text.startsWith(MISUSE)) return text.includes(SIBLING) ? 'sibling' : 'misuse';
  if (text.startsWith(REJECTED)) return 'rejected';
  return isDenial(text) ? 'denied' : 'other';
}

function isDenial(text: string): boolean {
  if (text.startsWith(PERMISSION) && text.includes(DENIED)) return true;
  return DENIALS.some((sentence) => text.includes(sentence));
}

/** Whether a text may be of another class than `other`, judged by its JSON spelling, which takes less time than reading it. */
export function mayHaveClass(written: string): boolean {
  return (
    written.includes('\\u') ||
    ['Exit code ', MISUSE, REJECTED, PERMISSION, ...DENIALS].some((sign) => written.includes(sign))
  );
}

/** The part of a result's text that is needed to classify it. */
export function consideredText(content: unknown): string {
  return textOf(content).slice(0, CONSIDERED);
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return asText(objectsOf(content).find((block) => block['type'] === 'text')?.['text']) ?? '';
}
