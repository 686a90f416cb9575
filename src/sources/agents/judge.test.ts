import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Judgement, judgeWorkflow } from './judge.ts';

function judge(text: string, path = '.github/workflows/a.yml'): Judgement {
  return judgeWorkflow({ path, text, parsed: parse(text) });
}

function judgeScript(script: string): Judgement['sign'] {
  return judgeWorkflow({
    path: '.github/workflows/a.yml',
    text: '',
    parsed: { on: 'push', jobs: { work: { steps: [{ run: script }] } } },
  }).sign;
}

describe('actions', () => {
  test.each([
    ['anthropics/claude-code-action@v1', 'claude'],
    ['Anthropics/Claude-Code-Action/base-action@0123abc', 'claude'],
    ['openai/codex-action@v1', 'codex'],
    ['google-github-actions/run-gemini-cli@v0', 'gemini'],
    ['sst/opencode/github@latest', null],
    ['All-Hands-AI/OpenHands/.github/workflows/openhands-resolver.yml@main', null],
  ])('%s is an agent', (uses, engine) => {
    const { sign } = judge(`on: push\njobs:\n  fix:\n    steps:\n      - uses: ${uses}\n`);
    expect(sign).toEqual({ engine, means: 'action', reason: `uses ${uses} (job "fix")`, jobs: ['fix'] });
  });

  test.each([
    'actions/checkout@v6',
    'anthropics/claude-code-action-mirror@v1',
    './.github/actions/fix',
    'docker://claude',
  ])('%s is none', (uses) => {
    expect(judge(`on: push\njobs:\n  fix:\n    steps:\n      - uses: ${uses}\n`).sign).toBeNull();
  });

  test('a job that calls a reusable workflow of others is judged by it', () => {
    const text = 'on: push\njobs:\n  fix:\n    uses: openhands/openhands/.github/workflows/resolve.yml@v1\n';
    expect(judge(text).sign?.means).toBe('action');
  });

  test.each([
    ['the id of a job without a name', 'fix', '', ['fix']],
    ['the name of the job', 'fix', 'name: Fix it', ['Fix it']],
    ['what stands before an expression', 'fix', `name: Fix \${{ matrix.part }}`, ['Fix']],
    ['nothing where the whole name is an expression', 'fix', `name: \${{ matrix.part }}`, []],
  ])('the jobs that run it are known by %s', (_what, id, name, jobs) => {
    const text = `on: push\njobs:\n  gate:\n    steps:\n      - run: exit 0\n  ${id}:\n    ${name}\n    steps:\n      - uses: openai/codex-action@v1\n`;
    expect(judge(text).sign?.jobs).toEqual(jobs);
  });

  test('own reusable workflows are remembered, and a file that is only called says so', () => {
    expect(
      judge(
        'on: push\njobs:\n  a: { uses: ./.github/workflows/agent.yml }\n  b: { uses: ./.github/workflows/agent.yml }\n',
      ),
    ).toMatchObject({ sign: null, calls: ['.github/workflows/agent.yml'], onlyCalled: false });
    expect(judge('on: workflow_call\njobs: {}\n').onlyCalled).toBe(true);
    expect(judge('on: [workflow_call, push]\njobs: {}\n').onlyCalled).toBe(false);
    expect(judge('on:\n  workflow_call:\n    inputs: {}\njobs: {}\n').onlyCalled).toBe(true);
  });
});

describe('gh-aw', () => {
  test('a lock file is known by its header', () => {
    const { sign } = judge('# gh-aw-metadata: {"schema_version":"v3","agent_id":"copilot"}\non: push\njobs: {}\n');
    const reason = 'compiled by gh-aw (engine copilot)';
    expect(sign).toEqual({ engine: 'gh-aw', means: 'gh-aw', reason, jobs: ['agent'] });
  });

  test('the same words elsewhere prove nothing', () => {
    expect(judge('on: push\njobs:\n  a:\n    steps:\n      - run: echo "gh-aw-metadata {}"\n').sign).toBeNull();
  });
});

describe('commands', () => {
  test.each([
    ['claude -p "fix it"', 'claude'],
    ['npx -y @anthropic-ai/claude-code@2 -p "fix"', 'claude'],
    ['timeout 30m claude --print < prompt.md', 'claude'],
    [`cat prompt | ANTHROPIC_MODEL=x ./node_modules/.bin/claude --model \${MODEL} -p`, 'claude'],
    ['OUT="$(claude -p "$PROMPT" 2>&1)"\necho "$OUT"', 'claude'],
    ['bash -c "cd app && claude -p fix"', 'claude'],
    ['if ! codex exec --full-auto "fix"; then exit 1; fi', 'codex'],
    ['claude \\\n  --max-turns 5 \\\n  -p "go"', 'claude'],
    ['gemini --yolo --prompt="do"', 'gemini'],
    ['x=`copilot -p "do"`', 'copilot'],
    ['pnpm dlx opencode-ai run "go"', null],
    ['sudo -E env A=b goose run -i plan.md', null],
    ['python3 -m aider --yes-always --message "fix"', null],
    ['cursor-agent -p "review" --force', null],
    ['cat <<EOF | claude -p\nbe nice\nEOF', 'claude'],
  ])('%s runs an agent', (script, engine) => {
    expect(judgeScript(script)).toMatchObject({ engine, means: 'cli' });
  });

  test.each([
    'echo "claude -p fix"',
    '# claude -p fix',
    'npm install -g @anthropic-ai/claude-code # then claude -p',
    'claude --version',
    'claude mcp add x -- y',
    'codex login',
    'grep -r "codex exec" .',
    "echo 'a; claude -p b'",
    'cat > run.sh <<"EOF"\nclaude -p fix\nEOF',
    'claude-lint -p src',
    `echo \${{ inputs.command }} claude -p`,
    'git commit -m "run `date`" -p',
    '"unclosed $(((( `',
    '',
  ])('%s runs none', (script) => {
    expect(judgeScript(script)).toBeNull();
  });

  test('the reason names the program and the job', () => {
    expect(judgeScript('codex exec x')?.reason).toBe('runs codex (job "work")');
  });

  test('a hostile script takes time in proportion to its length', () => {
    for (const piece of ['$(', '`', '"$(', "'", '<<A\n', '$'.concat('{{'), '<<"a', 'a@', '\\']) {
      expect(judgeScript(piece.repeat(100_000))).toBeNull();
    }
  }, 10_000);
});

describe('files that are not as they should be', () => {
  test('a file that is no YAML is judged line by line, with a complaint', () => {
    const text =
      'jobs:\n\t- bad\n  # uses: openai/codex-action@v1\n      - uses: anthropics/claude-code-action@v1 # pinned\n';
    const judged = judgeWorkflow({ path: '.github/workflows/a.yml', text, parsed: undefined });
    expect(judged.sign?.reason).toBe('uses anthropics/claude-code-action@v1 (line 4)');
    expect(judged.complaints).toEqual(['.github/workflows/a.yml is not valid YAML: it was judged line by line']);
    const cli = judgeWorkflow({ path: 'a.yml', text: '{{\n  - run: npx @openai/codex exec "x"\n', parsed: undefined });
    expect(cli.sign).toMatchObject({ engine: 'codex', means: 'cli' });
  });

  test.each([
    null,
    7,
    'text',
    [],
    { jobs: [] },
    { jobs: { a: null } },
    { jobs: { a: { steps: [null, 3, { run: 5 }] } } },
  ])('the value %j holds no agent and breaks nothing', (parsed) => {
    expect(judgeWorkflow({ path: 'a.yml', text: '', parsed }).sign).toBeNull();
  });
});

describe("Checkrein's own workflow", () => {
  const own = 'on: push\njobs:\n  watch:\n    steps:\n      - uses: acme/checkrein@v1\n';
  const withAgent = `${own}      - uses: anthropics/claude-code-action@v1\n`;

  test('is never an agent, and says so when one hides in it', () => {
    expect(judge(own, '.github/workflows/checkrein.yml')).toMatchObject({ sign: null, complaints: [] });
    const judged = judge(withAgent, '.github/workflows/checkrein.yml');
    expect(judged.sign).toBeNull();
    expect(judged.complaints).toEqual([expect.stringContaining('move the agent to a workflow of its own')]);
  });

  test('an agent that Checkrein guards is an agent', () => {
    expect(judge(withAgent, '.github/workflows/fix.yml').sign?.engine).toBe('claude');
  });

  test('the name alone protects nothing', () => {
    const text = 'on: push\njobs:\n  a:\n    steps:\n      - uses: anthropics/claude-code-action@v1\n';
    expect(judge(text, '.github/workflows/checkrein.yml').sign?.engine).toBe('claude');
  });
});
