import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { judgeWorkflow } from './judge.ts';
import { protectionOf, type WorkflowFacts } from './protective.ts';

function told(file: string, more: Partial<WorkflowFacts> = {}, globs: readonly string[] = []): string {
  const facts = { path: `.github/workflows/${file}`, name: null, uses: [], runsAgent: false, ...more };
  const protection = protectionOf(facts, globs);
  return protection.protective ? protection.by : 'none';
}

describe('a workflow that protects', () => {
  test.each([
    'ci.yml',
    'CI.yaml',
    'tests.yml',
    'lint.yml',
    'codeql.yml',
    'codeql-analysis.yml',
    'secret-scanning.yml',
    'nightly-gitleaks.yml',
    'security-scan.yml',
    'dependency-review.yml',
    'release-gate.yml',
    'policy-check.yml',
    'merge_gate.yml',
  ])('%s by its file name', (file) => {
    expect(told(file)).toBe('name');
  });

  test.each(['CI', 'Tests', 'Code scanning: CodeQL', 'Release gate'])('by the name "%s"', (name) => {
    expect(told('a.yml', { name })).toBe('name');
  });

  test.each([
    'github/codeql-action/init@v4',
    'GitHub/CodeQL-Action/analyze@0123',
    'gitleaks/gitleaks-action@v2',
    'actions/dependency-review-action@v4',
    'ossf/scorecard-action@v2',
  ])('by %s', (uses) => {
    expect(told('a.yml', { uses: ['actions/checkout@v6', uses] })).toBe('uses');
  });

  test.each([
    ['checkrein.yml', 'checkrein/checkrein@v1'],
    ['checkrein.yml', './'],
    ['checkrein-stop.yml', 'octo/checkrein@0123'],
  ])('%s with %s is our own', (file, uses) => {
    expect(told(file, { uses: [uses] })).toBe('own');
  });
});

describe('a workflow that does not', () => {
  test.each([
    'nightly-fixer.yml',
    'test-writer.yml',
    'ci-fixer.yml',
    'fix-lint.yml',
    'gatekeeper.yml',
    'special.yml',
    'deploy.yml',
    'release.yml',
    'codeqlx.yml',
  ])('%s', (file) => {
    expect(told(file)).toBe('none');
  });

  test('an action whose name only begins alike', () => {
    expect(told('a.yml', { uses: ['github/codeql-action-mirror@v1', 'evil/github/codeql-action@v1'] })).toBe('none');
  });

  test('a file that is called like ours but does something else, or runs an agent beside us', () => {
    expect(told('checkrein.yml', { uses: ['actions/checkout@v6'] })).toBe('none');
    expect(told('checkrein.yml', { uses: ['./'], runsAgent: true })).toBe('none');
  });
});

describe('an agent is an agent first', () => {
  test('neither a fitting name nor a scan beside it is a hiding place', () => {
    expect(told('ci.yml', { runsAgent: true })).toBe('none');
    expect(told('a.yml', { runsAgent: true, name: 'CodeQL', uses: ['github/codeql-action/init@v4'] })).toBe('none');
  });

  test('but what the configuration lists is spared', () => {
    expect(told('ci.yml', { runsAgent: true }, ['ci'])).toBe('configured');
  });
});

describe('globs of the configuration', () => {
  test.each([
    ['.github/workflows/audit.yml', true],
    ['.github/workflows/*.yml', true],
    ['**', true],
    ['*/audit.yml', false],
    ['audit', true],
    ['AUDIT.yml', true],
    ['aud?t.yml', true],
    ['a*t', true],
    ['Nightly audit', true],
    ['nightly *', true],
    ['audi', false],
    ['udit.yml', false],
    ['a.dit', false],
    ['(a', false],
    ['[a-z]*', false],
    ['', false],
  ])('%s', (glob, expected) => {
    expect(told('audit.yml', { name: 'Nightly audit' }, [glob])).toBe(expected ? 'configured' : 'none');
  });
});

describe('as a file is judged', () => {
  const judge = (text: string): string | null =>
    judgeWorkflow({ path: '.github/workflows/a.yml', text, parsed: parse(text) }).protects;

  test('what it uses and what it is called count', () => {
    expect(judge('on: push\njobs:\n  a:\n    steps:\n      - uses: gitleaks/gitleaks-action@v2\n')).toContain(
      'it uses gitl',
    );
    expect(judge('name: Tests\non: push\njobs: {}\n')).toContain('(Tests)');
    expect(judge('name: Fixer\non: push\njobs: {}\n')).toBeNull();
  });

  test('an agent among scans does not protect', () => {
    const steps = '      - uses: gitleaks/gitleaks-action@v2\n      - uses: openai/codex-action@v1\n';
    expect(judge(`name: Tests\non: push\njobs:\n  a:\n    steps:\n${steps}`)).toBeNull();
  });
});
