import { expect, test } from 'vitest';

test('the tests run on Node 24, the one that GitHub runs actions with', () => {
  expect(process.version).toMatch(/^v24\./);
});
