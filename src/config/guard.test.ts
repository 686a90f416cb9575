import { describe, expect, test } from 'vitest';
import { USUAL_GUARD } from '../core/guard-terms.ts';
import { HOUR, MINUTE } from '../core/time.ts';
import { guardTerms } from './guard.ts';
import { parseConfig } from './parse.ts';

function read(text: string) {
  const parsed = parseConfig(text, 'checkrein.yml');
  return parsed.ok ? parsed.config : parsed.errors.map(({ message }) => message);
}

describe('guard:', () => {
  test('says the usual where nothing is written', () => {
    expect(read('')).toMatchObject({ guard: USUAL_GUARD });
  });

  test('what an agent says comes before what holds for all, also where it says null', () => {
    const config = read(`
guard: { fail: open, lease: 2h, max_depth: 3, min_interval: 10m, downgrade: { at: 0.7, model: claude-haiku-4-5 } }
agents:
  - { name: fixer, workflow: .github/workflows/fixer.yml, guard: { max_depth: null, min_interval: null, downgrade: null } }
  - { name: triage, workflow: .github/workflows/triage.yml, guard: { on_deny: continue, min_interval: 1m } }
  - { name: plain, workflow: .github/workflows/plain.yml }
`);
    if (!('guard' in config)) throw new Error(config.join());
    const of = (name: string) => guardTerms(config.guard, config.agents.find((agent) => agent.name === name)?.guard);
    const downgrade = { at: 0.7, model: 'claude-haiku-4-5' };
    const all = { fail: 'open', on_deny: 'fail', lease: 2 * HOUR, max_depth: 3, min_interval: 10 * MINUTE, downgrade };
    expect(of('plain')).toEqual(all);
    expect(of('fixer')).toEqual({ ...all, max_depth: null, min_interval: null, downgrade: null });
    expect(of('triage')).toEqual({ ...all, on_deny: 'continue', min_interval: MINUTE });
  });

  test.each([
    ['guard: { fail: shut }', 'closed'],
    ['guard: { lease: 0s }', '1m'],
    ['guard: { max_depth: 0 }', '1'],
    ['guard: { downgrade: { at: 1.5, model: x } }', '1'],
    ['guard: { downgrade: { at: 0.5, model: "a b" } }', 'name of a model'],
    ['guard: { min_intervall: 5m }', 'min_interval'],
  ])('%s is refused with what was expected', (text, expected) => {
    expect(String(read(text))).toContain(expected);
  });
});
