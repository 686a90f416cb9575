import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY, fromMs, MINUTE, toMs } from '../src/core/time.ts';
import { measureNode, type ProcessFigures } from './whole-process.ts';

const SESSIONS = 10_000;
const DAYS = 90;
const END = '2026-11-20T23:00:00.000Z';

export interface WatchFigures {
  /** All session files are read and remembered. */
  readonly first: ProcessFigures;
  /** One more session file, on top of that ledger: what every later run costs. */
  readonly oneMore: ProcessFigures;
  /** All the files again: nothing is new, but each is read and looked for in the ledger. */
  readonly again: ProcessFigures;
}

/** `watch` from the built command line over 10,000 session files of 90 days, into an empty directory ledger. */
export async function watchBench(node: string): Promise<WatchFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'checkrein-bench-'));
  writeSessions(join(folder, 'sessions'));
  const words = ['dist/cli.js', 'watch', '--ledger', `dir:${join(folder, 'ledger')}`, '--now', END, '--json'];
  const read = [...words, '--sessions', join(folder, 'sessions')];
  const oneMoreFile = join(folder, 'one-more.json');
  writeFileSync(oneMoreFile, JSON.stringify(executionFile(SESSIONS, toMs(END) - 30 * MINUTE)));
  const env = { PATH: process.env['PATH'] ?? '' };
  const first = await measureNode(node, read, env);
  const oneMore = await measureNode(node, [...words, '--sessions', oneMoreFile], env);
  const again = await measureNode(node, read, env);
  const appended = (figures: ProcessFigures): number => JSON.parse(figures.stdout).ledger.appended;
  if (appended(first) < SESSIONS) throw new Error(`only ${appended(first)} events were remembered`);
  if (appended(again) > 10) throw new Error(`${appended(again)} events were remembered twice`);
  rmSync(folder, { recursive: true });
  return { first, oneMore, again };
}

function writeSessions(folder: string): void {
  const first = toMs(END) - DAYS * DAY;
  const every = Math.floor((DAYS * DAY - 60 * MINUTE) / SESSIONS);
  for (let i = 0; i < SESSIONS; i++) {
    const day = join(folder, String(Math.floor((i * every) / DAY)));
    mkdirSync(day, { recursive: true });
    writeFileSync(join(day, `${i}.json`), JSON.stringify(executionFile(i, first + i * every)));
  }
}

/** The record of a short session that called three tools. */
function executionFile(i: number, startMs: number): readonly unknown[] {
  const session = `bench-${i}`;
  const usage = { input_tokens: 4, output_tokens: 70, cache_read_input_tokens: 900, cache_creation_input_tokens: 50 };
  const model = 'claude-sonnet-4-5-20250929';
  const turns = ['Bash', 'Read', 'mcp__github__create_issue'].flatMap((name, turn) => [
    {
      type: 'assistant',
      message: {
        id: `msg_${i}_${turn}`,
        model,
        content: [{ type: 'tool_use', id: `toolu_${i}_${turn}`, name, input: { command: 'x'.repeat(200) } }],
        usage,
      },
      session_id: session,
      timestamp: fromMs(startMs + turn * 5_000),
    },
    {
      type: 'user',
      message: { content: [{ type: 'tool_result', tool_use_id: `toolu_${i}_${turn}`, content: 'y'.repeat(1_000) }] },
      session_id: session,
      timestamp: fromMs(startMs + turn * 5_000 + 300 + (i % 700)),
    },
  ]);
  const cost = 0.01 + (i % 50) / 1_000;
  const result = {
    type: 'result',
    subtype: 'success',
    is_error: false,
    duration_ms: 60_000,
    num_turns: 6,
    session_id: session,
    total_cost_usd: cost,
    modelUsage: {
      [model]: {
        inputTokens: 12,
        outputTokens: 210,
        cacheReadInputTokens: 2_700,
        cacheCreationInputTokens: 150,
        costUSD: cost,
      },
    },
    permission_denials: [],
  };
  return [
    { type: 'system', subtype: 'init', session_id: session, model, tools: ['Bash'], mcp_servers: [] },
    ...turns,
    result,
  ];
}
