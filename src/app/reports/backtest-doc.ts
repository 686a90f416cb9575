import { CONFIG, type CommandDoc, FAILED, JSON_OUT, LEDGER, NOW } from '../shell/command-doc.ts';

/** `backtest`, as help lists it. */
export const BACKTEST: CommandDoc = {
  name: 'backtest',
  summary: 'Replay rules and budgets over a ledger: what would have fired, and was it right?',
  operands: '',
  options: [
    LEDGER,
    CONFIG,
    {
      flag: 'every',
      value: 'LENGTH',
      summary: 'Look at even distances, for example `1h` (default: at each past run of `watch`, where there are any).',
    },
    { flag: 'from', value: 'TIME', summary: 'Tell only of alerts and incidents from this ISO 8601 moment on.' },
    { flag: 'to', value: 'TIME', summary: 'Tell only of alerts and incidents before this ISO 8601 moment.' },
    {
      flag: 'as-it-happened',
      summary:
        'Take each event for learned when it happened, not when it was read: for history that was read in afterwards. Needs memory for all events.',
    },
    {
      flag: 'labels',
      value: 'FILE',
      summary:
        'Incidents that people wrote down, as YAML or CSV: agent, from, to, kind. What fires outside of them is false (default: what people said of alerts in the ledger).',
    },
    {
      flag: 'latency',
      value: 'LENGTH',
      summary: 'An alert counts for an incident until so long after its end (default: `24h`).',
    },
    {
      flag: 'suggest',
      summary:
        'Try other settings, and print those that find as much with fewer false alarms, as a diff of the configuration.',
    },
    NOW,
    JSON_OUT,
  ],
  exits: FAILED,
  examples: [
    'checkrein backtest --ledger branch:octo/garden',
    'checkrein backtest --config stricter.yml --every 1h --labels incidents.yml --suggest',
  ],
};
