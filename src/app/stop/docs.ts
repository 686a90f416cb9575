import {
  CONFIG,
  CONFIG_OF_REPO,
  type CommandDoc,
  FAILED,
  JSON_OUT,
  LEDGER_OF_REPO,
  NOW,
  REPO_OF_STOP,
} from '../shell/command-doc.ts';

/** `stop`, as help lists it. */
export const STOP: CommandDoc = {
  name: 'stop',
  summary: 'Stop agents: disable workflows, end runs, hold pull requests back, write a receipt.',
  operands: '[AGENT…]',
  options: [
    REPO_OF_STOP,
    { flag: 'all', summary: 'Stop every agent of the repository.' },
    { flag: 'reason', value: 'TEXT', summary: 'Why; the receipt says it. Required.' },
    LEDGER_OF_REPO,
    CONFIG_OF_REPO,
    { flag: 'dry-run', summary: 'Change nothing: print which workflows, runs and pull requests would be stopped.' },
    NOW,
    JSON_OUT,
  ],
  exits: {
    ...FAILED,
    '4': 'the stop is not complete; the receipt says what is left and what to do about it',
  },
  examples: [
    "checkrein stop --all --reason 'they comment in circles' --repo octo/garden",
    "checkrein stop fixer triage --reason 'wrong branch' --repo octo/garden --dry-run",
  ],
};

/** `resume`, as help lists it. */
export const RESUME: CommandDoc = {
  name: 'resume',
  summary: 'Switch on again exactly what the stop in force switched off, at once or in stages.',
  operands: '[AGENT…]',
  options: [
    REPO_OF_STOP,
    {
      flag: 'canary',
      value: 'AGENT',
      summary: 'Resume this agent first; `watch` lets the others follow when its sessions have been good.',
    },
    {
      flag: 'anyway',
      summary: 'Resume although the alert for which a rule stopped the agents still holds. Needs `--reason`.',
    },
    { flag: 'reason', value: 'TEXT', summary: 'Why; the ledger keeps it.' },
    LEDGER_OF_REPO,
    CONFIG_OF_REPO,
    NOW,
    JSON_OUT,
  ],
  exits: {
    '1': 'something could not be switched on, or the ledger or GitHub could not be asked; the message says what to do',
    '3': 'refused, and nothing was changed: no stop is in force, or its cause still holds',
  },
  examples: [
    "checkrein resume --repo octo/garden --reason 'the trigger is fixed'",
    'checkrein resume --repo octo/garden --canary fixer',
  ],
};

/** `drill`, as help lists it. */
export const DRILL: CommandDoc = {
  name: 'drill',
  summary: 'Rehearse the emergency stop on a harmless workflow and measure how long it takes.',
  operands: '',
  options: [
    { flag: 'repo', value: 'OWNER/NAME', summary: 'The repository whose canary is stopped (needs GITHUB_TOKEN).' },
    {
      flag: 'dry',
      summary:
        'Touch nothing outside: let a made-up agent run away in a copy of the ledger and see what the rules make of it.',
    },
    {
      flag: 'ledger',
      value: 'ADDRESS',
      summary:
        'Where the ledger is (default: what the configuration says, else the branch `checkrein` of the repository; with `--dry` alone `dir:.checkrein`).',
    },
    CONFIG,
    {
      flag: 'badge',
      value: 'PATH',
      summary: 'Write the JSON from which shields.io draws a badge of the last live drill.',
    },
    JSON_OUT,
  ],
  exits: { '1': 'the drill failed, or was refused because a stop is in force; the message says what to do' },
  examples: [
    'checkrein drill --repo octo/garden --badge drill.json',
    'checkrein drill --dry --ledger branch:octo/garden --json',
  ],
};
