import type { GraphEvidence } from '../../core/finding.ts';
import { mermaidText } from './mermaid-text.ts';

/** More boxes than this cannot be followed by eye. */
const MOST_NODES = 30;

/**
 * Causes and effects as a picture in GitHub markdown; null when nothing is connected. Keys are left out, because they may
 * contain outside text.
 */
export function graphMarkdown({ nodes, edges, left }: GraphEvidence): string | null {
  const shown = nodes.slice(-MOST_NODES);
  const names = new Map(shown.map(({ key }, i) => [key, `n${i}`]));
  const arrows = edges.flatMap(({ from, to, isSure }) => {
    const [tail, head] = [names.get(from), names.get(to)];
    return tail === undefined || head === undefined ? [] : [`  ${tail} ${isSure ? '-->' : '-.->'} ${head}`];
  });
  if (arrows.length === 0) return null;
  const boxes = shown.map(({ key, kind, label }) => {
    const text = `"${mermaidText(label, 100)}"`;
    return `  ${names.get(key)}${kind === 'run' ? `[${text}]` : `([${text}])`}`;
  });
  const missing = left + nodes.length - shown.length;
  const more = missing === 0 ? '' : `\n\n${missing} earlier ${missing === 1 ? 'step is' : 'steps are'} not shown.`;
  return `${['```mermaid', 'flowchart TD', ...boxes, ...arrows, '```'].join('\n')}${more}`;
}
