import { CONFIG_OF_REPO, type CommandDoc, JSON_OUT, LEDGER_OF_REPO, NOW } from '../shell/command-doc.ts';

/** `review`, as help lists it. */
export const REVIEW: CommandDoc = {
  name: 'review',
  summary: 'Judge pull requests of agents: a commit status and one comment under each.',
  operands: '',
  options: [
    { flag: 'repo', value: 'OWNER/NAME', summary: 'The repository (needs GITHUB_TOKEN). Required.' },
    {
      flag: 'pull',
      value: 'NUMBER',
      many: true,
      summary:
        'The pull request (default: all open ones of agents whose head was not looked at yet). May be given more than once.',
    },
    LEDGER_OF_REPO,
    CONFIG_OF_REPO,
    { flag: 'dry-run', summary: 'Write nothing: print what would be said.' },
    NOW,
    JSON_OUT,
  ],
  exits: { '1': 'a pull request could not be looked at, or something could not be written; the message says which' },
  examples: ['checkrein review --repo octo/garden --pull 12 --dry-run', 'checkrein review --repo octo/garden --json'],
};
