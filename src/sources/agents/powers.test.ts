import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PLANTED_SECRETS } from '../../../test/kit/secrets.ts';
import { judgeWorkflow } from './judge.ts';

function declared(step: string): ReturnType<typeof judgeWorkflow>['declares'] {
  const lines = step
    .trimEnd()
    .split('\n')
    .map((line) => `      ${line}`);
  const text = `on: push\njobs:\n  fix:\n    steps:\n${lines.join('\n')}\n`;
  return judgeWorkflow({ path: '.github/workflows/x.yml', text, parsed: parse(text) }).declares;
}

function action(...args: readonly string[]): string {
  return [
    '- uses: anthropics/claude-code-action@v1',
    '  with:',
    '    claude_args: |',
    ...args.map((arg) => `      ${arg}`),
  ].join('\n');
}

describe('the tools that a workflow lists', () => {
  test.each<[string, string, readonly string[] | null]>([
    [
      'as arguments of the action',
      action('--max-turns 5', '--allowedTools "Edit,Read,Bash(git log:*)"'),
      ['Edit', 'Read', 'Bash'],
    ],
    [
      'without quotes',
      action('--allowedTools Bash(git log:*),mcp__github__get_issue --model x'),
      ['Bash', 'mcp__github__get_issue'],
    ],
    ['one by one', action('--allowed-tools Edit Read -p'), ['Edit', 'Read']],
    ['behind an equals sign', action('--allowedTools=Edit,Read'), ['Edit', 'Read']],
    [
      'as an input of older versions',
      '- uses: anthropics/claude-code-action@beta\n  with:\n    allowed_tools: |\n      Bash(npm test)\n      Edit',
      ['Bash', 'Edit'],
    ],
    [
      'in a script',
      `- run: claude -p "do it" --allowedTools "Bash(git:*),Edit" --output-format json`,
      ['Bash', 'Edit'],
    ],
    ['in a script within a script', `- run: bash -c 'claude -p "go" --allowedTools Edit,Read'`, ['Edit', 'Read']],
    ['made by an expression', action(`--allowedTools '$\{{ inputs.tools }}'`), null],
    ['made by a variable', '- run: claude -p "go" --allowedTools "$TOOLS"', null],
    ['not at all', action('--max-turns 5'), null],
    ['of a command that is no agent', '- run: other --allowedTools Edit', null],
  ])('%s', (_name, step, tools) => {
    expect(declared(step)?.tools ?? null).toEqual(tools);
  });

  test('of several agents count together, and one without a list has no bounds', () => {
    expect(declared(`${action('--allowedTools Edit')}\n${action('--allowedTools Read,Edit')}`)?.tools).toEqual([
      'Edit',
      'Read',
    ]);
    expect(declared(`${action('--allowedTools Edit')}\n${action('--max-turns 3')}`)?.tools).toBeNull();
  });
});

describe('the servers that a workflow lists', () => {
  const CONFIG = `--mcp-config '{"mcpServers":{"github":{},"linear":{}}}'`;

  test('count where it says that they are all', () => {
    expect(declared(action(CONFIG, '--strict-mcp-config'))?.servers).toEqual(['github', 'linear']);
    expect(declared(action(CONFIG))?.servers).toBeNull();
    expect(declared(action('--mcp-config servers.json', '--strict-mcp-config'))?.servers).toBeNull();
    expect(declared(action("--mcp-config '{broken'", '--strict-mcp-config'))?.servers).toBeNull();
  });
});

describe('switches that turn the guard off', () => {
  test.each<[string, string, readonly string[]]>([
    ['Claude in a script', '- run: claude -p "go" --dangerously-skip-permissions', ['--dangerously-skip-permissions']],
    ['Claude as an argument', action('--permission-mode bypassPermissions'), ['--permission-mode bypassPermissions']],
    [
      'Claude in settings',
      `- uses: anthropics/claude-code-action@v1\n  with:\n    settings: '{"permissions":{"defaultMode":"bypassPermissions"}}'`,
      ['settings: bypassPermissions'],
    ],
    [
      'Codex as an input',
      '- uses: openai/codex-action@v1\n  with:\n    sandbox: danger-full-access',
      ['sandbox: danger-full-access'],
    ],
    [
      'Codex without its own user',
      '- uses: openai/codex-action@v1\n  with:\n    safety-strategy: unsafe',
      ['safety-strategy: unsafe'],
    ],
    ['Codex in a script', '- run: codex exec --sandbox danger-full-access "go"', ['--sandbox danger-full-access']],
    [
      'Codex without anything',
      '- run: codex exec --dangerously-bypass-approvals-and-sandbox "go"',
      ['--dangerously-bypass-approvals-and-sandbox'],
    ],
    ['Gemini', '- run: gemini --yolo -p "go"', ['--yolo']],
    ['Gemini by its mode', '- run: gemini --approval-mode=yolo -p "go"', ['--approval-mode yolo']],
    ['Copilot', '- run: copilot -p "go" --allow-all-tools', ['--allow-all-tools']],
    ['a comment', '- run: |\n    # claude --dangerously-skip-permissions\n    claude -p "go"', []],
    ['a text that speaks of it', '- run: claude -p "never use --yolo or the like"', []],
    ['none', action('--permission-mode acceptEdits'), []],
  ])('%s', (_name, step, switches) => {
    expect(declared(step)?.unguarded ?? []).toEqual(switches);
  });
});

test('a workflow without an agent declares nothing', () => {
  expect(declared('- run: npm test')).toBeNull();
});

test.each(PLANTED_SECRETS.map(({ kind, text, core }) => [kind, text, core] as const))(
  'no %s in a list of tools is kept',
  (_kind, text, core) => {
    const step = action(`--allowedTools ${JSON.stringify(`Edit,${text.replaceAll('\n', ' ')}`)}`);
    expect(JSON.stringify(declared(step))).not.toContain(core);
  },
);
