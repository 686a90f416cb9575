import type { ToolErrorClass } from '../../../core/session.ts';
import { asText, objectsOf } from '../json/fields.ts';

/** Why a tool call failed, judged by the text of its result. The text always yields some class. */
export type ErrorClass = Exclude<ToolErrorClass, 'unknown'>;

/** All classes. WebAssembly knows them by their places, counted from 1 (fold/assembly/work.ts). */
export const ERROR_CLASSES: readonly ErrorClass[] = ['exit', 'sibling', 'misuse', 'rejected', 'denied', 'other'];

/** The number of a class in WebAssembly. */
export function numberOfClass(error: ErrorClass): number {
  return ERROR_CLASSES.indexOf(error) + 1;
}

/** The class with a number. Null for 0, which is no failure. */
export function classOfNumber(number: number): ErrorClass | null {
  return ERROR_CLASSES[number - 1] ?? null;
}

/** Only the beginning of a text decides its class: how it starts, or a sentence close to the start. */
const CONSIDERED = 2_048;

/** Some failures have it before the text proper. */
const PREFIX = 'Error: ';
const EXITS: readonly string[] = Array.from('0123456789', (digit) => `Exit code ${digit}`);
const MISUSE = '<tool_use_error>';
const SIBLING = 'Sibling tool call errored';
const REJECTED = "The user doesn't want to";
const [PERMISSION, DENIED] = ['Permission to use', 'denied'] as const;
const DENIALS: readonly string[] = ['requested permissions', 'requires approval'];

/** Classifies a failed result by its `content`: a text or a list of text blocks. The text itself is not kept. */
export function errorClass(content: unknown): ErrorClass {
  const written = consideredText(content);
  const text = written.startsWith(PREFIX) ? written.slice(PREFIX.length) : written;
  if (EXITS.some((exit) => text.startsWith(exit))) return 'exit';
  if (text.startsWith(MISUSE)) return text.includes(SIBLING) ? 'sibling' : 'misuse';
  if (text.startsWith(REJECTED)) return 'rejected';
  return isDenial(text) ? 'denied' : 'other';
}

function isDenial(text: string): boolean {
  if (text.startsWith(PERMISSION) && text.includes(DENIED)) return true;
  return DENIALS.some((sentence) => text.includes(sentence));
}

/** Texts that begin like this are certain to be of a class, in JSON spelling as well. */
export const STARTS: readonly (readonly [start: string, error: ErrorClass])[] = [
  ...EXITS.map((exit) => [exit, 'exit'] as const),
  [REJECTED, 'rejected'] as const,
].flatMap(([start, error]) => [[start, error] as const, [PREFIX + start, error] as const]);

/** All other texts without any of these in their JSON spelling are of the class `other`. An escape may stand for any letter. */
export const SIGNS: readonly string[] = ['\\u', MISUSE, PERMISSION, ...DENIALS];

/** The part of a result's text that is needed to classify it. */
export function consideredText(content: unknown): string {
  return textOf(content).slice(0, CONSIDERED);
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return asText(objectsOf(content).find((block) => block['type'] === 'text')?.['text']) ?? '';
}
