import { describe, expect, test } from 'vitest';
import type { GraphEvidence } from '../../core/finding.ts';
import { graphMarkdown } from './graph.ts';

function graph(labels: readonly string[], more: Partial<GraphEvidence> = {}): GraphEvidence {
  const nodes = labels.map((label, i) => ({
    key: `k${i}`,
    kind: i % 2 === 0 ? ('run' as const) : ('deed' as const),
    label,
  }));
  const edges = nodes.slice(1).map(({ key }, i) => ({ from: `k${i}`, to: key, isSure: i % 2 === 1 }));
  return { title: 't', nodes, edges, left: 0, ...more };
}

describe('the picture of what set off what', () => {
  test('has boxes for runs, round ones for what was done, and broken arrows for what is concluded', () => {
    expect(graphMarkdown(graph(['fixer, run 1, 12:00', 'comment in 5', 'writer, run 2, 12:04']))).toBe(
      [
        '```mermaid',
        'flowchart TD',
        '  n0["fixer, run 1, 12:00"]',
        '  n1(["comment in 5"])',
        '  n2["writer, run 2, 12:04"]',
        '  n0 -.-> n1',
        '  n1 --> n2',
        '```',
      ].join('\n'),
    );
  });

  test.each([
    'x"]; click n0 "javascript:alert(1)',
    'a\n```\n# @octocat',
    '<img src=x onerror=alert(1)>',
    '#quot;&lt;b&gt;',
    '--> evil %%{init: {}}%% `x` https://evil.example',
    '\u202Eoops\u0000',
  ])('stays a picture with the hostile name %j', (name) => {
    const text = graphMarkdown(graph([name, 'comment']));
    const lines = text?.split('\n') ?? [];
    expect(lines).toHaveLength(6);
    expect(lines[2]).toMatch(/^ {2}n0\["[\p{L}\p{N} .,:/_()…-]*"\]$/u);
    expect(lines[2]).not.toMatch(/\/\/|--|@|\u202E/);
  });

  test('shows the last 30 steps, and says how many it left out', () => {
    const text = graphMarkdown(
      graph(
        Array.from({ length: 40 }, (_, i) => `n${i}`),
        { left: 2 },
      ),
    );
    expect(text?.match(/^ {2}n\d+[[(]/gm)).toHaveLength(30);
    expect(text).toContain('"n39"');
    expect(text).toContain('12 earlier steps are not shown.');
  });

  test('is none where nothing is connected', () => {
    expect(graphMarkdown(graph(['alone']))).toBeNull();
    expect(graphMarkdown(graph([]))).toBeNull();
    expect(graphMarkdown(graph(['a', 'b'], { edges: [{ from: 'k0', to: 'gone', isSure: true }] }))).toBeNull();
  });
});
