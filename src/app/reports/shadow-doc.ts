import { type CommandDoc, FAILED, JSON_OUT, LEDGER, NOW } from '../shell/command-doc.ts';

/** `shadow`, as help lists it. */
export const SHADOW: CommandDoc = {
  name: 'shadow',
  summary: 'Show what enforce mode would have saved, and which useful work it would have cut.',
  operands: '',
  options: [
    {
      flag: 'since',
      value: 'LENGTH',
      summary: 'How far to look back, such as `7d` or `30d` (default), at most `35d`.',
    },
    LEDGER,
    NOW,
    JSON_OUT,
  ],
  exits: FAILED,
  examples: ['checkrein shadow --ledger branch:octo/garden', 'checkrein shadow --since 7d --json'],
};
