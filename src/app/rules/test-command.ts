import { readAlertsFile } from '../../config/alerts-file.ts';
import { formatProblem, problemLine } from '../../config/problem.ts';
import { type RulesTestFile, readRulesTest } from '../../config/rules-test-file.ts';
import type { Config } from '../../config/schema.ts';
import { varsOf } from '../../config/vars.ts';
import type { Invocation } from '../shell/flags.ts';
import { loadLocalConfig, readLocalText } from '../shell/load-config.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { runRulesTest, testText } from './run-test.ts';

/** `checkrein rules test FILE`: exits with 1 when a timeline came out other than expected. */
export async function rulesTestCommand(path: string, invocation: Invocation, world: World): Promise<number> {
  const text = await readLocalText(path, 'file of tests');
  if (typeof text !== 'string') throw new UsageError(text.reason);
  const read = readRulesTest(text, path);
  if (!read.ok) throw new UsageError(`The test file has errors:\n${read.errors.map(formatProblem).join('\n')}`);
  const config = await rulesFor(read.file, invocation.value('config'));
  if (config.alerts.rules.length === 0) throw new UsageError('There is no rule to test: name files in rule_files.');
  const vars = { ...varsOf(config), ...read.file.vars };
  const outcomes = read.file.tests.map((test) => runRulesTest(test, config, vars));
  const failed = outcomes.filter(({ ok }) => !ok).length;
  if (invocation.has('json')) world.out.write(jsonLine({ ok: failed === 0, tests: outcomes }));
  else {
    const counts = `${outcomes.length - failed} passed, ${failed} failed`;
    world.out.write(`${outcomes.map(testText).join('')}${counts}\n`);
  }
  return failed === 0 ? EXIT.done : EXIT.failed;
}

/**
 * The configuration with the rules of the files the test names.
 * @throws UsageError when one of them cannot be read or has a wrong rule: a test of half of them would say little.
 */
async function rulesFor({ rule_files: files, vars }: RulesTestFile, path: string | null): Promise<Config> {
  const loaded = await loadLocalConfig(path);
  // A variable of the test stands in for one that a file of rules sets: a test may ask what another value would do.
  const standIns = new Set(Object.keys(vars).flatMap((name) => (name in loaded.config.vars ? [] : [`vars.${name}`])));
  let config: Config = { ...loaded.config, vars: { ...loaded.config.vars, ...vars } };
  for (const file of files) {
    const text = await readLocalText(file, 'file of rules');
    if (typeof text !== 'string') throw new UsageError(text.reason);
    const {
      problems,
      written: _written,
      channelsLeftOut: _leftOut,
      alerts,
      ...added
    } = readAlertsFile(text, file, config);
    const wrong = problems.filter(
      ({ weight, path: at }) => weight === 'section' || (weight === 'error' && !standIns.has(at)),
    );
    if (wrong.length > 0) throw new UsageError(`${file} has errors:\n${wrong.map(problemLine).join('\n')}`);
    config = { ...config, ...added, alerts: { rules: [...config.alerts.rules, ...alerts.rules] } };
  }
  return config;
}
