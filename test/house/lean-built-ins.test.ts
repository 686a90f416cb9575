import { describe, expect, test } from 'vitest';
import { takingBuiltIns } from '../../scripts/lean-built-ins.ts';

/** What a module made of this code exports as `result`. */
async function resultOf(code: string): Promise<unknown> {
  const lean = takingBuiltIns(code);
  const { result } = (await import(`data:text/javascript,${encodeURIComponent(lean)}`)) as { readonly result: unknown };
  return result;
}

describe("Node's own modules in the bundle", () => {
  test.each([
    ["import { join } from 'node:path'; export const result = join('a', 'b');", 'a/b'],
    ["import { posix as p } from 'path'; export const result = p.join('a', 'b');", 'a/b'],
    ["import path, { sep } from 'node:path'; export const result = path.posix.join('a', sep);", 'a/'],
    ["import * as path from 'node:path'; export const result = path.posix.sep;", '/'],
    ["import { default as path } from 'node:path'; export const result = path.posix.sep;", '/'],
    ["export const result = join('a', 'b'); import { join } from 'node:path';", 'a/b'],
    ["import 'node:path'; export const result = 1;", 1],
  ])('%s', async (code, expected) => {
    expect(await resultOf(code)).toBe(expected);
    expect(takingBuiltIns(code)).not.toMatch(/(?:from|import) '(?:node:)?path/);
  });

  test('are taken after the line that names the program', () => {
    const lean = takingBuiltIns("#!/usr/bin/env node\nimport { join } from 'node:path';\njoin();");
    expect(lean).toMatch(/^#!\/usr\/bin\/env node\nconst /);
    expect(lean.match(/#!/g)).toHaveLength(1);
  });

  test('other imports stay as they are', () => {
    const code = "import { a } from './a.js';\nconst b = import('node:fs');";
    expect(takingBuiltIns(code)).toBe(code);
  });
});
