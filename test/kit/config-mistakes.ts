import type { AlertProblem } from '../../src/config/alerts-file.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { ConfigProblem } from '../../src/config/problem.ts';

/** All that is wrong with the text of a configuration, whether or not it can be gone on with; remarks are left out. */
export function mistakesIn(text: string, file = 'c.yml'): readonly (ConfigProblem & Partial<AlertProblem>)[] {
  const parsed = parseConfig(text, file);
  const sound = parsed.ok ? parsed : parsed.rest;
  return [...(parsed.ok ? [] : parsed.errors), ...(sound?.alerts.problems ?? [])].filter(
    (problem) => !('weight' in problem) || problem.weight !== 'warning',
  );
}
