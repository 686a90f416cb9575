import { expect, test } from 'vitest';
import { spellingOf } from './spelling.ts';

test('a value has the spelling of JSON, unless there is none or it is nested too deeply', () => {
  expect(spellingOf({ a: [1, null, 'x'] })).toBe('{"a":[1,null,"x"]}');
  expect(spellingOf(undefined)).toBeNull();
  expect(spellingOf(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))).toBeNull();
});
