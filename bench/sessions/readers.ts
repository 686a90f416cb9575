import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Truth } from './corpus.ts';

/** What a reader found; null of what it does not tell. */
export type Found = Pick<Truth, 'input' | 'output' | 'cacheRead' | 'cacheWrite'> &
  Record<'toolCalls' | 'toolErrors', number | null>;

/** A program that reads transcripts, started as its users start it. */
export interface Reader {
  readonly name: string;
  readonly command: readonly [program: string, ...words: string[]];
  readonly found: (stdout: string) => Found;
}

const ROOT = join(import.meta.dirname, '..', '..');

/** Checkrein from the built command line. */
export function ownReaders(home: string): readonly Reader[] {
  const command = (...flags: string[]): Reader['command'] => [
    process.execPath,
    join(ROOT, 'dist/cli.js'),
    'ingest',
    home,
    '--json',
    ...flags,
  ];
  return [
    { name: 'Checkrein, usage only', command: command('--usage-only'), found: ownFigures },
    { name: 'Checkrein, with tools', command: command(), found: ownFigures },
  ];
}

function ownFigures(stdout: string): Found {
  const { totals, sessions } = JSON.parse(stdout);
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = totals.tokens;
  const tools = sessions.flatMap((session: { tools: unknown[] }) => session.tools);
  const sum = (field: string): number | null =>
    tools.length === 0
      ? null
      : tools.reduce((total: number, tool: Record<string, number>) => total + (tool[field] ?? 0), 0);
  return {
    input,
    output,
    cacheRead,
    cacheWrite: cacheWrite5m + cacheWrite1h,
    toolCalls: sum('calls'),
    toolErrors: sum('errors'),
  };
}

/** The native program of ccusage, without the script around it. Its file is not always marked as a program, so a copy is. */
export function ccusage(scratch: string): Reader | null {
  const path = join(ROOT, 'node_modules', '@ccusage', `ccusage-${process.platform}-${process.arch}`, 'bin', 'ccusage');
  if (!existsSync(path)) return null;
  const copy = join(scratch, 'ccusage');
  copyFileSync(path, copy);
  chmodSync(copy, 0o755);
  return {
    name: 'ccusage, native program',
    command: [copy, 'daily', '--json', '--offline'],
    found: (stdout) => {
      const { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens } = JSON.parse(stdout).totals;
      return {
        input: inputTokens,
        output: outputTokens,
        cacheRead: cacheReadTokens,
        cacheWrite: cacheCreationTokens,
        toolCalls: null,
        toolErrors: null,
      };
    },
  };
}

const TOKSCALE = `@tokscale/core-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`;

/** Sums what the core of tokscale gives; its own command line needs another runtime. */
const SUM_TOKSCALE = `
const { messages } = require(process.argv[1]).parseLocalSources({ homeDir: process.argv[2], sources: ['claude'] });
const sum = (field) => messages.reduce((total, message) => total + message[field], 0);
console.log(JSON.stringify({ input: sum('input'), output: sum('output'), cacheRead: sum('cacheRead'), cacheWrite: sum('cacheWrite') }));`;

/** The core of tokscale where somebody has installed it: it is not among our dependencies. */
export function tokscale(home: string, folders: readonly string[]): Reader | null {
  const found = [join(ROOT, 'bench', 'out'), ROOT, ...folders]
    .map((folder) => join(folder, 'node_modules', TOKSCALE))
    .find(existsSync);
  if (found === undefined) return null;
  return {
    name: 'tokscale, core in Node',
    command: [process.execPath, '-e', SUM_TOKSCALE, found, home],
    found: (stdout) => ({ ...JSON.parse(stdout), toolCalls: null, toolErrors: null }),
  };
}
