import { CONFIG, type CommandDoc, JSON_OUT, NOW } from '../shell/command-doc.ts';

/** `record`, as help lists it. */
export const RECORD: CommandDoc = {
  name: 'record',
  summary: 'Write metrics, events and test reports of your own into the ledger.',
  verbs: [
    ['metric NAME VALUE', 'Write one value of a metric.'],
    ['event TYPE', 'Write an event.'],
    ['report PATH…', 'Write the results of tests (JUnit XML), analysers (SARIF) or benchmarks.'],
    ['spool', 'Take in what programs have tracked. The default.'],
  ],
  operands: '[metric NAME VALUE|event TYPE|report PATH…|spool]',
  options: [
    {
      flag: 'label',
      value: 'KEY=VALUE',
      many: true,
      summary:
        'With `metric`, `event` and `report`: what tells it apart from others of its name. May be given up to 8 times.',
    },
    {
      flag: 'better',
      value: 'DIRECTION',
      summary:
        'With `report`: whether `smaller` (the default) or `bigger` values of benchmarks are better, where the file does not say it.',
    },
    {
      flag: 'spool',
      value: 'PATH',
      summary:
        'With `spool`: the folder (default: CHECKREIN_SPOOL, else `.checkrein/spool` in RUNNER_TEMP, else a folder among the temporary files of this user).',
    },
    {
      flag: 'ledger',
      value: 'ADDRESS',
      summary: 'Where the ledger is (default: what the configuration says, else `dir:.checkrein`).',
    },
    {
      flag: 'repo',
      value: 'OWNER/NAME',
      summary: 'The repository that it is about (default: that of the ledger branch, else GITHUB_REPOSITORY).',
    },
    CONFIG,
    NOW,
    JSON_OUT,
  ],
  exits: { '1': 'the command failed; the message says why and what to do' },
  examples: [
    'checkrein record metric build.duration 412 --label target=linux',
    'checkrein record event release.published --label channel=beta --ledger branch:octo/garden',
    "checkrein record report 'out/junit-*.xml' lint.sarif bench.json --label job=unit",
    'checkrein record spool --json',
  ],
};
