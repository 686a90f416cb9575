import { type CommandDoc, FAILED, JSON_OUT, LEDGER, NOW } from '../shell/command-doc.ts';

/** `profile`, as help lists it. */
export const PROFILE: CommandDoc = {
  name: 'profile',
  summary: 'Show how long tools take, how often they fail, and where time is lost.',
  operands: '',
  options: [
    { flag: 'server', value: 'NAME', summary: 'Only the tools of this MCP server.' },
    {
      flag: 'since',
      value: 'LENGTH',
      summary: 'How far to look back, such as `24h` or `7d` (default). It is compared with as much time before.',
    },
    LEDGER,
    NOW,
    JSON_OUT,
  ],
  exits: FAILED,
  examples: ['checkrein profile', 'checkrein profile --server github --since 24h --json'],
};
