import type { CommandDoc } from '../shell/command-doc.ts';

/** `detect`, as help lists it. */
export const DETECT: CommandDoc = {
  name: 'detect',
  summary: 'Score a series of `timestamp,value` lines: each row is judged by those before it.',
  operands: '',
  options: [
    { flag: 'input', value: 'FILE', summary: 'The series as CSV; `-` is standard input. Required.' },
    {
      flag: 'output',
      value: 'FILE',
      summary:
        'Where `timestamp,value,anomaly_score` goes (default: standard output, without `--json`). A score of 0.5 or more is a report.',
    },
    {
      flag: 'method',
      value: 'NAME',
      summary:
        '`novelty` (default), `z-score`, `moving-average`, `percentile`, `iqr`, `robust`, `counts`, `change-point`, `drift`, `trend` or `dormancy`.',
    },
    {
      flag: 'sensitivity',
      value: 'LEVEL',
      summary: '`low`, `medium` (default) or `high`, for every method but `novelty`.',
    },
    {
      flag: 'look-back',
      value: 'LENGTH',
      summary: '`1h`, `6h`, `24h` or `30d` (default), for `z-score`, `moving-average`, `percentile` and `iqr`.',
    },
    { flag: 'json', summary: 'Print the reports with all that they rest on as JSON; the shape is a stable contract.' },
  ],
  exits: { '1': 'the series could not be read, or some lines could not; the others are scored' },
  examples: [
    'checkrein detect --input spend.csv --output scores.csv',
    'checkrein detect --input - --method robust --sensitivity high --json < failures.csv',
  ],
};
