import { expect, test } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

test('puts the near word behind a sentence, with what stands before such words', () => {
  expect(didYouMean('wacth', ['watch', 'ingest'])).toBe(" Did you mean 'watch'?");
  expect(didYouMean('ledgr', ['ledger', 'repo'], '--')).toBe(" Did you mean '--ledger'?");
});

test('says nothing where nothing is near', () => {
  expect(didYouMean('frobnicate', ['watch', 'ingest'])).toBe('');
});
