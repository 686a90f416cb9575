import { describe, expect, test } from 'vitest';
import { withOptions } from './edit.ts';

const SHARE = { rule: 'failure-spike', option: 'share', to: 0.6 } as const;

describe('an option of a rule is changed', () => {
  test.each([
    [
      'where it stands',
      'rules:\n  failure-spike:\n    share: 0.5 # too low?\n',
      'rules:\n  failure-spike:\n    share: 0.6 # too low?\n',
    ],
    [
      'where it stands on one line',
      'rules: { failure-spike: { share: 0.5 } }\n',
      'rules: { failure-spike: { share: 0.6 } }\n',
    ],
    [
      'beside other options, and comments stay',
      '# ours\nrules:\n  # mind\n  failure-spike:\n    window: 12h\n',
      '# ours\nrules:\n  # mind\n  failure-spike:\n    share: 0.6\n    window: 12h\n',
    ],
    [
      'beside others on one line',
      'rules:\n  failure-spike: { window: 12h }\n',
      'rules:\n  failure-spike: { share: 0.6, window: 12h }\n',
    ],
    [
      'of a rule that was not named',
      'rules:\n  late: { enabled: false }\n',
      'rules:\n  failure-spike:\n    share: 0.6\n  late: { enabled: false }\n',
    ],
    [
      'of a rule without settings',
      'rules:\n  failure-spike:\nmode: shadow\n',
      'rules:\n  failure-spike: { share: 0.6 }\nmode: shadow\n',
    ],
    ['where no rule was named', 'version: 1', 'version: 1\nrules:\n  failure-spike:\n    share: 0.6\n'],
    ['where rules is empty', 'rules:\nversion: 1\n', 'rules:\n  failure-spike:\n    share: 0.6\nversion: 1\n'],
    ['where rules is an empty map', 'rules: {}\n', 'rules: { failure-spike: { share: 0.6 } }\n'],
    ['in an empty file', '', 'rules:\n  failure-spike:\n    share: 0.6\n'],
  ])('%s', (_where, before, after) => {
    expect(withOptions(before, [SHARE])).toBe(after);
  });

  test('several one after the other', () => {
    const late = { rule: 'failure-spike', option: 'window', to: '12h' } as const;
    expect(withOptions('version: 1\n', [SHARE, late])).toBe(
      'version: 1\nrules:\n  failure-spike:\n    window: 12h\n    share: 0.6\n',
    );
  });

  test.each([
    'rules: 5\n',
    'rules:\n  failure-spike: yes\n',
    'rules: [1\n',
    'rules: { failure-spike: { share: [1] } }\n',
  ])('not in what is no such map: %s', (text) => {
    expect(() => withOptions(text, [SHARE])).toThrow(RangeError);
  });
});
