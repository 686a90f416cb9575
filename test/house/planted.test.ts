import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const BIOME = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

/** Faults that our linter must see: file, rule and text. Two of these rules are nursery ones and may change under us. */
const PLANTED = [
  ['src/app/floating.ts', 'nursery/noFloatingPromises', 'async function f(): Promise<void> {}\nf();\n'],
  [
    'src/app/switch.ts',
    'nursery/useExhaustiveSwitchCases',
    "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n",
  ],
  ['src/app/empty.ts', 'suspicious/noEmptyBlockStatements', 'try {\n  f();\n} catch {}\n'],
  ['src/app/env.ts', 'style/noProcessEnv', "export const token = process.env['TOKEN'];\n"],
  ['src/app/barrel.ts', 'performance/noBarrelFile', "export { token } from './env.ts';\n"],
  ['src/app/Named.ts', 'style/useFilenamingConvention', 'export const named = 1;\n'],
  ['src/app/long.ts', 'style/noExcessiveLinesPerFile', 'export const x = [\n'.concat('  1,\n'.repeat(320), '];\n')],
  ['src/app/octokit.ts', 'style/noRestrictedImports', "import '@octokit/rest';\n"],
  ['src/core/outward.ts', 'style/noRestrictedImports', "import '../metrics/x.ts';\n"],
  ['src/core/random.ts', 'style/noRestrictedImports', "import 'node:crypto';\n"],
  ['src/metrics/sideways.ts', 'style/noRestrictedImports', "import '../ledger/x.ts';\n"],
  ['src/alerts/reading.ts', 'style/noRestrictedImports', "import 'node:fs';\n"],
  ['src/rules/nested/upward.ts', 'style/noRestrictedImports', "import '../../app/x.ts';\n"],
  ['src/sources/agents/sideways.ts', 'style/noRestrictedImports', "import '../../metrics/x.ts';\n"],
  ['src/sources/agents/octokit.ts', 'style/noRestrictedImports', "import '@octokit/rest';\n"],
  ['src/ledger/lazy.ts', 'style/noRestrictedImports', "export const x = await import('../alerts/x.ts');\n"],
  ['src/cli.ts', 'style/noRestrictedImports', "import './ledger/x.ts';\n"],
  ['src/rules/clock.ts', 'style/noRestrictedGlobals', 'export const now = new Date();\n'],
  ['src/budgets/fetch.ts', 'style/noRestrictedGlobals', "export const x = fetch('http://localhost');\n"],
  ['src/surfaces/print.ts', 'style/noRestrictedGlobals', "console.log('x');\n"],
  ['src/alerts/deep/timer.ts', 'style/noRestrictedGlobals', 'setTimeout(() => 1, 1);\n'],
] as const;

/** What must stay allowed, so that a rule that refuses everything does not look like a good one. */
const CLEAN = {
  'src/core/time.ts': 'export const day = new Date(0).toISOString();\n',
  'src/core/hash.ts': "import { createHash } from 'node:crypto';\n\nexport const hash = createHash('sha256');\n",
  'src/rules/fine.ts': "import '../core/time.ts';\nimport '../metrics/x.ts';\nimport 'zod';\nimport './own.ts';\n",
  'src/sources/agents/fine.ts':
    "import 'node:fs/promises';\nimport '../../core/time.ts';\nimport '../../github/port.ts';\nimport '../zip.ts';\n",
  'src/github/fine.ts': "import '@octokit/rest';\n",
  'src/app/fine.ts': "import 'node:fs';\nimport '../ledger/x.ts';\nimport '../metrics/x.ts';\n",
  'src/metrics/clock.test.ts': "import 'vitest';\n\nexport const now = new Date();\n",
};

interface Report {
  readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: string } }[];
}

async function lint(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  await using folder = await createFixture({
    'biome.json': readFileSync(join(ROOT, 'biome.json'), 'utf8').replace(/"\$schema": "[^"]*",/, ''),
    '.gitignore': 'node_modules/\n',
    'tsconfig.json': readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'),
    ...files,
  });
  const output = await new Promise<string>((resolve) => {
    const words = [BIOME, 'lint', '--reporter=json', '--max-diagnostics=none'];
    execFile(process.execPath, words, { cwd: folder.path }, (_error, stdout) => resolve(stdout));
  });
  const report = JSON.parse(output) as Report;
  return report.diagnostics.map(({ category, location }) => `${location.path} ${category}`);
}

describe('the linter sees', async () => {
  const seen = await lint(Object.fromEntries(PLANTED.map(([path, , text]) => [path, text])));

  test.each(PLANTED)('%s: %s', (path, rule) => {
    expect(seen).toContain(`${path} lint/${rule}`);
  });
});

test('the linter lets through what each layer may do', async () => {
  expect(await lint(CLEAN)).toEqual([]);
});
