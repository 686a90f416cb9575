import { CONFIG, type CommandDoc, JSON_OUT, LEDGER, NOW } from '../shell/command-doc.ts';

/** `checkrein rules` */
export const RULES_COMMAND: CommandDoc = {
  name: 'rules',
  summary: 'List, check, test, explain or export rules.',
  verbs: [
    ['list', 'List all rules, with the question that each of them asks.'],
    ['check FILE', 'Find every mistake in a configuration or a file of rules.'],
    ['test FILE', 'Play made-up timelines through rules and compare what fires with what should.'],
    ['explain ALERT', 'Say why an alert fires, or why it does not.'],
    ['export', 'Print rules or metrics for Prometheus.'],
  ],
  operands: 'list|check|test|explain|export [FILE|ALERT]',
  options: [
    CONFIG,
    {
      flag: 'allow-missing-channels',
      summary:
        'With `check`: a channel that is not defined is a warning, not an error; what names it goes to an issue.',
    },
    {
      flag: 'format',
      value: 'FORMAT',
      summary:
        'With `export`: `prometheus`, the rules as a Prometheus rule file, or `metrics`, the metrics as text exposition.',
    },
    { ...LEDGER, summary: `With \`explain\` and \`export --format metrics\`: ${LEDGER.summary}` },
    { ...NOW, summary: `With \`explain\` and \`export --format metrics\`: ${NOW.summary}` },
    { ...JSON_OUT, summary: `With every word but \`export\`: ${JSON_OUT.summary}` },
  ],
  exits: {
    '1': '`test` found something else than was expected',
    '2': '`check` found errors, all of which are listed; or bad usage',
  },
  examples: [
    'checkrein rules list',
    'checkrein rules check config/alerts.yml --json',
    'checkrein rules test alerts.test.yml',
    'checkrein rules explain autonomous_session_failure_spike',
    'checkrein rules export --format prometheus',
  ],
};
