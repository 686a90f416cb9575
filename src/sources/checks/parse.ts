import type { EventOf } from '../../core/event.ts';
import type { Labels } from '../../core/label.ts';
import type { Measure } from '../../core/measure.ts';
import { keptName } from '../../core/redact.ts';
import { PROVES } from '../../core/run.ts';
import { repositorySubject } from '../../core/subject.ts';
import { type Instant, latest } from '../../core/time.ts';
import type { RemoteCheckRun } from '../../github/checks-port.ts';
import type { SourceMoment } from '../progress.ts';
import { measureOf } from '../spool/sum.ts';

/** A head of an agent's pull request, with its check results. */
export interface CheckedHead {
  readonly pull: number;
  readonly head: string;
  /** Null when the agent that made it is unknown. */
  readonly agent: string | null;
  readonly runs: readonly RemoteCheckRun[];
}

/** The number of tests that a check run reports. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

/** The results of check runs as measures of the minute in which the last of them ended. Null if they prove nothing. */
export function checksEvent(checked: CheckedHead, { repo, now }: SourceMoment): EventOf<'metrics.recorded'> | null {
  const at = checked.runs.reduce<string>((last, run) => latest(last, run.completedAt ?? ''), '');
  const measures = at === '' ? [] : measuresOf(checked, at);
  if (measures.length === 0) return null;
  return {
    ...{ v: 1, id: `checks:${checked.pull}:${checked.head}`, kind: 'metrics.recorded', at, seen: now, repo },
    ...{ subject: repositorySubject(repo), data: { measures } },
  };
}

function measuresOf({ agent, runs }: CheckedHead, at: Instant): readonly Measure[] {
  const values = new Map<string, { readonly metric: string; readonly labels: Labels; readonly values: number[] }>();
  const put = (metric: string, labels: Labels, some: readonly number[]): void => {
    const key = JSON.stringify([metric, labels]);
    const set = values.get(key) ?? { metric, labels, values: [] };
    values.set(key, set);
    set.values.push(...some);
  };
  const whose = agent === null ? {} : { agent: keptName(agent) };
  for (const { name, conclusion, title } of runs) {
    const check = keptName(name);
    const proof = conclusion === null ? null : PROVES[conclusion];
    if (proof !== null) put('ci.checks', { check, ...whose }, [proof]);
    const tests = testCountsIn(title ?? '');
    if (tests !== null) put('report.tests', { check, ...whose }, valuesOf(tests));
  }
  return [...values.values()].map((set) => measureOf(set.metric, set.labels, at, set.values));
}

function valuesOf({ passed, failed }: TestCounts): readonly number[] {
  return [...Array<number>(passed).fill(1), ...Array<number>(failed).fill(0)];
}

/** Titles are short, so the rest is ignored. */
const LONGEST_TITLE = 300;
/** A check run that reports more tests than this is not believed. */
const MOST_TESTS = 100_000;
/** Thousands are separated by a comma or a narrow space. */
const COUNT =
  /(?<![\w.,-])(\d{1,3}(?:[,\u2008\u2009\u202f]\d{3}){1,2}|\d{1,6})[ \u00a0](?:tests? )?(pass|fail|error)(?:e[ds]|s|ures?|ing)?(?!\w)/giu;

/**
 * The tests reported in the title of a check run, or null if there are none. In the wording of the common reporters: `12 passed, 1
 * failed and 0 skipped` (dorny/test-reporter), `1 fail, 1 skipped, 17 pass in 12s` and `All 17 tests pass`
 * (EnricoMi/publish-unit-test-result-action), `10 tests run, 8 passed, 1 skipped, 1 failed.` (mikepenz/action-junit-report).
 */
export function testCountsIn(title: string): TestCounts | null {
  let [passed, failed, told] = [0, 0, false];
  for (const [, digits = '', word = ''] of title.slice(0, LONGEST_TITLE).matchAll(COUNT)) {
    const count = Number(digits.replace(/\D/g, ''));
    if (word.toLowerCase() === 'pass') passed += count;
    else failed += count;
    told = true;
  }
  return told && passed + failed > 0 && passed + failed <= MOST_TESTS ? { passed, failed } : null;
}
