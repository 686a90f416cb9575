import { CONFIG, type CommandDoc, FAILED, JSON_OUT, LEDGER, NOW } from './command-doc.ts';

/** `queue`, as help lists it. */
export const QUEUE: CommandDoc = {
  name: 'queue',
  summary: 'List the pull requests of agents that wait for people, whom they wait for, and when all are looked at.',
  operands: '',
  options: [LEDGER, CONFIG, NOW, JSON_OUT],
  exits: FAILED,
  examples: ['checkrein queue', 'checkrein queue --ledger branch:octo/garden --json'],
};

/** `waste`, as help lists it. */
export const WASTE: CommandDoc = {
  name: 'waste',
  summary:
    'Say what became of the work of the last 28 days, what a change that landed costs, and which schedule or trigger to change.',
  operands: '',
  options: [LEDGER, CONFIG, NOW, JSON_OUT],
  exits: FAILED,
  examples: ['checkrein waste', 'checkrein waste --ledger branch:octo/garden --json'],
};
