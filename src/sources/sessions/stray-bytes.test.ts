import { gzipSync } from 'node:zlib';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { assistant, lines, usage } from '../../../test/kit/transcript-rows.ts';
import { NO_PRICES } from '../prices/price-list.ts';
import { type CollectedSessions, collectSessions } from './collect.ts';

const INIT = { type: 'system', subtype: 'init', session_id: 's-1', model: 'claude-x' };
const RESULT = { type: 'result', subtype: 'success', session_id: 's-1', num_turns: 1, total_cost_usd: 0.5 };
const [FIRST, LAST] = [JSON.stringify(INIT), JSON.stringify(RESULT)];
const BOM = '\uFEFF';
/** The mark as a program writes it that took its bytes for Latin-1. */
const DOUBLE_BOM = '\u00EF\u00BB\u00BF';
const ZEROS = '\0'.repeat(5_000);
const COMPLAINT = 'zero bytes stand where records may have been';

async function collect(name: string, content: string | Buffer, within = ''): Promise<CollectedSessions> {
  await using files = await createFixture({ [`d/${name}`]: content });
  return await collectSessions([files.getPath(within === '' ? `d/${name}` : within)], NO_PRICES, () => undefined);
}

describe('byte order marks in front of a file', () => {
  test.each([
    ['encoded twice', DOUBLE_BOM],
    ['written twice', BOM + BOM],
    ['of both kinds', BOM + DOUBLE_BOM],
  ])('that were %s cost no record, and places are right behind them', async (_, marks) => {
    const { sessions, complaints } = await collect('a.jsonl', `${marks}${FIRST}\n{"n": !}\n${LAST}\n`, 'd');
    expect(sessions.map(({ reading }) => [reading.models, reading.cost.usd])).toEqual([[['claude-x'], 0.5]]);
    const byte = Buffer.byteLength(marks + FIRST) + 1;
    expect(complaints).toMatchObject([{ line: 2, byte, reason: 'a record cannot be read' }]);
  });

  test('that was encoded twice leaves an array whole', async () => {
    const { sessions, complaints } = await collect('a.json', DOUBLE_BOM + JSON.stringify([INIT, RESULT], null, 2), 'd');
    expect(sessions).toHaveLength(1);
    expect(complaints).toEqual([]);
  });
});

describe('zeros that a crash left in a file', () => {
  test.each([
    ['in front', `${ZEROS}${FIRST}\n${LAST}\n`, 1, 0],
    ['in front of a line', `${FIRST}\n\0\0${LAST}\n`, 2, FIRST.length + 1],
    ['between two records', `${FIRST}\0\0${LAST}\n`, 1, FIRST.length],
    ['in front of a log', `\0\0log\n${FIRST}\n${LAST}\n`, 1, 0],
    ['in front of a line of a log', `log\n${FIRST}\n\0\0${LAST}\n`, 3, FIRST.length + 5],
  ])('%s cost no record, and are told with their place', async (_, text, line, byte) => {
    const { sessions, complaints } = await collect('stdout.log', text, 'd');
    expect(sessions.map(({ reading }) => [reading.models, reading.cost.usd])).toEqual([[['claude-x'], 0.5]]);
    expect(complaints).toMatchObject([{ line, byte, reason: COMPLAINT }]);
  });

  test('within a transcript cost no row', async () => {
    const [one, two, three] = ['m1', 'm2', 'm3'].map((id) => lines([assistant(id, { usage: usage(1, 10) })]));
    const { sessions, complaints } = await collect('a.jsonl', `${one}\n\0\0${two}\n${three}\n`, 'd');
    expect(sessions.map(({ reading }) => reading.tokens.output)).toEqual([30]);
    expect(complaints[0]).toMatchObject({ line: 2, byte: (one?.length ?? 0) + 1, reason: COMPLAINT });
  });
});

describe('a file that gzip packed', () => {
  const packed = gzipSync(`${FIRST}\n${LAST}\n`);

  test.each([
    ['by name', 'a.log.gz', ''],
    ['in a folder', 'a.jsonl.gz', 'd'],
  ])('is named in a complaint when given %s', async (_, name, within) => {
    const { complaints } = await collect(name, packed, within);
    expect(complaints.map(({ reason }) => reason)).toEqual(['packed with gzip: not read. Unpack it first']);
  });

  test('is passed over in a folder when nothing says that it holds a session', async () => {
    expect((await collect('source.tar.gz', packed, 'd')).complaints).toEqual([]);
  });
});
