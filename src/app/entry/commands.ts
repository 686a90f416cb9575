import { GUARD } from '../guard/doc.ts';
import { RECORD } from '../record/doc.ts';
import { BACKTEST } from '../reports/backtest-doc.ts';
import { DETECT } from '../reports/detect-doc.ts';
import { IMPROVEMENTS } from '../reports/improvements-doc.ts';
import { PROFILE } from '../reports/profile-doc.ts';
import { QUEUE, WASTE } from '../reports/queue-doc.ts';
import { SHADOW } from '../reports/shadow-doc.ts';
import { REVIEW } from '../review/doc.ts';
import { RULES_COMMAND } from '../rules/doc.ts';
import { CONFIG, CONFIG_OF_WATCH, type CommandDoc, FAILED, JSON_OUT, LEDGER, NOW } from '../shell/command-doc.ts';
import { DRILL, RESUME, STOP } from '../stop/docs.ts';

const WATCH: CommandDoc = {
  name: 'watch',
  summary: 'Read what the agents did, judge it, and open, update and close issues.',
  operands: '',
  options: [
    { flag: 'repo', value: 'OWNER/NAME', summary: 'Watch this repository on GitHub (needs GITHUB_TOKEN).' },
    {
      flag: 'sessions',
      value: 'GLOB',
      many: true,
      summary:
        'Read session files, folders or zip archives of this machine. Quote a glob. May be given more than once.',
    },
    { flag: 'agent', value: 'NAME', summary: 'The agent that the files of `--sessions` belong to.' },
    LEDGER,
    CONFIG_OF_WATCH,
    {
      flag: 'apply',
      value: 'KINDS',
      summary:
        'Carry out only these kinds of responses, `issue,stop,rollback,rerun` or `none`; leave the others to another job.',
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
};

const INGEST: CommandDoc = {
  name: 'ingest',
  summary: 'Print what sessions used and did, from session files, folders or zip archives.',
  operands: 'PATH…',
  options: [
    { flag: 'agent', value: 'NAME', summary: 'The agent that the sessions belong to; the files do not say.' },
    {
      flag: 'usage-only',
      summary:
        'Tokens and cost only, which is faster: of Claude transcripts only the rows that name a `usage` are read.',
    },
    { flag: 'now', value: 'TIME', summary: 'Use the list prices of this ISO 8601 moment where a file has no time.' },
    CONFIG,
    {
      flag: 'csv',
      summary: 'Print one line of CSV for each session; complaints go to the error stream.',
    },
    JSON_OUT,
  ],
  exits: { '1': 'no session could be read; the complaints say why' },
  examples: [
    'checkrein ingest claude-execution-output.json',
    'checkrein ingest artifacts/ --json',
    'checkrein ingest ~/.claude/projects --usage-only --csv',
  ],
};

const LEDGER_COMMAND: CommandDoc = {
  name: 'ledger',
  summary: 'Prove, rebuild, print, compact or copy the ledger.',
  verbs: [
    ['verify', 'Prove that nothing in the ledger was changed or cut.'],
    ['rebuild', 'Make the checkpoint and the rollups anew from the events.'],
    ['show', 'Print the events.'],
    ['compact', 'Drop what `retention` no longer keeps.'],
    ['copy', 'Copy the ledger to another place, batch by batch.'],
  ],
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
        'With `verify`: an Ed25519 key as PEM, public or private, that receipts of stops must be signed with (beside ' +
        'CHECKREIN_SIGNING_KEY in the environment). May be given more than once.',
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
        'With `copy`: an empty place, or one that holds the beginning of the same ledger, which is then completed.',
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
        'With `compact`: the configuration whose `retention` applies (default: `.github/checkrein.yml` in this folder, if there is one).',
    },
    NOW,
    JSON_OUT,
  ],
  exits: {
    '1': '`verify` found damage or a receipt that is not proven, `verify`, `rebuild` or `compact` found no ledger, `compact` could not drop the history of a branch, `copy` was refused or is not the same, or a ledger cannot be read',
  },
  examples: [
    'checkrein ledger verify --ledger branch:octo/garden',
    'checkrein ledger show --kind alert.changed --json',
    'checkrein ledger compact --ledger branch:octo/garden',
    'checkrein ledger copy --from branch:octo/garden --to postgres://checkrein@db.example.com/fleet',
  ],
};

const DEMO: CommandDoc = {
  name: 'demo',
  summary: 'Run a bundled month of five agents through the real pipeline and show the result.',
  operands: '',
  options: [
    {
      flag: 'ledger',
      value: 'ADDRESS',
      summary: 'Where to keep the ledger (default: a new temporary folder).',
    },
    { flag: 'seed', value: 'NUMBER', summary: 'Make up another month of another fleet.' },
    JSON_OUT,
  ],
  exits: FAILED,
  examples: ['checkrein demo', 'checkrein demo --seed 7 --json'],
};

const DOCTOR: CommandDoc = {
  name: 'doctor',
  summary: 'Name every permission that your workflows lack, with the lines to paste.',
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
    {
      flag: 'channels',
      summary:
        'Send a test message to each channel of the configuration and say what came back. Needs their secrets in the environment.',
    },
    CONFIG_OF_WATCH,
    JSON_OUT,
  ],
  exits: { '1': 'something is missing; all of it is listed' },
  examples: ['checkrein doctor', 'checkrein doctor --repo octo/garden --json', 'checkrein doctor --channels'],
};

/** Related commands, under their heading in help. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly CommandDoc[];
}

/** Every verb of the command line, in the order in which help lists them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { title: 'See what agents do', commands: [WATCH, INGEST, REVIEW, DEMO] },
  { title: 'Hold and stop them', commands: [GUARD, STOP, RESUME, DRILL] },
  { title: 'Look back', commands: [QUEUE, WASTE, IMPROVEMENTS, PROFILE, SHADOW, BACKTEST, DETECT] },
  { title: 'Set up and maintain', commands: [DOCTOR, RULES_COMMAND, RECORD, LEDGER_COMMAND] },
];

export const COMMANDS: readonly CommandDoc[] = COMMAND_GROUPS.flatMap(({ commands }) => commands);
