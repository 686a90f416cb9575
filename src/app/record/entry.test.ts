import { describe, expect, test } from 'vitest';
import { UsageError } from '../shell/world.ts';
import { entriesIn } from './entry.ts';

describe('CHECKREIN_RECORD', () => {
  test('tells one entry on each line, with quotes and labels as on the command line', () => {
    const text = [
      'metric build.duration 412 --label target="linux arm"',
      '',
      "event release.published --label 'channel=beta'",
    ];
    expect(entriesIn(text.join('\n'))).toEqual([
      { kind: 'metric', name: 'build.duration', value: 412, labels: { target: 'linux arm' } },
      { kind: 'event', type: 'release.published', labels: { channel: 'beta' } },
    ]);
  });

  test.each([
    ['a flag of the command line', 'event x --json', '--json works on the command line only.'],
    ['a flag that there is not', 'event x --labels a=b', "'record' has no option '--labels'. Did you mean '--label'?"],
    ['a question for help', 'metric build.duration --help', "a line is 'metric NAME VALUE'"],
    ['the short one', '-h', "a line is 'metric NAME VALUE'"],
    ['a quote without an end', 'event "x', 'a quote has no end.'],
    ['a number that is none', 'metric build.duration fast', 'The value of a metric is a number'],
  ])('refuses %s, and names the line', (_name, line, reason) => {
    expect(() => entriesIn(`event fine\n${line}`)).toThrow(UsageError);
    expect(() => entriesIn(`event fine\n${line}`)).toThrow(`CHECKREIN_RECORD, line 2: ${reason}`);
  });
});
