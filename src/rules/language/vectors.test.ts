import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import type { SerializedIncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { expect, test } from 'vitest';
import { compileCondition } from './condition.ts';
import { evaluate } from './evaluate.ts';

interface Vector {
  readonly name: string;
  readonly source: string;
  readonly expected: boolean | null;
}

/** The vectors of CEL that need no names and whose answer is true, false or an error. */
function vectorsOf(suite: SerializedIncrementalTestSuite, path: string): readonly Vector[] {
  const own = (suite.tests ?? []).flatMap(({ original }): readonly Vector[] => {
    const {
      name = '',
      expr,
      value,
      evalError,
      bindings,
    } = original as {
      readonly name?: string;
      readonly expr: string;
      readonly value?: { readonly boolValue?: boolean };
      readonly evalError?: object;
      readonly bindings?: object;
    };
    const expected = evalError === undefined ? value?.boolValue : null;
    if (expected === undefined || bindings !== undefined) return [];
    return [{ name: `${path}/${name}`, source: expr, expected }];
  });
  return [...own, ...(suite.suites ?? []).flatMap((below) => vectorsOf(below, `${path}/${below.name}`))];
}

test('the vectors of CEL that are conditions of ours have the answers that CEL wants', () => {
  const vectors = vectorsOf(tests, '');
  expect(vectors.length).toBeGreaterThan(500);
  let held = 0;
  const differing: string[] = [];
  for (const { name, source, expected } of vectors) {
    const compiled = compileCondition(source, {});
    if (!compiled.ok) continue;
    held++;
    const { value } = evaluate(compiled.condition, {});
    if (value !== expected) differing.push(`${name}: ${source} is ${value}, not ${expected}`);
  }
  expect(held).toBeGreaterThan(80);
  // CEL divides zero by zero into a number that is none and is equal to nothing; here that is no data.
  expect(differing.filter((line) => !line.includes(': 0.0/0.0 '))).toEqual([]);
  expect(differing).toHaveLength(3);
});
