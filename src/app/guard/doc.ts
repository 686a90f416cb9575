import { CONFIG_OF_WATCH, type CommandDoc, FAILED, JSON_OUT, LEDGER_OF_REPO, NOW } from '../shell/command-doc.ts';

/** `guard`, as help lists it. */
export const GUARD: CommandDoc = {
  name: 'guard',
  summary: 'Decide whether an agent may start, and reserve its share of the budgets.',
  operands: '',
  options: [
    { flag: 'agent', value: 'NAME', summary: 'The agent that wants to start. Required.' },
    {
      flag: 'repo',
      value: 'OWNER/NAME',
      summary: 'Its repository on GitHub (needs GITHUB_TOKEN; default: GITHUB_REPOSITORY, where no ledger is named).',
    },
    {
      flag: 'run',
      value: 'NUMBER',
      summary: 'The id of the run that asks (default: GITHUB_RUN_ID). Each run and attempt takes one lease.',
    },
    LEDGER_OF_REPO,
    CONFIG_OF_WATCH,
    NOW,
    JSON_OUT,
  ],
  exits: { ...FAILED, '3': 'denied; the reason says by what, and until when' },
  examples: [
    'checkrein guard --agent nightly-fixer --repo octo/garden && claude -p "fix the tests"',
    'checkrein guard --agent nightly-fixer --ledger dir:.checkrein --run 4711 --json',
  ],
};
