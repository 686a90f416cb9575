import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from '@actions/languageservice';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');

/** Our own action, which has no commit to pin before it is released. */
const OURS = /^(\.\/|checkrein\/checkrein@)/;

/** The actions of agents in what shows a guard before them: readers have them already, pinned to a commit of their own. */
const AGENTS = /^(anthropics\/claude-code-action|openai\/codex-action|google-github-actions\/run-gemini-cli)@v\d+$/;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, { readonly permissions?: unknown; readonly steps?: readonly Step[] }>>;
}

/** Every workflow that the project runs, ships or shows, and the action itself. */
const FILES: readonly (readonly [name: string, text: string])[] = [
  ...['.github/workflows', 'config/workflows'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => workflowIn(`${folder}/${name}`)),
  ),
  ...workflowsShownIn('README.md'),
];

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** What is compiled to a workflow from a page has the jobs at its head. */
function workflowIn(path: string): readonly [name: string, text: string] {
  const text = read(path);
  if (!path.endsWith('.md')) return [path, text];
  const jobs = /^jobs:\n(?:[ #].*\n)+/m.exec(text)?.[0] ?? '';
  return [path.replace(/\.md$/, '.yml'), `on:\n  workflow_dispatch:\npermissions: {}\n${jobs}`];
}

function workflowsShownIn(page: string): readonly (readonly [string, string])[] {
  return [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map(([, text = '']) => text)
    .filter((text) => /^jobs:/m.test(text))
    .map((text, i) => [`.github/workflows/from-${page}-${i + 1}.yml`, text] as const);
}

async function complaints(path: string, text: string): Promise<readonly string[]> {
  const found = await validate(
    // The members of an editor's document that the linter uses.
    {
      uri: `file:///${path}`,
      getText: () => text,
      positionAt: (offset: number) => {
        const before = text.slice(0, offset).split('\n');
        return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
      },
    } as Parameters<typeof validate>[0],
    {},
  );
  return found.map(({ message, range }) => `${path}:${range.start.line + 1}: ${message}`);
}

/** Faults of security that GitHub's own linter does not look for. */
function dangers(text: string, path = ''): readonly string[] {
  const workflow: Workflow = parse(text);
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps ?? []);
  const uses = steps.flatMap((step) => (step.uses === undefined ? [] : [step.uses]));
  const checkouts = steps.filter((step) => step.uses?.startsWith('actions/checkout@'));
  return [
    ...uses
      .filter((name) => !OURS.test(name) && !/@[0-9a-f]{40}$/.test(name))
      .filter((name) => !(path.startsWith('config/workflows/guard-') && AGENTS.test(name)))
      .map((name) => `${name} is not pinned`),
    ...uses
      .filter((name) => /@[0-9a-f]{40}$/.test(name) && !new RegExp(`${name} # v\\d+\\.\\d+\\.\\d+`).test(text))
      .map((name) => `${name} does not say its version`),
    ...('pull_request_target' in workflow.on && checkouts.length > 0 ? ['pull_request_target with a checkout'] : []),
    ...('permissions' in workflow ? [] : ['no permissions for the workflow']),
    ...jobs
      .filter((job) => !('permissions' in job) || typeof job.permissions === 'string')
      .map(() => 'a job without own permissions'),
    ...steps
      .filter(({ run }) => /\$\{\{[^}]*\b(github\.(event|head_ref|ref_name)|inputs|steps|needs)\b/.test(run ?? ''))
      .map(({ run }) => `text from outside in a shell: ${run}`),
    ...checkouts.filter((step) => step.with?.['persist-credentials'] !== false).map(() => 'a checkout keeps the token'),
  ];
}

describe('workflows', () => {
  test('there are workflows to look at: ours, those that we ship, and the one that the README shows', () => {
    const names = FILES.map(([name]) => name).join();
    expect(FILES.length).toBeGreaterThanOrEqual(4);
    expect(names).toContain('.github/workflows/ci.yml');
    expect(names).toContain('config/workflows/checkrein.yml');
    expect(names).toContain('README');
  });

  test.each(FILES.filter(([name]) => name.startsWith('config/workflows/guard-')))(
    '%s asks the guard before anything else, with the permission that its lease wants',
    (_path, text) => {
      const [job] = Object.values((parse(text) as Workflow).jobs);
      const [first] = job?.steps ?? [];
      expect(first?.uses).toMatch(/^checkrein\/checkrein@/);
      expect(first?.with).toEqual({ command: 'guard', agent: expect.stringMatching(/^[\w.-]+$/) });
      expect(job?.permissions).toMatchObject({ contents: 'write' });
    },
  );

  test('there is a guard for each engine', () => {
    const names = FILES.flatMap(([name]) => /guard-([\w-]+)\.yml$/.exec(name)?.[1] ?? []).sort();
    expect(names).toEqual(['claude-code-action', 'cli', 'codex-action', 'copilot', 'gh-aw', 'run-gemini-cli']);
  });

  test.each(FILES)('%s is what GitHub expects', async (path, text) => {
    expect(await complaints(path, text)).toEqual([]);
  });

  test.each(FILES)('%s is safe', (path, text) => {
    expect(dangers(text, path)).toEqual([]);
  });

  test.each(FILES)('%s never runs on the hour, when schedules are worst', (_path, text) => {
    for (const [, minute] of text.matchAll(/cron: '(\S+) /g)) expect(Number(minute) % 5).not.toBe(0);
  });

  test('action.yml is what GitHub expects, with at most six inputs', async () => {
    expect(await complaints('action.yml', read('action.yml'))).toEqual([]);
    expect(Object.keys(parse(read('action.yml')).inputs).length).toBeLessThanOrEqual(6);
  });
});

describe('the checks see', () => {
  const bad = (steps: string, on = 'push:'): string =>
    `on:\n  ${on}\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    permissions: {}\n    steps:\n${steps}`;

  test.each([
    ['an action that is not pinned', bad('      - uses: actions/cache@v4\n'), 'is not pinned'],
    ['a pin without its version', bad(`      - uses: actions/cache@${'a'.repeat(40)}\n`), 'does not say its version'],
    [
      'a checkout of strangers',
      bad('      - uses: actions/checkout@v6\n', 'pull_request_target:'),
      'pull_request_target',
    ],
    ['event text in a shell', bad(`      - run: echo \${{ github.event.issue.title }}\n`), 'text from outside'],
    ['a token left in the work tree', bad('      - uses: actions/checkout@v6\n'), 'keeps the token'],
    ['a workflow without permissions', 'on:\n  push:\njobs: {}\n', 'no permissions for the workflow'],
  ])('%s', (_name, text, sentence) => {
    expect(dangers(text).join()).toContain(sentence);
  });

  test('a cron line and a permission that GitHub does not know', async () => {
    const text = "on:\n  schedule:\n    - cron: '99 * * * *'\npermissions:\n  nonsense: read\njobs: {}\n";
    expect((await complaints('.github/workflows/x.yml', text)).length).toBeGreaterThanOrEqual(2);
  });
});
