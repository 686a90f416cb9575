import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryTranscripts } from '../../../../../../test/kit/arbitrary-transcripts.ts';
import {
  answer,
  assistant,
  call,
  type Fields,
  lines,
  prompt,
  row,
  usage,
} from '../../../../../../test/kit/transcript-rows.ts';
import { totalsOf } from '../../../../../app/ingest/totals.ts';
import { openPriceList } from '../../../../prices/genai-prices.ts';
import type { PriceList } from '../../../../prices/price-list.ts';
import type { FoundSession } from '../../../found-session.ts';
import { eachOnce, foundTranscript } from '../../../identity.ts';
import { CHUNK, sourceOf } from '../../../json/line-feed.ts';
import { readingFrom } from '../reading.ts';
import { compileScanner, openScanner, type Scanner } from '../scan/scanner.ts';
import { type ScannedTranscript, scanTranscript } from '../skim.ts';
import { putTogether } from '../skimmed.ts';
import type { Wanted } from '../tally.ts';
import { type Fold, openFold } from './fold.ts';
import { type Folding, openFolding } from './folding.ts';
import type { FoldedSession } from './read-sums.ts';
import { ENTRY, FIELDS } from './tape-writer.ts';

const listed = await openPriceList('2026-11-01T00:00:00.000Z');
/** A price list that has to be asked for each request. */
const asked: PriceList = (model, usage, at) => listed(model, usage, at);

const compiled = compileScanner();
const scanner = openScanner(CHUNK, compiled);

function scanned(text: string, wanted: Wanted, by: Scanner = scanner): ScannedTranscript | null {
  return scanTranscript(sourceOf(Buffer.from(text)), by, wanted);
}

/** What the general way makes of files. */
function general(files: readonly (ScannedTranscript | null)[], wanted: Wanted, price: PriceList): unknown {
  const parts = files.map((file) => (file === null ? [] : (putTogether(file, wanted, price)?.parts ?? [])));
  const sessions = eachOnce(parts.flatMap((own, index) => own.map((part) => foundTranscript(`${index}`, part))));
  return figuresOf(sessions);
}

/** What the fold makes of them, or null. The last file comes first. */
function folded(files: readonly (ScannedTranscript | null)[], wanted: Wanted, price: PriceList): unknown {
  const fold = openFold(wanted);
  for (const [index, file] of [...files.entries()].reverse()) if (file !== null) fold.take(index, file);
  const result = fold.finish(price);
  return result === null ? null : figuresOf(found(result));
}

function found(sessions: readonly FoldedSession[]): readonly FoundSession[] {
  return sessions.map(({ id, file, sums, shares }) => {
    return { id, path: `${file}`, reading: readingFrom(sums), shares, part: null };
  });
}

/** Everything that both ways have to agree on. Readings are compared as they are written, with their fields in order. */
function figuresOf(sessions: readonly FoundSession[]): unknown {
  const told = sessions.map(({ id, path, reading }) => ({ id, path, reading: JSON.stringify(reading, null, 1) }));
  return { told, totals: totalsOf(sessions, null) };
}

const howOften = { numRuns: 400 };
const anyWanted = fc.constantFrom<Wanted>('all', 'usage');
const anyPrice = fc.constantFrom(listed, asked);

describe('transcripts that are put together in WebAssembly', () => {
  test('give what they give one by one', () => {
    // The rows that say their session may be skipped where only usage is wanted.
    const drawn = anyWanted.chain((wanted) => {
      const texts = arbitraryTranscripts({ odd: false, copies: false, told: wanted === 'usage' });
      return fc.record({ texts, wanted: fc.constant(wanted), price: anyPrice });
    });
    fc.assert(
      fc.property(drawn, ({ texts, wanted, price }) => {
        const files = texts.map((text) => scanned(text, wanted));
        const found = folded(files, wanted, price);
        expect(found).not.toBeNull();
        expect(found).toEqual(general(files, wanted, price));
      }),
      howOften,
    );
  });

  test.each([
    ['unusual values', false],
    ['unusual values and copies', true],
  ])('give the same or nothing where they hold %s', (_what, copies) => {
    let some = 0;
    const texts = arbitraryTranscripts({ odd: true, copies, told: false });
    fc.assert(
      fc.property(texts, anyWanted, anyPrice, (drawn, wanted, price) => {
        const files = drawn.map((text) => scanned(text, wanted));
        const found = folded(files, wanted, price);
        if (found === null) return;
        some++;
        expect(found).toEqual(general(files, wanted, price));
      }),
      howOften,
    );
    expect(some).toBeGreaterThan(40);
  });

  test('keep what was read of them, for whoever puts them together one by one', () => {
    const texts = arbitraryTranscripts({ odd: true, copies: true, told: false });
    fc.assert(
      fc.property(texts, anyWanted, (drawn, wanted) => expectKept(drawn, wanted, openFold(wanted))),
      howOften,
    );
  });

  test('are not copied where they are in its memory', () => {
    const fold = openFold('all');
    const keeping = openScanner(CHUNK, compiled, fold.keep);
    const file = scanned(lines([said('s1', 'm1')]), 'all', keeping);
    expect(file === null ? null : fold.take(0, file).pieces[0]).toBe(file?.pieces[0]);
  });

  test('keep it when there is no more memory, too', () => {
    const texts = arbitraryTranscripts({ odd: false, copies: false, told: false });
    const exhausted: boolean[] = [];
    fc.assert(
      fc.property(texts, fc.nat({ max: 12_000 }), (drawn, room) => {
        const folding = foldingWith(room);
        expectKept(
          drawn,
          'all',
          openFold('all', () => folding),
        );
        exhausted.push(folding.program.exhausted.value !== 0);
      }),
      { numRuns: 100 },
    );
    expect(new Set(exhausted)).toEqual(new Set([true, false]));
  });
});

/** Half of the files are read straight into the fold, the others as by another thread. */
function expectKept(texts: readonly string[], wanted: Wanted, fold: Fold): void {
  const copies = texts.map((text) => scanned(text, wanted));
  const keeping = openScanner(CHUNK, compiled, fold.keep);
  const kept = texts.map((text, index) => {
    const file = scanned(text, wanted, index % 2 === 0 ? keeping : scanner);
    return file === null ? null : fold.take(index, file);
  });
  expect(general(kept, wanted, listed)).toEqual(general(copies, wanted, listed));
  const result = fold.finish(listed);
  if (result !== null) expect(figuresOf(found(result))).toEqual(general(copies, wanted, listed));
}

/** As much as the program may have: see scripts/compile-assembly.ts. */
const MOST_MEMORY = 1 << 30;

/** A program with room for so many more bytes. The rest is never touched. */
function foldingWith(room: number): Folding {
  const folding = openFolding();
  const { reserve } = folding.program;
  reserve(MOST_MEMORY - reserve(0) - room - 1_024);
  return folding;
}

/** Compares both ways for files of rows. */
function expectFolded(...files: readonly (readonly object[])[]): void {
  const scans = files.map((rows) => scanned(lines(rows), 'all'));
  const found = folded(scans, 'all', listed);
  expect(found).not.toBeNull();
  expect(found).toEqual(general(scans, 'all', listed));
}

function expectRefused(...files: readonly (readonly object[])[]): void {
  const scans = files.map((rows) => scanned(lines(rows), 'all'));
  expect(scans).not.toContain(null);
  expect(folded(scans, 'all', listed)).toBeNull();
}

const model = 'claude-sonnet-4-5';

function said(session: string | undefined, id: string, more: Fields = {}, content: readonly unknown[] = []): object {
  return assistant(id, { model, usage: usage(3, 4), ...more }, content, { sessionId: session });
}

function many<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe('folding', () => {
  test('tells names apart by each of their letters, whatever their length', () => {
    const names = many(560, (size) => 'x'.repeat(size + 1));
    const similar = many(120, (at) => `${'y'.repeat(at)}z${'y'.repeat(119 - at)}`);
    const calls = (name: string): readonly unknown[] => [
      { type: 'tool_use', id: name, name, input: { command: name } },
      { type: 'tool_use', id: `${name}.`, name: 'Write', input: { file_path: name, content: name } },
    ];
    const answers = (name: string): readonly object[] => [
      answer(name, { is_error: true }),
      answer(`${name}.`, { is_error: name.length % 2 === 0 }),
    ];
    const rows = [...names, ...similar].flatMap((name) => [
      assistant(name, { model, usage: usage(name.length, 1) }, calls(name), { requestId: name, cwd: `/${name}` }),
      ...answers(name),
      row('system', { subtype: 'turn_duration', durationMs: name.length, uuid: name }),
    ]);
    expectFolded(rows, [...rows].reverse());
  });

  test('makes more than 2,000 tools and paths of 8,000 letters what the general way makes of them', () => {
    const path = `/w/${'d/'.repeat(4_000)}`;
    const edits = many(30, (index) => ({ ...call(`e${index}`, 'Edit'), input: { file_path: `${path}${index % 3}` } }));
    const calls = many(2_100, (index) => said('s1', `m${index}`, {}, [call(`t${index}`, `tool-${index}`)]));
    const answers = many(2_100, (index) => answer(`t${index % 1_050}`, { is_error: index % 7 === 0 }));
    expectFolded([said('s1', 'm', {}, edits), ...many(20, (index) => answer(`e${index}`)), ...calls, ...answers]);
  });

  test('adds up counts of 31 bits, and leaves longer ones out of the plain way', () => {
    const most = 2 ** 31 - 1;
    expectFolded(many(50, (index) => said('s1', `m${index}`, { usage: usage(most, most) })));
    expectRefused([said('s1', 'm', { usage: usage(most + 1, 1) })]);
  });

  test('leaves files in which nobody speaks to the general way', () => {
    const fold = openFold('all');
    const spoken = scanned(lines([said('s1', 'm')]), 'all');
    if (spoken !== null) fold.take(1, spoken);
    expect(fold.finish(listed)).toMatchObject([{ id: 's1', file: 1 }]);
    fold.take(3, { pieces: [{ kind: 'rows', rows: [row('summary', {}) as Fields] }], flaws: [] });
    expect(fold.finish(listed)).toBeNull();
  });

  test('takes files of 100 sessions, and no more', () => {
    const sessions = many(101, (index) => said(`s${index}`, `m${index}`));
    expectFolded(sessions.slice(0, 100), sessions.slice(50, 100), [said('s100', 'm100')]);
    expectRefused(sessions);
  });

  test.each<[string, readonly (readonly object[])[]]>([
    ['what two sessions hold', [[said('s1', 'm1')], [said('s2', 'm1')]]],
    ['a call that two sessions hold', ['s1', 's2'].map((id) => [said(id, `m-${id}`, {}, [call('t1', 'Bash')])])],
    ['a turn that two sessions hold', ['s1', 's2'].map((id) => [prompt('x', { sessionId: id, uuid: 'u' })])],
    ['a model without a price', [[said('s1', 'm1'), said('s1', 'm2', { model: 'unheard-of' })]]],
    ['no model', [[said('s1', 'm1', { model: null })]]],
    ['a response that does not say its output', [[said('s1', 'm1', { usage: { input_tokens: 3 } })]]],
    ['a fast mode that has no price', [[said('s1', 'm1', { usage: { ...usage(1, 1), speed: 'fast' } })]]],
    ['an id that looks like a secret', [[said('sk-ant-0123456789abcdef', 'm1')]]],
    ['an id of several words', [[said('two words', 'm1')]]],
    ['no id', [[said(undefined, 'm1')]]],
    ['an id beyond ASCII', [[said('s\u00e9', 'm1')]]],
  ])('leaves %s to the general way', (_what, files) => {
    expectRefused(...files);
    expectRefused(...files, [said('s9', 'm9')]);
    expectFolded([said('s9', 'm9')]);
  });

  test('tells rows without ids apart by their place in the file', () => {
    const closed = row('system', { subtype: 'turn_duration', durationMs: 7, uuid: undefined });
    expectFolded([said('s1', 'm1'), closed], [said('s1', 'm2'), said('s1', 'm3'), closed, closed]);
    expectFolded([said('s1', 'm1'), closed], [said('s1', 'm2'), closed]);
  });

  test('tells a tool from a model of the same name', () => {
    const named = many(3, (index) =>
      said('s1', `m${index}`, {}, [call(`t${index}`, model), call(`u${index}`, 'Bash')]),
    );
    expectFolded(named, [said('s2', 'm9', {}, [call('t9', 'Bash'), call('u9', model)])]);
  });

  test('tells requests with one message id apart, by all of their letters', () => {
    const requests = ['r', 'ra', 'rb', 'request-a', 'request-b', 'b-request'];
    const answered = [...requests, ...requests].map((requestId) => said('s1', 'm', { requestId }));
    expectFolded(answered, answered.slice(2));
  });

  test.each([
    ['high', 10],
    ['low', 11],
  ])('tells inputs apart by the %s half of their hash', (_half, field) => {
    const file = scanned(
      lines([
        said(
          's1',
          'm',
          {},
          many(60, (index) => call(`t${index}`, 'Bash')),
        ),
      ]),
      'all',
    );
    const tapes = (file?.pieces ?? []).flatMap((piece) => (piece.kind === 'tape' ? [piece.entries] : []));
    for (const entries of tapes) {
      // The last input is that of the first call.
      let different = 60;
      for (let at = 0; at < entries.length; at += FIELDS) {
        if (entries[at] !== ENTRY.call) continue;
        entries.set([7, 7], at + 10);
        entries[at + field] = --different || 59;
      }
    }
    const fold = openFold('all');
    if (file !== null) fold.take(0, file);
    const [session] = fold.finish(listed) ?? [];
    expect(session?.sums.work.tally.repeats).toMatchObject({ most: { calls: 2 }, inARow: { calls: 1 } });
  });

  test('prices the fast mode of a model that has one', () => {
    const fast = { ...usage(5, 6), speed: 'fast' };
    expectFolded([said('s1', 'm1', { model: 'claude-opus-4-6', usage: fast }), said('s1', 'm2')]);
  });
});
