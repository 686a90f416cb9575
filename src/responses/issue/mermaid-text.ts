import { plainLine } from '../../core/text.ts';

/** Keeps only characters that cannot end a quoted text, a line or the fence, and that mean nothing to mermaid. */
export function mermaidText(text: string, max: number): string {
  return plainLine(plainLine(text, 4 * max).replace(/[^\p{L}\p{N} .,:/_()-]|-(?=-)|\/(?=\/)/gu, ' '), max);
}
