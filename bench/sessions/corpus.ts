import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DAY, fromMs } from '../../src/core/time.ts';
import { type Draws, drawsOf } from './random.ts';

/** What a reader of the corpus has to find. Each response and each call counts once, however often it is written. */
export interface Truth {
  bytes: number;
  files: number;
  rows: number;
  responses: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  toolCalls: number;
  toolErrors: number;
}

/**
 * Writes transcripts as Claude Code keeps them below `home`, and tells what is in them. They are shaped as real ones are: a
 * response takes one row for each of its blocks, of which only the last bears its output; half of the bytes are results of tools,
 * which stand in their row twice; what subagents say stands in the rows of their parent and in files of their own; some rows have
 * lost the id of their request, some the end of their line; the engine's own rows hold no usage.
 */
export function writeCorpus(home: string, megabytes: number, seed: number): Truth {
  const draws = drawsOf(seed);
  const truth: Truth = {
    bytes: 0,
    files: 0,
    rows: 0,
    responses: 0,
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
    toolCalls: 0,
    toolErrors: 0,
  };
  const texts = textsOf(draws);
  while (truth.bytes < megabytes * 1e6) {
    const project = join(home, '.claude', 'projects', `-home-runner-work-repo${draws.whole(0, 11)}`);
    const session = new SessionWriter(draws, texts, truth);
    session.write();
    const files = [
      [join(project, `${session.id}.jsonl`), session.rows] as const,
      ...[...session.subagents].map(
        ([agent, rows]) => [join(project, session.id, 'subagents', `agent-${agent}.jsonl`), rows] as const,
      ),
    ];
    for (const [path, rows] of files) {
      const text = rows
        .map((row, index) => JSON.stringify(row) + (index < rows.length - 1 && draws.unit() < 0.0001 ? '' : '\n'))
        .join('');
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      truth.bytes += Buffer.byteLength(text);
      truth.files++;
      truth.rows += rows.length;
    }
  }
  return truth;
}

const WORDS =
  'const return import function if else await git commit npm test passed failed error undefined null true src/app/main.ts => {} () [] // \n \n\t\t "quoted" \\d+ — 数据 https://example.com/a?b=c&d 0.0042'.split(
    ' ',
  );

/** Cuts texts of any length out of one long one. */
function textsOf(draws: Draws): (length: number) => string {
  let pool = '';
  while (pool.length < 1 << 20) pool += `${WORDS[draws.whole(0, WORDS.length - 1)]} `;
  return (length) => {
    const wanted = Math.min(Math.max(1, length), 200_000);
    const from = draws.whole(0, pool.length - wanted);
    return pool.slice(from, from + wanted);
  };
}

type Row = Record<string, unknown>;

interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

const MODELS = [
  ['claude-opus-4-5-20251101', 4],
  ['claude-opus-4-6', 2],
  ['claude-sonnet-4-5-20250929', 2],
  ['claude-haiku-4-5-20251001', 1],
] as const;
const TOOLS = [
  ['Bash', 30],
  ['Read', 25],
  ['Edit', 20],
  ['Grep', 13],
  ['Task', 2],
  ['mcp__github__get_issue', 3],
] as const;
const BLOCKS = [
  [1, 17],
  [2, 56],
  [3, 22],
  [5, 5],
] as const;
const PROGRESS = [
  [0, 50],
  [1, 25],
  [4, 20],
  [12, 5],
] as const;

class SessionWriter {
  readonly id: string;
  readonly rows: Row[] = [];
  readonly subagents = new Map<string, Row[]>();
  readonly #draws: Draws;
  readonly #text: (length: number) => string;
  readonly #truth: Truth;
  readonly #model: string;
  readonly #longCache: boolean;
  #ms: number;
  #context: number;
  #parent: string | null = null;

  constructor(draws: Draws, text: (length: number) => string, truth: Truth) {
    this.#draws = draws;
    this.#text = text;
    this.#truth = truth;
    this.id = this.#uuid();
    this.#model = draws.weighted(MODELS);
    this.#longCache = draws.unit() < 0.5;
    this.#ms = Date.UTC(2026, 0, 5) + draws.whole(0, 300 * DAY);
    this.#context = draws.whole(12_000, 30_000);
  }

  write(): void {
    this.rows.push({ type: 'queue-operation', operation: 'enqueue', timestamp: fromMs(this.#ms), sessionId: this.id });
    this.#row('user', { message: { role: 'user', content: this.#text(this.#draws.skewed(900, 1)) } });
    const turns = Math.min(400, Math.max(3, this.#draws.skewed(55, 0.9)));
    for (let turn = 0; turn < turns; turn++) this.#turn();
    this.#row('system', { subtype: 'turn_duration', durationMs: this.#draws.whole(10_000, 900_000), isMeta: false });
  }

  #turn(): void {
    const call = `toolu_01${this.#draws.letters(22)}`;
    const tool = this.#draws.weighted(TOOLS);
    this.#response(call, tool);
    const progress = this.#draws.weighted(PROGRESS);
    for (let n = 0; n < progress; n++) {
      const data = {
        type: 'bash_progress',
        output: this.#text(this.#draws.skewed(300, 1)),
        fullOutput: this.#text(this.#draws.skewed(900, 1)),
      };
      this.#row('progress', { data, toolUseID: `bash-progress-${n}`, parentToolUseID: call });
    }
    if (tool === 'Task') this.#subagent(call);
    this.#result(call);
    if (this.#draws.unit() < 0.004) this.#refusal();
  }

  #response(call: string, tool: string): void {
    const { whole, skewed, weighted, unit } = this.#draws;
    const usage = {
      input: whole(1, 12),
      output: Math.max(8, skewed(60, 1.3)),
      cacheRead: this.#context,
      cacheWrite: whole(100, 6_000),
    };
    this.#context = Math.min(180_000, this.#context + usage.cacheWrite);
    this.#count(usage);
    this.#truth.toolCalls++;
    const id = `msg_01${this.#draws.letters(22)}`;
    const request = unit() < 0.004 ? {} : { requestId: `req_011C${this.#draws.letters(20)}` };
    const blocks = weighted(BLOCKS);
    for (let block = 1; block <= blocks; block++) {
      const last = block === blocks;
      const content = last
        ? {
            type: 'tool_use',
            id: call,
            name: tool,
            input: { command: this.#text(skewed(160, 1)), description: this.#text(40) },
          }
        : { type: 'text', text: this.#text(skewed(220, 1)) };
      const written = { ...usage, output: last ? usage.output : Math.min(usage.output, whole(1, 9)) };
      this.#row('assistant', { message: this.#message(id, this.#model, content, written), ...request });
    }
  }

  #message(id: string, model: string, content: object, { input, output, cacheRead, cacheWrite }: Usage): object {
    const [short, long] = this.#longCache ? [0, cacheWrite] : [cacheWrite, 0];
    const usage = {
      input_tokens: input,
      cache_creation_input_tokens: cacheWrite,
      cache_read_input_tokens: cacheRead,
      cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
      output_tokens: output,
      service_tier: 'standard',
    };
    return {
      model,
      id,
      type: 'message',
      role: 'assistant',
      content: [content],
      stop_reason: null,
      stop_sequence: null,
      usage,
    };
  }

  #subagent(call: string): void {
    const agentId = this.#draws.letters(7);
    const own: Row[] = [];
    for (let n = this.#draws.whole(3, 25); n > 0; n--) {
      const usage = {
        input: 3,
        output: this.#draws.skewed(50, 1),
        cacheRead: this.#draws.whole(5_000, 60_000),
        cacheWrite: this.#draws.whole(10, 3_000),
      };
      this.#count(usage);
      const message = this.#message(
        `msg_01${this.#draws.letters(22)}`,
        'claude-haiku-4-5-20251001',
        { type: 'text', text: this.#text(200) },
        usage,
      );
      const said = { type: 'assistant', message, requestId: `req_011C${this.#draws.letters(20)}` };
      const row = this.#row('progress', {
        data: { type: 'agent_progress', agentId, message: said },
        parentToolUseID: call,
      });
      own.push({ ...row, ...said, isSidechain: true, agentId, data: undefined });
    }
    this.subagents.set(agentId, own);
  }

  #result(call: string): void {
    this.#ms += Math.max(3, this.#draws.skewed(268, 2.6));
    const failed = this.#draws.unit() < 0.041;
    if (failed) this.#truth.toolErrors++;
    const out = this.#text(this.#draws.skewed(1_300, 1.5));
    const told = failed ? { is_error: true } : this.#draws.unit() < 0.4 ? { is_error: false } : {};
    this.#row('user', {
      message: { role: 'user', content: [{ tool_use_id: call, type: 'tool_result', content: out, ...told }] },
      toolUseResult: { stdout: out, stderr: '', interrupted: false, isImage: false },
    });
  }

  /** A row of the engine's own: the API was not reached. */
  #refusal(): void {
    const content = { type: 'text', text: 'API Error: 529 overloaded' };
    const message = this.#message(this.#uuid(), '<synthetic>', content, {
      input: 0,
      output: 0,
      cacheRead: 0,
      cacheWrite: 0,
    });
    this.#row('assistant', { message, isApiErrorMessage: true });
  }

  #row(type: string, fields: Row): Row {
    this.#ms += this.#draws.whole(30, 2_500);
    const uuid = this.#uuid();
    const base = {
      parentUuid: this.#parent,
      isSidechain: false,
      userType: 'external',
      cwd: '/home/runner/work/demo/demo',
      sessionId: this.id,
      version: '2.1.42',
      gitBranch: 'main',
    };
    const row = { ...base, type, ...fields, uuid, timestamp: fromMs(this.#ms) };
    this.#parent = uuid;
    this.rows.push(row);
    return row;
  }

  #count({ input, output, cacheRead, cacheWrite }: Usage): void {
    this.#truth.responses++;
    this.#truth.input += input;
    this.#truth.output += output;
    this.#truth.cacheRead += cacheRead;
    this.#truth.cacheWrite += cacheWrite;
  }

  #uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.#draws.whole(0, 15).toString(16)).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
