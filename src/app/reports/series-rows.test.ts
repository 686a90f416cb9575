import { describe, expect, test } from 'vitest';
import { OutsideFailure } from '../../core/failure.ts';
import { readSeries, type SeriesRow } from './series-rows.ts';

async function rowsOf(...pieces: readonly (string | Buffer)[]): Promise<readonly SeriesRow[]> {
  async function* give(): AsyncGenerator<string | Buffer> {
    yield* pieces;
  }
  const rows: SeriesRow[] = [];
  for await (const group of readSeries(give())) rows.push(...group);
  return rows;
}

describe('readSeries', () => {
  test.each([
    ['ISO 8601', '2026-01-05T00:00:00Z'],
    ['a space and no zone', '2026-01-05 00:00:00'],
    ['another zone', '2026-01-05T01:00:00+01:00'],
    ['a day', '2026-01-05'],
    ['seconds since 1970', '1767571200'],
    ['milliseconds since 1970', '1767571200000'],
    ['quotes', '"2026-01-05 00:00:00"'],
  ])('reads a moment as %s', async (_name, timestamp) => {
    const [row] = await rowsOf(`timestamp,value\n${timestamp},1.5\n`);
    expect(row).toMatchObject({ line: 2, at: '2026-01-05T00:00:00.000Z', number: 1.5, complaint: null });
  });

  test.each(['', ' ', 'NaN', 'nan', 'null', 'NA', '-', 'inf', '-Infinity', '1e999'])(
    "takes the value '%s' for missing",
    async (value) => {
      const [row] = await rowsOf(`timestamp,value\n2026-01-05,${value}`);
      expect(row).toMatchObject({ number: null, complaint: null });
    },
  );

  test.each([
    ['a word', '2026-01-05,five', "'five' is no number"],
    ['two numbers', '2026-01-05,1 2', "'1 2' is no number"],
    ['hexadecimal', '2026-01-05,0x10', "'0x10' is no number"],
    ['a day that is none', '2026-02-30,1', "'2026-02-30' is no moment in ISO 8601 or since 1970"],
    ['nothing for a moment', ',1', "'' is no moment in ISO 8601 or since 1970"],
    ['a line that was cut off', '2026-01-05', 'the value is cut off'],
    ['what a terminal would obey', '2026-01-05,\u001b[2J', "'[2J' is no number"],
  ])('complains of %s, and keeps the line', async (_name, line, complaint) => {
    const [row, next] = await rowsOf(`timestamp,value\n${line}\n2026-01-06,7\n`);
    expect(row?.complaint).toBe(complaint);
    expect(row?.number).toBeNull();
    expect(next).toMatchObject({ line: 3, number: 7 });
  });

  test('finds the columns wherever they are, passes over others, byte order marks, empty lines and CR LF', async () => {
    const rows = await rowsOf(
      '\uFEFFid,Value,extra,Timestamp\r\n1,"3,5",x,2026-01-05\r\n\r\n2,4,"a ""b"", c",2026-01-06\r\n',
    );
    expect(rows.map(({ line, number, timestamp }) => ({ line, number, timestamp }))).toEqual([
      { line: 2, number: null, timestamp: '2026-01-05' },
      { line: 4, number: 4, timestamp: '2026-01-06' },
    ]);
    expect(rows[0]?.complaint).toBe("'3,5' is no number");
  });

  test('reads the same wherever the input is cut into pieces', async () => {
    const bytes = Buffer.from('timestamp,value\n2026-01-05,1\n2026-01-06,é\n2026-01-07,3');
    const whole = await rowsOf(bytes);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(await rowsOf(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
    }
  });

  test.each([
    ['an empty file', '', /empty/],
    ['a file without names', '2026-01-05,1\n', /line 1.*'timestamp'.*'value'/i],
    ['a file of something else', 'date,amount\n2026-01-05,1\n', /'date,amount'/],
  ])('refuses %s and says what is wanted', async (_name, text, message) => {
    const failure = await rowsOf(text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutsideFailure);
    expect(String(failure)).toMatch(message);
    expect(String(failure)).toContain('timestamp,value');
  });
});
