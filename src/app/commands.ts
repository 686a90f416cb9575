/** One flag of a command, as `--help` and docs/commands.md show it. */
export interface OptionDoc {
  readonly flag: string;
  /** What follows the flag, for example `PATH`; absent for a switch. */
  readonly value?: string;
  /** May be given more than once. */
  readonly many?: true;
  readonly summary: string;
}

export interface CommandDoc {
  readonly name: string;
  readonly summary: string;
  /** What follows the name, for example `PATH…`. */
  readonly operands: string;
  readonly options: readonly OptionDoc[];
  /** Exit codes beside 0 (done) and 2 (bad usage or configuration). */
  readonly exits: Readonly<Record<string, string>>;
  readonly examples: readonly string[];
}

const JSON_OUT: OptionDoc = { flag: 'json', summary: 'Print JSON for programs; the shape is a stable contract.' };
const NOW: OptionDoc = { flag: 'now', value: 'TIME', summary: 'Take this ISO 8601 moment for the present.' };
const LEDGER: OptionDoc = {
  flag: 'ledger',
  value: 'ADDRESS',
  summary:
    'Where the ledger is: `dir:PATH`, `branch:OWNER/NAME[@REF]`, `postgres://…` or `memory:` (default: what ' +
    'CHECKREIN_DATABASE_URL says, else `dir:.checkrein`).',
};
const CONFIG: OptionDoc = {
  flag: 'config',
  value: 'PATH',
  summary: 'A configuration file on this machine (default: `.github/checkrein.yml` in this folder, if there is one).',
};
const CONFIG_OF_WATCH: OptionDoc = {
  flag: 'config',
  value: 'PATH',
  summary:
    'A configuration file on this machine (default: `.github/checkrein.yml`, with `--repo` on the default branch of the ' +
    'repository, else in this folder, if there is one).',
};
const REPO_OF_STOP: OptionDoc = {
  flag: 'repo',
  value: 'OWNER/NAME',
  summary: 'The repository of the agents (needs GITHUB_TOKEN). Required.',
};
const LEDGER_OF_REPO: OptionDoc = {
  flag: 'ledger',
  value: 'ADDRESS',
  summary: 'Where the ledger is (default: what the configuration says, else the branch `checkrein` of the repository).',
};
const CONFIG_OF_REPO: OptionDoc = {
  flag: 'config',
  value: 'PATH',
  summary: 'A configuration file on this machine (default: `.github/checkrein.yml` on the default branch).',
};
const FAILED = { '1': 'the command failed; the message says why and what to do' };

/** Every verb of the command line, in the order in which help lists them. */
export const COMMANDS: readonly CommandDoc[] = [
  {
    name: 'watch',
    summary: 'Gather what the agents did, remember it, judge it, and open, update and close issues.',
    operands: '',
    options: [
      { flag: 'repo', value: 'OWNER/NAME', summary: 'Watch this repository on GitHub (needs GITHUB_TOKEN).' },
      {
        flag: 'sessions',
        value: 'GLOB',
        many: true,
        summary:
          'Read session files, folders or zips of this machine. Put a glob in quotes. May be given more than once.',
      },
      { flag: 'agent', value: 'NAME', summary: 'The agent that the files of `--sessions` belong to.' },
      LEDGER,
      CONFIG_OF_WATCH,
      {
        flag: 'apply',
        value: 'KINDS',
        summary: 'Apply only these kinds of responses, `issue,stop` or `none`; the others are left to a job that may.',
      },
      { flag: 'no-gather', summary: 'Read nothing new: judge what the ledger holds.' },
      { flag: 'dry-run', summary: 'Change nothing, neither ledger nor issues: print what would be done.' },
      NOW,
      JSON_OUT,
    ],
    exits: FAILED,
    examples: [
      'checkrein watch --repo octo/garden --dry-run',
      "checkrein watch --ledger dir:.checkrein --sessions 'logs/**/*.json' --json",
    ],
  },
  {
    name: 'ingest',
    summary: 'Read session files, folders or zip archives and print what the sessions used and did.',
    operands: 'PATH…',
    options: [
      { flag: 'now', value: 'TIME', summary: 'Take the list prices of this ISO 8601 moment where a file has no time.' },
      JSON_OUT,
    ],
    exits: { '1': 'no session could be read; the complaints say why' },
    examples: ['checkrein ingest claude-execution-output.json', 'checkrein ingest artifacts/ --json'],
  },
  {
    name: 'ledger',
    summary: 'Prove, remake, print, compact or move the ledger: `verify`, `rebuild`, `show`, `compact`, `copy`.',
    operands: 'verify|rebuild|show|compact|copy',
    options: [
      LEDGER,
      {
        flag: 'kind',
        value: 'KIND',
        many: true,
        summary: 'With `show`: only events of this kind. May be given more than once.',
      },
      {
        flag: 'key',
        value: 'FILE',
        many: true,
        summary:
          'With `verify`: an Ed25519 key as PEM, public or private, that receipts of stops must be signed with; so must ' +
          'they with CHECKREIN_SIGNING_KEY in the environment. May be given more than once.',
      },
      {
        flag: 'from',
        value: 'ADDRESS',
        summary: 'With `copy`: the ledger to copy. It must be whole.',
      },
      {
        flag: 'to',
        value: 'ADDRESS',
        summary:
          'With `copy`: an empty place, or one that holds the beginning of the same ledger, which is then gone on with.',
      },
      {
        flag: 'signed-since',
        value: 'TIME',
        summary: 'With `verify` and a key: receipts from before this ISO 8601 moment need no signature.',
      },
      {
        flag: 'config',
        value: 'PATH',
        summary:
          'With `compact`: the configuration whose `retention` holds (default: `.github/checkrein.yml` in this folder, if there is one).',
      },
      NOW,
      JSON_OUT,
    ],
    exits: {
      '1': '`verify` found damage or a receipt that is not proven, `compact` could not drop the history of a branch, `copy` was refused or is not the same, or a ledger cannot be read',
    },
    examples: [
      'checkrein ledger verify --ledger branch:octo/garden',
      'checkrein ledger show --kind alert.changed --json',
      'checkrein ledger compact --ledger branch:octo/garden',
      'checkrein ledger copy --from branch:octo/garden --to postgres://checkrein@db.example.com/fleet',
    ],
  },
  {
    name: 'rules',
    summary: 'List the rules with their settings, or check a configuration file: `list`, `check FILE`.',
    operands: 'list|check [FILE]',
    options: [CONFIG, JSON_OUT],
    exits: { '2': '`check` found errors, all of which are listed; or bad usage' },
    examples: ['checkrein rules list', 'checkrein rules check .github/checkrein.yml --json'],
  },
  {
    name: 'demo',
    summary: 'Send a bundled month of five agents through the real pipeline and show what Checkrein makes of it.',
    operands: '',
    options: [
      {
        flag: 'ledger',
        value: 'ADDRESS',
        summary: 'Where to keep the ledger (default: a new folder for temporary files).',
      },
      { flag: 'seed', value: 'NUMBER', summary: 'Another month of another fleet.' },
      JSON_OUT,
    ],
    exits: FAILED,
    examples: ['checkrein demo', 'checkrein demo --seed 7 --json'],
  },
  {
    name: 'stop',
    summary:
      'Stop agents: switch their workflows off, end their runs, hold their pull requests back, and prove it with a receipt.',
    operands: '[AGENT…]',
    options: [
      REPO_OF_STOP,
      { flag: 'all', summary: 'Stop every agent of the repository.' },
      { flag: 'reason', value: 'TEXT', summary: 'Why; it stands in the receipt. Required.' },
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
  },
  {
    name: 'resume',
    summary: 'Switch on again exactly what the stop in force has switched off, all at once or one agent first.',
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
      { flag: 'reason', value: 'TEXT', summary: 'Why; it stands in the ledger.' },
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
      "checkrein resume --repo octo/garden --reason 'the trigger is mended'",
      'checkrein resume --repo octo/garden --canary fixer',
    ],
  },
  {
    name: 'drill',
    summary:
      'Try the emergency stop: start a harmless canary workflow, stop it for real, resume it, and measure how long each took.',
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
      { flag: 'badge', value: 'PATH', summary: 'Write what shields.io draws a badge of the last live drill from.' },
      JSON_OUT,
    ],
    exits: { '1': 'the drill failed, or was refused because a stop is in force; the message says what to do' },
    examples: [
      'checkrein drill --repo octo/garden --badge drill.json',
      'checkrein drill --dry --ledger branch:octo/garden --json',
    ],
  },
  {
    name: 'doctor',
    summary:
      'Name every permission that a job of your workflows lacks for what your configuration asks, with the lines to paste.',
    operands: '',
    options: [
      {
        flag: 'workflow',
        value: 'FILE',
        many: true,
        summary: 'Look at this workflow file alone (default: all of `.github/workflows`). May be given more than once.',
      },
      {
        flag: 'repo',
        value: 'OWNER/NAME',
        summary:
          'Read workflows and configuration from the default branch on GitHub, not from this folder (needs GITHUB_TOKEN).',
      },
      CONFIG_OF_WATCH,
      JSON_OUT,
    ],
    exits: { '1': 'something is missing; all of it is listed' },
    examples: ['checkrein doctor', 'checkrein doctor --repo octo/garden --json'],
  },
];
