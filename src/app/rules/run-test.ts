import { advanceAlerts } from '../../alerts/advance.ts';
import { type AlertBook, alertsFold } from '../../alerts/book.ts';
import { mergePolicies } from '../../alerts/policy.ts';
import type { ExpectedAlert, RulesTest } from '../../config/rules-test-file.ts';
import type { Config } from '../../config/schema.ts';
import type { Alert } from '../../core/alert.ts';
import type { Finding } from '../../core/finding.ts';
import { plainLine } from '../../core/text.ts';
import { after, type Duration, formatDuration, type Instant } from '../../core/time.ts';
import { judgeOver } from '../../rules/conditions/judge.ts';
import type { Vars } from '../../rules/conditions/scope.ts';
import { groundAt, type Timeline } from '../../rules/conditions/timeline.ts';
import { alertEvent } from '../judge/alert-events.ts';
import { policiesOf } from '../judge/conditions.ts';
import { type Difference, differenceOf, isSameAlert, type Odd, type TestedAlert } from './test-difference.ts';

/** What stands open at a time of a timeline. */
interface Standing {
  readonly at: Duration;
  readonly alerts: readonly TestedAlert[];
}

/** What came of one test. */
export interface TestOutcome {
  readonly name: string;
  readonly ok: boolean;
  /** What stood open after each run. */
  readonly runs: readonly Standing[];
  readonly failures: readonly TestFailure[];
}

/** Where other alerts stood open than were expected. */
interface TestFailure extends Difference {
  readonly at: Duration;
  readonly expected: readonly ExpectedAlert[];
  readonly found: Standing['alerts'];
}

/** Plays a timeline through the rules and the life of alerts, as `watch` would at the times of its runs. Pure. */
export function runRulesTest(test: RulesTest, config: Config, vars: Vars): TestOutcome {
  const { start, interval, input_series: given, events } = test;
  const timeline: Timeline = {
    start,
    interval,
    vars,
    series: given.map(({ series, values }) => ({ path: series, samples: values })),
    events: events.map(({ at, type, labels }, i) => ({ id: `event:${i + 1}`, type, labels, at: after(start, at) })),
  };
  let book: AlertBook = alertsFold.initial;
  const rules = config.alerts.rules.map(({ name }) => name);
  const looks = test.runs_at.map((at) => {
    const now = after(start, at);
    const findings = judgeOver(groundAt(timeline, now), config.alerts.rules, now).map(({ finding }) => finding);
    book = look(book, findings, config, { now, repo: groundAt(timeline, now).repo });
    return { at, alerts: openIn(book), findings };
  });
  const failures = test.expect.flatMap(({ at, alerts: expected }): readonly TestFailure[] => {
    const last = looks.findLast((run) => run.at <= at) ?? null;
    const found = last?.alerts ?? [];
    if (areAsExpected(expected, found)) return [];
    return [{ at, expected, found, ...differenceOf(expected, found, { rules, findings: last?.findings ?? null }) }];
  });
  const runs = looks.map(({ at, alerts }) => ({ at, alerts }));
  return { name: test.name, ok: failures.length === 0, runs, failures };
}

function look(
  book: AlertBook,
  findings: readonly Finding[],
  config: Config,
  { now, repo }: { readonly now: Instant; readonly repo: string },
): AlertBook {
  const { auto_resolve: autoResolve, dedup } = config.policy;
  const policies = mergePolicies(policiesOf(config));
  const changes = advanceAlerts(book, findings, { now, repo, policies, autoResolve, dedup });
  return alertsFold.apply(book, [ran(now, repo), ...changes.map((change) => alertEvent({ now, repo }, change))]);
}

function ran(now: Instant, repo: string): Parameters<typeof alertsFold.apply>[1][number] {
  return {
    v: 1,
    id: `watch:${now}`,
    kind: 'watch.ran',
    at: now,
    seen: now,
    repo,
    subject: { kind: 'checkrein', name: 'watch' },
    data: { trigger: 'test', run: null, late: null, requests: 0 },
  };
}

function openIn({ alerts }: AlertBook): Standing['alerts'] {
  return Object.values(alerts)
    .filter(({ state }) => state !== 'resolved')
    .map(({ name, state, labels }) => ({ name, state, labels }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Each expected alert is there, and no other. */
function areAsExpected(expected: readonly ExpectedAlert[], found: Standing['alerts']): boolean {
  const left = [...found];
  for (const wanted of expected) {
    const at = left.findIndex((alert) => isSameAlert(alert, wanted) && alert.state === wanted.state);
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

/** A test for people: one line where it went well, else its timeline with what was expected where it differs. */
export function testText({ name, ok, runs, failures }: TestOutcome): string {
  if (ok) return `ok    ${plainLine(name, 200)}\n`;
  const happened = runs.flatMap(({ at, alerts }, i): readonly Row[] => {
    const before = runs[i - 1]?.alerts ?? [];
    const same = alertsText(before) === alertsText(alerts);
    return same && i > 0 && i < runs.length - 1 ? [] : [{ at, order: 0, mark: 'run', text: alertsText(alerts) }];
  });
  const differing = failures.flatMap(({ at, expected, found, missing, unexpected }): readonly Row[] => [
    { at, order: 1, mark: '- expected', text: alertsText(expected) },
    { at, order: 2, mark: '+ found', text: alertsText(found) },
    ...missing.map((odd) => ({ at, order: 3, mark: 'missing', text: oddText(odd) })),
    ...unexpected.map((odd) => ({ at, order: 4, mark: 'unexpected', text: oddText(odd) })),
  ]);
  const rows = [...happened, ...differing].sort((a, b) => a.at - b.at || a.order - b.order);
  const lines = rows.map(({ at, mark, text }) => `  ${formatDuration(at).padStart(9)}  ${mark.padEnd(11)} ${text}`);
  return [`FAIL  ${plainLine(name, 200)}`, ...lines].join('\n').concat('\n');
}

interface Row {
  readonly at: Duration;
  readonly order: number;
  readonly mark: string;
  readonly text: string;
}

function oddText({ why, ...alert }: Odd): string {
  return `${alertsText([alert])}: ${plainLine(why, 400)}`;
}

function alertsText(alerts: readonly TestedAlert[]): string {
  if (alerts.length === 0) return 'nothing';
  return alerts.map(({ name, state, labels }) => `${plainLine(name)}${labelsText(labels)} ${state}`).join(', ');
}

function labelsText(labels: Alert['labels']): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${plainLine(key)}=${plainLine(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(', ')}}`;
}
