import { readFileSync } from 'node:fs';
import { createFixture } from 'fs-fixture';
import { expect, test } from 'vitest';
import { type Truth, writeCorpus } from '../bench/sessions/corpus.ts';
import { ASSEMBLIES, compileAssembly, programFile } from '../scripts/compile-assembly.ts';
import { ingest } from '../src/app/ingest/ingest.ts';
import { openPriceList } from '../src/sources/prices/genai-prices.ts';
import { openScanner } from '../src/sources/sessions/claude/transcript/scan/scanner.ts';
import { scanTranscript } from '../src/sources/sessions/claude/transcript/skim.ts';
import { listFiles } from '../src/sources/sessions/files.ts';
import { CHUNK, sourceOf } from '../src/sources/sessions/json/line-feed.ts';
import { readSessionFile, readWholeFile } from '../src/sources/sessions/recognise.ts';
import { startReading } from '../src/sources/sessions/skim-files.ts';

const now = '2026-11-01T00:00:00.000Z';

test.each(ASSEMBLIES)(
  'the program $name that is carried is the one that is written',
  async (assembly) => {
    expect(readFileSync(programFile(assembly), 'utf8')).toBe(await compileAssembly(assembly));
  },
  120_000,
);

test.each([1, 2])(
  'the corpus of seed %i reads the same by the scanner and by the parser of the language',
  async (seed) => {
    await using files = await createFixture({});
    const truth = writeCorpus(files.path, 5, seed);
    const price = await openPriceList(now);
    const scanner = openScanner(CHUNK);
    let [rows, wholly] = [0, 0];
    for (const { path } of listFiles([files.path]).files) {
      const bytes = readFileSync(path);
      expect(readSessionFile('x', bytes, price)).toEqual(readWholeFile('x', bytes, price));
      const scanned = scanTranscript(sourceOf(bytes), scanner, 'all');
      for (const piece of scanned?.pieces ?? []) if (piece.kind === 'rows') wholly += piece.rows.length;
      rows += bytes.toString('latin1').split('\n').length - 1;
    }
    // Failed results and lines that lost their ends; anything else would tell that the scanner does not know its rows.
    expect(rows).toBeGreaterThan(500);
    expect(wholly / rows).toBeLessThan(0.03);
    expect(await figuresOf(files.path, 'all')).toEqual(figuresIn(truth));
    const { toolCalls: _calls, toolErrors: _errors, ...used } = figuresIn(truth);
    expect(await figuresOf(files.path, 'usage')).toMatchObject(used);
  },
  60_000,
);

type Figures = Pick<Truth, 'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'toolCalls' | 'toolErrors'>;

function figuresIn({ input, output, cacheRead, cacheWrite, toolCalls, toolErrors }: Truth): Figures {
  return { input, output, cacheRead, cacheWrite, toolCalls, toolErrors };
}

async function figuresOf(folder: string, wanted: 'all' | 'usage'): Promise<Figures> {
  const { sessions, totals, complaints } = await ingest(startReading([folder], wanted), { now });
  expect(complaints).toEqual([]);
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = totals.tokens;
  const tools = sessions.flatMap((session) => session.tools);
  return {
    input: input ?? Number.NaN,
    output: output ?? Number.NaN,
    cacheRead: cacheRead ?? Number.NaN,
    cacheWrite: (cacheWrite5m ?? Number.NaN) + (cacheWrite1h ?? Number.NaN),
    toolCalls: tools.reduce((sum, { calls }) => sum + calls, 0),
    toolErrors: tools.reduce((sum, { errors }) => sum + errors, 0),
  };
}
