import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { DAY } from '../../src/core/time.ts';
import { runCli } from '../drivers/run-cli.ts';
import { dailySpend, readings } from '../kit/series.ts';
import { inShell } from './shell.ts';

const SPEND = [...dailySpend(60, 1), 400];

function csv(values: readonly (number | null)[] = SPEND): string {
  const rows = readings(values, DAY).map(({ at, value }) => `${at},${value ?? ''}\n`);
  return `timestamp,value\n${rows.join('')}`;
}

/** The scores of a file, a number a row. */
function scoresOf(text: string): readonly number[] {
  const [header, ...lines] = text.trimEnd().split('\n');
  expect(header).toBe('timestamp,value,anomaly_score');
  return lines.map((line) => Number(line.split(',')[2]));
}

describe('detect', () => {
  test('writes a score for each row, as they stand in the file, and reports a day of ten times the usual spend', async () => {
    await using files = await createFixture({ 'spend.csv': csv() });
    const ran = await runCli(['detect', '--input', 'spend.csv', '--output', 'scores.csv'], { cwd: files.path });
    expect(ran).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    const text = readFileSync(files.getPath('scores.csv'), 'utf8');
    const lines = csv().trimEnd().split('\n');
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',').slice(0, 2).join(',')),
    ).toEqual(lines);
    const scores = scoresOf(text);
    expect(scores.flatMap((score, i) => (score >= 0.5 ? [i] : []))).toEqual([60]);
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
    expect(readdirSync(files.path)).toEqual(['scores.csv', 'spend.csv']);
  });

  test('gives a prefix of the series the same scores', async () => {
    await using files = await createFixture({ 'whole.csv': csv(), 'prefix.csv': csv(SPEND.slice(0, 40)) });
    const whole = await runCli(['detect', '--input', 'whole.csv'], { cwd: files.path });
    const prefix = await runCli(['detect', '--input', 'prefix.csv'], { cwd: files.path });
    expect(whole.stdout.startsWith(prefix.stdout)).toBe(true);
    expect(scoresOf(prefix.stdout)).toHaveLength(40);
  });

  test('reads from and writes to pipes, each row when it comes', async () => {
    await using files = await createFixture({ 'spend.csv': csv() });
    const line =
      '(head -n 5 spend.csv; sleep 1; tail -n +6 spend.csv) | cli detect --input - --output - | (head -n 5; cat)';
    const { exitCode, stdout, stderr } = await inShell(line, files.path);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(scoresOf(stdout)).toHaveLength(61);
  });

  test('as JSON says what it found and what that rests on', async () => {
    await using files = await createFixture({ 'spend.csv': csv() });
    const { exitCode, stdout } = await runCli(['detect', '--input', 'spend.csv', '--method', 'robust', '--json'], {
      cwd: files.path,
    });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      method: 'robust',
      rows: 61,
      unknown: { 'too few points came before to expect anything': 7 },
      reports: [
        {
          line: 62,
          at: '2026-03-06T00:00:00.000Z',
          kind: 'judged',
          method: 'robust',
          value: 400,
          score: expect.any(Number),
          expected: { low: expect.any(Number), high: expect.any(Number) },
          deviation: expect.any(Number),
          confidence: expect.any(Number),
          basis: { from: '2026-01-05T00:00:00.000Z', to: '2026-03-05T00:00:00.000Z', points: 60 },
        },
      ],
      complaints: [],
    });
  });

  test('names the lines that cannot be read, scores all others, loses none, and fails', async () => {
    const broken = csv().split('\n');
    broken[10] = '2026-01-14T00:00:00.000Z,lots';
    broken[20] = 'yesterday,3';
    broken[30] = '"2026-02-03T00:00:00.000Z';
    await using files = await createFixture({ 'spend.csv': broken.join('\n') });
    const { exitCode, stdout, stderr } = await runCli(['detect', '--input', 'spend.csv'], { cwd: files.path });
    expect(exitCode).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual([
      "checkrein: line 11: 'lots' is no number.",
      "checkrein: line 21: 'yesterday' is no moment in ISO 8601 or since 1970.",
      expect.stringContaining('checkrein: line 31: '),
    ]);
    const scores = scoresOf(stdout);
    expect(scores).toHaveLength(61);
    expect([scores[9], scores[19], scores[29]]).toEqual([0, 0, 0]);
    expect(scores[60]).toBeGreaterThan(0.5);
  });

  test.each([
    ['nothing', [], /--input FILE/],
    ['an unknown method', ['--input', 'a.csv', '--method', 'zscore'], /no method 'zscore'.*z-score/],
    [
      'an unknown sensitivity',
      ['--input', 'a.csv', '--method', 'iqr', '--sensitivity', 'extreme'],
      /low, medium, high/,
    ],
    [
      'a setting that the method does not heed',
      ['--input', 'a.csv', '--look-back', '1h'],
      /'novelty' has no --look-back/,
    ],
    ['a file that is its own output', ['--input', 'a.csv', '--output', './a.csv'], /write over --input/],
    ['a word too many', ['a.csv', '--input', 'a.csv'], /'a.csv'/],
  ])('refuses %s', async (_name, words, message) => {
    const { exitCode, stderr } = await runCli(['detect', ...words], {});
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('keeps the old scores when the new ones cannot be made', async () => {
    await using files = await createFixture({ 'bad.csv': 'date,amount\n', 'scores.csv': 'old' });
    const { exitCode, stderr } = await runCli(['detect', '--input', 'bad.csv', '--output', 'scores.csv'], {
      cwd: files.path,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('timestamp,value');
    expect(readFileSync(files.getPath('scores.csv'), 'utf8')).toBe('old');
    expect(readdirSync(files.path)).toEqual(['bad.csv', 'scores.csv']);
    const missing = await runCli(['detect', '--input', 'none.csv'], { cwd: files.path });
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ENOENT') });
    const folder = await runCli(['detect', '--input', 'bad.csv', '--output', 'no/such/folder.csv'], {
      cwd: files.path,
    });
    expect(folder.exitCode).toBe(1);
    expect(folder.stderr).not.toContain('bug');
  });

  test.skipIf(!existsSync('/dev/full'))('says so when the disk is full', async () => {
    await using files = await createFixture({ 'spend.csv': csv() });
    const { exitCode, stderr } = await runCli(['detect', '--input', 'spend.csv', '--output', '/dev/full'], {
      cwd: files.path,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ENOSPC');
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  const NAB = '../shared/series/nab/data/realKnownCause/machine_temperature_system_failure.csv';
  test.skipIf(!existsSync(NAB))('scores 22,695 rows of ../shared/series within a minute', async () => {
    const { exitCode, stdout } = await runCli(['detect', '--input', NAB], {});
    expect(exitCode).toBe(0);
    expect(scoresOf(stdout)).toHaveLength(22_695);
  });
});
