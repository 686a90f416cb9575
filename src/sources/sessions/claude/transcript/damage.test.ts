import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answer, assistant, call, lines, prompt, row, usage } from '../../../../../test/kit/transcript-rows.ts';
import type { PriceList } from '../../../prices/price-list.ts';
import { readSessionFile } from '../../recognise.ts';

const rows = Array.from({ length: 12 }, (_, index) => [
  prompt(`question ${index}`),
  assistant(`m${index}`, { usage: usage(10 ** (index % 3), index) }, [call(`t${index}`, 'Bash')]),
  row('progress', { data: { type: 'agent_progress', message: { type: 'assistant', message: subagent(index) } } }),
  answer(`t${index}`, { is_error: index % 4 === 0 }),
]).flat();

const perInputToken: PriceList = (_model, { input }) => input;

function subagent(index: number): object {
  return { id: `s${index}`, model: 'claude-y', content: [call(`u${index}`, 'Grep')], usage: usage(3, 1) };
}
function read(bytes: string | Uint8Array): ReturnType<typeof readSessionFile> {
  return readSessionFile('x', Buffer.from(bytes), perInputToken);
}
function sumsOf(bytes: string | Uint8Array): readonly unknown[] {
  return read(bytes).sessions.map(({ tokens, tools, turns }) => [tokens, tools, turns]);
}

describe('a damaged transcript', () => {
  test('cut off anywhere keeps the rows before the cut, and says that it is partial', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: rows.length - 1 }), fc.integer({ min: 1, max: 60 }), (kept, into) => {
        const before = lines(rows.slice(0, kept));
        const { sessions, complaints } = read(`${before}\n${JSON.stringify(rows[kept]).slice(0, into)}`);
        expect(sumsOf(`${before}\n${JSON.stringify(rows[kept]).slice(0, into)}`)).toEqual(sumsOf(before));
        expect(sessions[0]?.state).toMatchObject({ tokens: 'partial', tools: 'partial', turns: 'partial' });
        expect(complaints).toMatchObject([{ path: 'x', line: kept + 1 }]);
      }),
    );
  });

  test('whose lines have lost their ends anywhere reads as if it were whole', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\n', '', ' ', '\r\n'), { minLength: rows.length }), (ends) => {
        const glued = rows.map((entry, index) => `${JSON.stringify(entry)}${ends[index] ?? ''}`).join('');
        expect(read(glued)).toEqual(read(lines(rows)));
      }),
    );
  });

  test('with a bad line in the middle loses that line only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: rows.length - 1 }), fc.string(), (at, noise) => {
        const bad = `{"type":"assistant","message":{"x${noise.replaceAll(/[{}\n"\\]/g, '')}`;
        const texts = rows.map((entry) => JSON.stringify(entry));
        const damaged = [...texts.slice(0, at), bad, ...texts.slice(at)].join('\n');
        expect(sumsOf(damaged)).toEqual(sumsOf(lines(rows)));
        expect(read(damaged).complaints).toMatchObject([{ line: at + 1 }]);
      }),
    );
  });

  test('never makes the reader throw, whatever its bytes', () => {
    const bytes = Buffer.from(lines(rows));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 20 }),
        fc.nat(bytes.length),
        (flips, cut) => {
          const damaged = Uint8Array.from(bytes.subarray(0, cut));
          for (const [at, value] of flips) if (at < cut) damaged[at] = value;
          const { sessions, complaints } = read(damaged);
          expect(sessions.length + complaints.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  test('never makes the reader throw, whatever stands in its fields', () => {
    const field = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('assistant', 'user', 'progress', 'system'));
    const keys = ['type', 'message', 'data', 'uuid', 'timestamp', 'requestId', 'sessionId', 'subtype', 'durationMs'];
    const inner = ['id', 'model', 'content', 'usage', 'stop_reason', 'type', 'message'];
    const object = (names: readonly string[], value: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
      fc.dictionary(fc.constantFrom(...names), value);
    const odd = object(keys, fc.oneof(field, object(inner, fc.oneof(field, object(inner, field)))));
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 8 }), (strange) => {
        const { sessions } = read(lines([...rows, ...strange]));
        expect(sessions.length).toBeGreaterThan(0);
      }),
    );
  });
});

const SAMPLE = '../shared/samples/entireio-cli/cc-2.1.41-speed-subagent.jsonl';

describe.skipIf(!existsSync(SAMPLE))('a real transcript (skipped where ../shared/samples is not there)', () => {
  test('cut off anywhere gives never more than the whole, and never less than before an earlier cut', () => {
    const bytes = readFileSync(SAMPLE);
    const total = (cut: number): number => {
      const [session] = read(bytes.subarray(0, cut)).sessions;
      return session?.tokens.total ?? 0;
    };
    const whole = total(bytes.length);
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length), (a, b) => {
        const [less, more] = [total(Math.min(a, b)), total(Math.max(a, b))];
        expect(less).toBeLessThanOrEqual(more);
        expect(more).toBeLessThanOrEqual(whole);
      }),
      { numRuns: 15 },
    );
  });
});
