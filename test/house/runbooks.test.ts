import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BUDGET_RULES } from '../../src/budgets/registry.ts';
import { OWN_VOICES } from '../../src/core/own-voice.ts';
import { RULES } from '../../src/rules/registry.ts';

const ROOT = `${import.meta.dirname}/../..`;
const SPEAKERS = [...BUDGET_RULES, ...RULES, ...OWN_VOICES];
const NAMES = SPEAKERS.map(({ name }) => name);

/** What somebody wants to know who is told of an alert at three in the morning, in this order. */
const QUESTIONS = ['What it means', 'How to tell', 'What to do', 'How to silence it', 'How it was tuned'];

describe('runbooks', () => {
  test('the check knows of rules', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(9);
  });

  test.each(NAMES)('that of the rule %s answers every question', (name) => {
    const path = `${ROOT}/docs/runbooks/${name}.md`;
    expect(existsSync(path), `${path} is missing: write what to do when the rule speaks`).toBe(true);
    const text = readFileSync(path, 'utf8');
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(QUESTIONS);
    const answers = text.split(/^## .+$/m).slice(1);
    expect(answers.filter((answer) => answer.trim().length < 80)).toEqual([]);
    expect(text).toContain('/checkrein silence');
  });

  test.each(SPEAKERS)(
    'that of the rule $name, and the way there, begin with the words of its issues',
    ({ name, title }) => {
      expect(readFileSync(`${ROOT}/docs/runbooks/${name}.md`, 'utf8')).toMatch(`# Runbook: ${title}\n`);
      const overview = readFileSync(`${ROOT}/docs/OPERATIONS_RUNBOOK.md`, 'utf8');
      expect(overview).toContain(`\n| ${title} | [${name}](runbooks/${name}.md) |`);
    },
  );

  test.each(['docs/OPERATIONS_RUNBOOK.md', 'docs/channels.md', ...NAMES.map((name) => `docs/runbooks/${name}.md`)])(
    'every page that %s links to is there',
    (path) => {
      const folder = path.slice(0, path.lastIndexOf('/'));
      const text = readFileSync(`${ROOT}/${path}`, 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? '');
      expect(links.filter((target) => !existsSync(`${ROOT}/${folder}/${target}`))).toEqual([]);
    },
  );
});
