import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { GuardHandover } from '../src/core/guard.ts';
import { claudeHooks } from '../src/meter/hooks/claude.ts';
import type { MeterPlan, MeterReady } from '../src/meter/plan.ts';
import { LIGHT } from '../src/meter/start.ts';

/** What the meter costs the machine, and each call of a tool. */
export interface MeterFigures {
  /** Per cent of one processor, and MB: with nothing to do, and beside a session that writes `rowsPerSecond` rows. */
  readonly idle: Cost;
  readonly busy: Cost;
  readonly rowsPerSecond: number;
  /** MB a second at which a session that is there already is read. */
  readonly catchUp: number;
  /** Milliseconds: the question over HTTP; the fence, a shell; a shell that does nothing. */
  readonly ask: Percentiles;
  readonly fence: Percentiles;
  readonly emptyShell: Percentiles;
}

interface Cost {
  readonly cpu: number;
  readonly rss: number;
}

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

const HANDOVER: GuardHandover = {
  ...{
    v: 1,
    repo: 'octo/fleet',
    startedAt: '2026-01-01T00:00:00.000Z',
    mode: 'enforce',
    decision: 'allow',
    lease: null,
  },
  errand: {
    ...{ agent: 'fixer', workflow: null, run: 7, attempt: 1, job: null },
    ...{ actor: null, trigger: null, parent: null },
  },
  engine: 'claude',
  limits: { usd: 1e9, tokens: 1e12, turns: 1e9, minutes: 1e6, repeats: 1e9, usd_per_minute: 1e9 },
  scope: { paths: ['src/**', 'test/**'] },
  ...{ ledger: null, config: '.github/checkrein.yml' },
};

/** Measures the built meter on the Node given. @param seconds how long it is watched in each state. */
export async function meterBench(node: string, seconds: number): Promise<MeterFigures> {
  const root = mkdtempSync(join(tmpdir(), 'checkrein-meter-bench-'));
  const projects = join(root, 'projects/p');
  for (const folder of [projects, join(root, 'work'), join(root, 'own')]) mkdirSync(folder, { recursive: true });
  const plan: MeterPlan = {
    ...{
      handover: HANDOVER,
      folder: join(root, 'own'),
      workspace: join(root, 'work'),
      mark: 'm',
      key: 'key',
      seal: 's',
    },
    roots: { claude: [join(root, 'projects')], codex: [], gemini: [] },
    ...{ worker: null, shared: false, prices: [], github: null, haltEvery: 60_000, settings: [], most: 3_600_000 },
    ledgerLoss: 'end',
  };
  const child = spawn(node, [...LIGHT, 'dist/meter.js'], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const ready = await readyOf(child, plan);
    await sleep(2_000);
    const idle = await costOf(ready.pid, seconds);
    const ask = await latencyOf(300, () => askOver(ready, plan));
    const hooks = claudeHooks({ ...ready, ...plan, mode: 'enforce' }).entry['hooks'] as readonly {
      readonly command?: string;
    }[];
    const fence = await latencyOf(200, () => shell(hooks[1]?.command ?? 'exit 1'));
    const emptyShell = await latencyOf(200, () => shell(':'));
    const rowsPerSecond = 5;
    const writing = setInterval(() => appendFileSync(join(projects, 'live.jsonl'), row()), 1_000 / rowsPerSecond);
    const busy = await costOf(ready.pid, seconds);
    clearInterval(writing);
    const catchUp = await catchUpOf(ready.pid, join(projects, 'long.jsonl'));
    return { idle, busy, rowsPerSecond, catchUp, ask, fence, emptyShell };
  } finally {
    child.kill('SIGKILL');
    rmSync(root, { recursive: true });
  }
}

async function readyOf(child: ChildProcess, plan: MeterPlan): Promise<MeterReady> {
  child.stdin?.end(JSON.stringify(plan));
  for await (const part of child.stdout ?? []) return JSON.parse(String(part)) as MeterReady;
  throw new Error('the meter did not say that it listens');
}

/** By what Linux counts: processor time in hundredths of a second, resident memory in kB. */
async function costOf(pid: number, seconds: number): Promise<Cost> {
  const before = processorTime(pid);
  await sleep(seconds * 1_000);
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
  return { cpu: (processorTime(pid) - before) / seconds, rss };
}

function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

async function latencyOf(rounds: number, once: () => Promise<unknown>): Promise<Percentiles> {
  const times: number[] = [];
  for (let round = 0; round < rounds + 20; round++) {
    const started = performance.now();
    await once();
    if (round >= 20) times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(rounds * 0.5)] ?? Number.NaN, p95: times[Math.floor(rounds * 0.95)] ?? Number.NaN };
}

async function askOver({ port }: MeterReady, { key, workspace }: MeterPlan): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/${key}/hook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ session_id: 's', hook_event_name: 'PreToolUse', cwd: workspace, tool_name: 'Write' },
      tool_input: { file_path: join(workspace, 'src/a.ts'), content: 'x'.repeat(20_000) },
    }),
  });
  await answer.text();
}

function shell(command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn('/bin/sh', ['-c', command], { stdio: 'ignore' })
      .on('error', reject)
      .on('close', (code) => (code === 0 ? resolve() : reject(new Error(`the shell ended with ${code}`))));
  });
}

/** How fast a file of 60 MB that appears at once is read. */
async function catchUpOf(pid: number, path: string): Promise<number> {
  const text = Array.from({ length: 1_000 }, row).join('');
  const times = Math.ceil(60_000_000 / text.length);
  const before = processorTime(pid);
  for (let count = 0; count < times; count++) appendFileSync(path, text);
  let last = -1;
  for (let now = before; now !== last; now = processorTime(pid)) {
    last = now;
    await sleep(2_000);
  }
  return (times * text.length) / 1e6 / ((last - before) / 100);
}

let made = 0;

/** A row of a transcript of usual size. */
function row(): string {
  made++;
  const usage = {
    input_tokens: 4,
    output_tokens: 300,
    cache_read_input_tokens: 50_000,
    cache_creation_input_tokens: 500,
  };
  const content = [
    { type: 'text', text: 'x'.repeat(1_500) },
    { type: 'tool_use', id: `toolu_${made}`, name: 'Bash', input: { command: `make ${made}` } },
  ];
  return `${JSON.stringify({
    ...{
      type: 'assistant',
      uuid: `u${made}`,
      sessionId: 's',
      timestamp: new Date().toISOString(),
      requestId: `r${made}`,
    },
    message: { id: `m${made}`, model: 'claude-sonnet-4-5', stop_reason: 'tool_use', usage, content },
  })}\n`;
}

/** The rows of the table of benchmarks. */
export function meterRows({
  idle,
  busy,
  rowsPerSecond,
  catchUp,
  ask,
  fence,
  emptyShell,
}: MeterFigures): readonly string[] {
  const cost = ({ cpu, rss }: Cost): string => `${cpu.toFixed(2)} % of a processor, ${rss.toFixed(0)} MB`;
  const times = ({ p50, p95 }: Percentiles): string => `p50 ${p50.toFixed(2)}, p95 ${p95.toFixed(2)}`;
  return [
    `| the meter, idle | ${cost(idle)} | bounds 1 %, 80 MB |`,
    `| the meter beside a session that writes ${rowsPerSecond} rows a second | ${cost(busy)} | bounds 1 %, 80 MB |`,
    `| the meter reads a session that is there already | ${catchUp.toFixed(0)} MB for each second of a processor | no bound |`,
    `| a hook asks the meter over HTTP, ms | ${times(ask)} | bound 5 |`,
    `| the fence of enforce mode, a shell, ms | ${times(fence)} | bound 5; a shell that does nothing: ${times(emptyShell)} |`,
  ];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const line of meterRows(await meterBench(process.execPath, 20))) console.log(line);
}
