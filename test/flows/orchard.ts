import type { Instant } from '../../src/core/time.ts';
import type { Finished } from '../drivers/process.ts';
import { type ActionResult, runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import type { FakePull, PullSpec } from '../fakes/github/pulls.ts';
import { type FakeUser, userNamed } from '../fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../fakes/github.ts';
import { type CommitSpec, type Content, commitAll } from '../kit/branches.ts';
import { addRecord, QUICK_WAITS } from './plot.ts';
import { agentWorkflow } from './stop-watch.ts';

/** While the run of the fixer goes on. */
export const AT_WORK: Instant = '2026-11-20T08:30:00.000Z';
export const LATER: Instant = '2026-11-20T10:00:00.000Z';

/** What the job of a review is granted by the workflow that comes with the product. */
export const REVIEW_PERMISSIONS = {
  actions: 'read',
  contents: 'write',
  issues: 'write',
  'pull-requests': 'write',
  statuses: 'write',
} as const;

/** Long before anything here happens. */
const LONG_AGO = '2026-09-01T08:00:00Z';
const LAST_WEEK = '2026-11-16T08:00:00Z';

const CONFIG = (mode: string, more: string): string => `version: 1
mode: ${mode}
leads: [octocat]
agents:
  - name: fixer
    workflow: .github/workflows/fixer.yml
    scope: { paths: ['src/**', 'test/**', 'docs/**'], max_files: 30, max_lines: 800 }
${more}`;

/** What lies on the main branch, with lines that can be pointed at. */
export const GROUND: Readonly<Record<string, Content>> = {
  'src/sum.ts': 'export function sum(a: number, b: number): number {\n  return a + b;\n}\n',
  'src/list.ts': `${Array.from({ length: 30 }, (_, i) => `export const item${i} = 'item ${i}';`).join('\n')}\n`,
  'src/big.ts': `${Array.from({ length: 400 }, (_, i) => `export const big${i} = ${i};`).join('\n')}\n`,
  'src/shared.ts': 'export const start = 1;\n\nexport function old(): number {\n  return start;\n}\n',
  'test/sum.test.ts':
    "import { expect, it } from 'vitest';\nimport { sum } from '../src/sum.ts';\n\nit('adds', () => {\n  expect(sum(1, 2)).toBe(3);\n  expect(sum(-1, 1)).toBe(0);\n});\n",
  'test/list.test.ts': "import { expect, it } from 'vitest';\n\nit('lists', () => {\n  expect(1).toBe(1);\n});\n",
  'docs/guide.md': '# Guide\n\nHow to add numbers.\n',
  'package.json':
    '{\n  "name": "orchard",\n  "scripts": {\n    "test": "vitest"\n  },\n  "dependencies": {\n    "left": "1.0.0"\n  }\n}\n',
  'package-lock.json':
    '{\n  "packages": {\n    "node_modules/left": {\n      "version": "1.0.0",\n      "resolved": "https://registry.npmjs.org/left/-/left-1.0.0.tgz"\n    }\n  }\n}\n',
  'vitest.config.ts': 'export default {\n  coverage: {\n    thresholds: {\n      lines: 90\n    }\n  }\n};\n',
  'tsconfig.json': '{\n  "compilerOptions": {\n    "strict": true\n  }\n}\n',
  'CLAUDE.md': '# How to work here\n\nRun the tests.\n',
  '.mcp.json': '{ "mcpServers": {} }\n',
  'src/tool.sh': '#!/bin/sh\necho hello\n',
};

/** A repository whose fixer has opened pull requests. */
export interface Orchard extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly clock: { now: Instant };
  readonly claude: FakeUser;
  /** A pull request of the fixer with one commit on the main branch, opened while it was at work. */
  propose(
    name: string,
    files: Readonly<Record<string, Content>>,
    more?: Partial<PullSpec & CommitSpec>,
  ): Promise<FakePull>;
  /** Another commit on its branch, or with `parents` another branch in its place. */
  push(pull: FakePull, spec: CommitSpec): Promise<string>;
  /** Runs `checkrein review` of the bundle. */
  review(...words: readonly string[]): Promise<Finished>;
  watch(): Promise<ActionResult>;
}

export async function plantOrchard({
  mode = 'enforce',
  more = '',
  extra = {},
  ground = {},
  lately = {},
}: {
  readonly mode?: string;
  readonly more?: string;
  /** For the environment of `review`. */
  readonly extra?: Readonly<Record<string, string>>;
  /** What lies on the main branch beside the rest, and what people changed of it last week. */
  readonly ground?: Readonly<Record<string, Content>>;
  readonly lately?: Readonly<Record<string, Content>>;
} = {}): Promise<Orchard> {
  const clock = { now: AT_WORK };
  const github = await startFakeGitHub({ owner: 'octo', repo: 'orchard', now: () => clock.now });
  const fixer = await github.addWorkflowFile('.github/workflows/fixer.yml', agentWorkflow('Fixer'));
  await commitAll(github, 'main', {
    files: { ...GROUND, ...ground, '.github/checkrein.yml': CONFIG(mode, more) },
    at: LONG_AGO,
  });
  const shared =
    'export const start = 1;\n\nexport function fresh(): number {\n  return start + 41;\n}\n\nexport const answer = fresh();\nexport const twice = answer * 2;\n';
  await commitAll(github, 'main', { files: { 'src/shared.ts': shared, ...lately }, at: LAST_WEEK });
  const startedAt = '2026-11-20T08:00:00.000Z';
  const run = github.addRun({ workflow: fixer, createdAt: startedAt, updatedAt: '2026-11-20T09:00:00.000Z' });
  addRecord(github, run, { usd: 0.5, startedAt });
  const claude = userNamed(github.world, 'claude[bot]');
  const env = (): Record<string, string> => ({
    ...QUICK_WAITS,
    ...extra,
    GITHUB_TOKEN: github.mintToken(REVIEW_PERMISSIONS),
    GITHUB_API_URL: github.url,
    GITHUB_GRAPHQL_URL: `${github.url}/graphql`,
  });
  return {
    ...{ github, clock, claude },
    propose: async (name, files, more = {}) => {
      const headRef = `claude/${name.replaceAll(' ', '-')}`;
      const headSha =
        more.headSha ?? (await commitAll(github, headRef, { files, author: claude, at: AT_WORK, ...more }));
      return github.addPull({ title: name, author: claude, at: AT_WORK, ...more, headRef, headSha });
    },
    push: async (pull, spec) => {
      pull.headSha = await commitAll(github, pull.headRef, { author: claude, ...spec });
      pull.issue.updatedAt = clock.now;
      return pull.headSha;
    },
    review: (...words) => runCli(['review', '--repo', github.fullName, '--now', clock.now, ...words], { env: env() }),
    watch: () => runAction({ github, now: clock.now, env: QUICK_WAITS, token: github.mintToken(REVIEW_PERMISSIONS) }),
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}
