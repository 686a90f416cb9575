import { expect, test } from 'vitest';
import { parseConfig } from '../../config/parse.ts';
import type { Config } from '../../config/schema.ts';
import type { Agent } from '../../core/agent.ts';
import type { JudgedWorkflow } from '../../core/judged-workflow.ts';
import { sparedBy } from './spared.ts';

const path = '.github/workflows/nightly.yml';
const file: JudgedWorkflow = { path, blob: 'b', sign: null, calls: [], onlyCalled: false, protects: 'it uses a scan' };

function agent(means: Agent['means']): Agent {
  return { name: 'nightly', workflow: path, engine: null, means, reason: 'r', blob: 'b' };
}

function config(globs: string): Config {
  const parsed = parseConfig(`stop: { protective: [${globs}] }\n`, 'c.yml');
  if (!parsed.ok) throw new Error('the configuration of the test is wrong');
  return parsed.config;
}

test('an agent is stopped unless the configuration lists its workflow', () => {
  expect(sparedBy(config(''), [file])(agent('action'))).toBeNull();
  expect(sparedBy(config('nightly*'), [file])(agent('action'))).toContain('stop.protective');
});

test('what only the configuration calls an agent is spared when its file protects', () => {
  expect(sparedBy(config(''), [file])(agent('configured'))).toBe('it uses a scan');
  expect(sparedBy(config(''), [])(agent('configured'))).toBeNull();
});
