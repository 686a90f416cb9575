import { type CommandDoc, FAILED, JSON_OUT, LEDGER, NOW } from '../shell/command-doc.ts';

/** `improvements`, as help lists it. */
export const IMPROVEMENTS: CommandDoc = {
  name: 'improvements',
  summary: 'Show what merged changes promised and what came of them, with rollbacks.',
  operands: '',
  options: [LEDGER, NOW, JSON_OUT],
  exits: FAILED,
  examples: ['checkrein improvements --ledger branch:octo/garden', 'checkrein improvements --json'],
};
