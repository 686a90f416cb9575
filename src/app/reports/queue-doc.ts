import { CONFIG, type CommandDoc, FAILED, JSON_OUT, LEDGER, NOW } from '../shell/command-doc.ts';

/** `queue`, as help lists it. */
export const QUEUE: CommandDoc = {
  name: 'queue',
  summary: 'List pull requests of agents that wait for people, and when the queue will be empty.',
  operands: '',
  options: [LEDGER, CONFIG, NOW, JSON_OUT],
  exits: FAILED,
  examples: ['checkrein queue', 'checkrein queue --ledger branch:octo/garden --json'],
};

/** `waste`, as help lists it. */
export const WASTE: CommandDoc = {
  name: 'waste',
  summary: 'Show what became of 28 days of work, what a landed change costs, and what to change.',
  operands: '',
  options: [LEDGER, CONFIG, NOW, JSON_OUT],
  exits: FAILED,
  examples: ['checkrein waste', 'checkrein waste --ledger branch:octo/garden --json'],
};
