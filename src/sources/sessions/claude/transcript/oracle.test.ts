import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openPriceList } from '../../../prices/genai-prices.ts';
import type { PriceList } from '../../../prices/price-list.ts';
import { readDocument } from '../../json/document.ts';
import { decodeText } from '../../json/text.ts';
import { readSessionFile } from '../../recognise.ts';
import { latencyOf, summariseTools } from '../tools.ts';
import { transcriptParts } from './parse.ts';
import type { TranscriptResponse } from './responses.ts';

const SAMPLES = '../shared/samples';
const DAY = '2026-11-01T00:00:00.000Z';

/** The totals of a file's parts, separate for main conversation and subagents, as in the reference. */
function figuresOf(file: string, price: PriceList): Figures {
  const document = readDocument(decodeText(readFileSync(`${SAMPLES}/${file}`)));
  if (document === null) throw new Error('no document');
  const parts = transcriptParts(document, price);
  const responses = parts.flatMap((part) => part.responses);
  const tallies = parts.map((part) => summariseTools(part.tools));
  const calls = parts.flatMap((part) => [...part.tools.calls]);
  const results = new Map(parts.flatMap((part) => [...part.tools.results]));
  return {
    records: document.records.length,
    main: sums(responses.filter(({ subagent }) => !subagent)),
    sub: sums(responses.filter(({ subagent }) => subagent)),
    calls: tallies.reduce((sum, tally) => sum + tally.calls, 0),
    errors: [...new Map(calls).keys()]
      .map((id) => results.get(id)?.error ?? null)
      .filter((error) => error !== null)
      .sort(),
    latencies: calls
      .map(([id, call]) => latencyOf(call.at, results.get(id)))
      .filter((latency) => latency !== null)
      .sort((a, b) => a - b),
  };
}

interface Figures {
  readonly records: number;
  readonly main: ReturnType<typeof sums>;
  readonly sub: ReturnType<typeof sums>;
  readonly calls: number;
  readonly errors: readonly string[];
  readonly latencies: readonly number[];
}

/** Responses, input, output, cache read, 5-minute and 1-hour writes; then the cost. */
function sums(responses: readonly TranscriptResponse[]): { readonly counts: readonly number[]; readonly usd: number } {
  const total = (pick: (response: TranscriptResponse) => number | null | undefined): number =>
    responses.reduce((sum, response) => sum + (pick(response) ?? 0), 0);
  return {
    counts: [
      responses.length,
      total(({ usage }) => usage?.input),
      total(({ usage }) => usage?.output),
      total(({ usage }) => usage?.cacheRead),
      total(({ usage }) => usage?.cacheWrite5m),
      total(({ usage }) => usage?.cacheWrite1h),
    ],
    usd: total(({ usd }) => usd),
  };
}

interface Row {
  readonly records: number;
  readonly main: readonly number[];
  readonly sub?: readonly number[];
  readonly calls: number;
  readonly errors: readonly string[];
  readonly usd?: readonly [number, number];
  /** n, min, p50, max, sum in milliseconds. */
  readonly latency?: readonly number[];
}

// session-formats.md, section 10, "Transcripts" and "Latency".
const ORACLE: readonly (readonly [string, Row])[] = [
  [
    'entireio-cli/cc-2.1.12-glued-line.jsonl',
    {
      records: 171,
      main: [42, 346, 7_047, 2_618_979, 168_250, 0],
      calls: 41,
      errors: ['exit', 'rejected'],
      usd: [2.538957, 0],
      latency: [41, 32, 160, 210_402, 456_300],
    },
  ],
  [
    'entireio-cli/cc-2.1.12-mcp-linear-rejected.jsonl',
    {
      records: 154,
      main: [22, 620, 89, 909_116, 103_404, 0],
      calls: 31,
      errors: ['other', 'rejected'],
      usd: [1.106158, 0],
      latency: [31, 115, 3_511, 128_171, 445_691],
    },
  ],
  [
    'entireio-cli/cc-2.1.17-api-error.jsonl',
    {
      records: 410,
      main: [83, 2_657, 217, 5_129_690, 645_474, 0],
      calls: 94,
      errors: ['exit', 'exit', 'exit', 'exit', 'exit', 'misuse'],
      usd: [3.970661, 0],
      latency: [94, 43, 590, 122_096, 542_369],
    },
  ],
  [
    'entireio-cli/cc-2.1.38-opus46-1h-cache-iterations.jsonl',
    {
      records: 34,
      main: [5, 7, 805, 136_049, 0, 13_211],
      calls: 5,
      errors: [],
      usd: [0.220294, 0],
      latency: [5, 4, 2_197, 45_892, 50_783],
    },
  ],
  [
    'entireio-cli/cc-2.1.41-speed-subagent.jsonl',
    {
      records: 138,
      main: [14, 20, 439, 425_120, 0, 38_452],
      sub: [13, 39, 31, 562_897, 63_773, 0],
      calls: 35,
      errors: [],
      usd: [0.608155, 0.1362],
      latency: [35, 4, 232, 60_299, 95_880],
    },
  ],
  [
    'claude-code-viewer/5c0375b4-57a5-4f26-b12d-d022ee4e51b7.jsonl',
    {
      records: 53,
      main: [10, 64, 2_003, 190_261, 26_074, 0],
      sub: [10, 65, 1_626, 133_998, 21_673, 0],
      calls: 21,
      errors: ['misuse', 'misuse', 'other'],
      usd: [0.185093, 0.146058],
      latency: [21, 27, 67, 38_636, 92_125],
    },
  ],
  [
    'claude-code-viewer/1af7fc5e-8455-4414-9ccd-011d40f70b2a.jsonl',
    {
      records: 29,
      main: [7, 93, 953, 103_219, 12_698, 0],
      calls: 12,
      errors: ['denied'],
      usd: [0.093157, 0],
      latency: [12, 16, 34, 1_299, 2_415],
    },
  ],
  [
    'claude-code-log/edge_cases.jsonl',
    // 19 records, three of them not objects.
    { records: 16, main: [4, 488, 435, 0, 0, 0], calls: 3, errors: ['other'], usd: [0.007989, 0] },
  ],
  ['agent-sessions/claude-all-record-kinds.jsonl', { records: 89, main: [2, 10, 5, 0, 0, 0], calls: 3, errors: [] }],
  ['agent-sessions/claude-subagent-agent-file.jsonl', { records: 4, main: [0, 0, 0, 0, 0, 0], calls: 1, errors: [] }],
  ['agent-sessions/claude-schema-drift.jsonl', { records: 10, main: [0, 0, 0, 0, 0, 0], calls: 0, errors: [] }],
  [
    'claude-code-transcripts/sample_session.json',
    {
      records: 1,
      main: [0, 0, 0, 0, 0, 0],
      calls: 12,
      errors: ['exit'],
      latency: [12, 5_000, 5_000, 5_000, 60_000],
    },
  ],
];

describe.skipIf(!existsSync(SAMPLES))('the sample transcripts (skipped where ../shared/samples is not there)', () => {
  test.each(ORACLE)('%s gives the totals of the reference', async (file, expected) => {
    const found = figuresOf(file, await openPriceList(DAY));
    expect(found.records).toBe(expected.records);
    expect(found.main.counts).toEqual(expected.main);
    expect(found.sub.counts).toEqual(expected.sub ?? [0, 0, 0, 0, 0, 0]);
    expect(found.calls).toBe(expected.calls);
    expect(found.errors).toEqual(expected.errors);
    if (expected.usd !== undefined) {
      expect(Math.abs(found.main.usd - expected.usd[0])).toBeLessThan(1e-6);
      expect(Math.abs(found.sub.usd - expected.usd[1])).toBeLessThan(1e-6);
    }
    const { latencies } = found;
    const [n, sum] = [latencies.length, latencies.reduce((total, latency) => total + latency, 0)];
    const latency = [n, latencies[0], latencies[Math.floor((n - 1) / 2)], latencies.at(-1), sum];
    if (expected.latency !== undefined) expect(latency).toEqual(expected.latency);
  });

  test.each([
    ['agent-sessions/claude-subagent-agent-file.jsonl', 'unknown'],
    ['agent-sessions/claude-schema-drift.jsonl', 'unknown'],
    ['claude-code-transcripts/sample_session.json', 'unknown'],
    ['entireio-cli/cc-2.1.12-mcp-linear-rejected.jsonl', 'lower_bound'],
    ['entireio-cli/cc-2.1.41-speed-subagent.jsonl', 'lower_bound'],
  ] as const)('%s: how well tokens and cost are known', async (file, state) => {
    const { sessions, complaints } = readSessionFile(
      file,
      readFileSync(`${SAMPLES}/${file}`),
      await openPriceList(DAY),
    );
    expect(complaints).toEqual([]);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.state).toMatchObject({ tokens: state, cost: state });
    expect(sessions[0]?.tokens.total === null).toBe(state === 'unknown');
    expect(sessions[0]?.cost.usd === null).toBe(state === 'unknown');
  });
});
