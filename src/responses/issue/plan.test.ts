import { describe, expect, test } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import { NO_EVIDENCE } from '../../core/finding.ts';
import type { Claim, IssueContent, PlannedResponse } from '../../core/response.ts';
import { agentSubject } from '../../core/subject.ts';
import { DAY, HOUR, type Instant, after as later, MINUTE } from '../../core/time.ts';
import type { LivingIssue, ResponseLog } from '../log.ts';
import { planResponses, WRITES_PER_HOUR } from '../plan.ts';
import { CLAIM_LASTS, type ClaimTerms, type IssuePlan, type IssuePlanOptions, planIssues } from './plan.ts';

const NOW: Instant = '2026-11-20T12:00:00.000Z';
const OPTIONS: IssuePlanOptions = { reopenWithin: DAY, minSeverity: 'warning' };
const CLAIMS: ClaimTerms = { clock: NOW, last: CLAIM_LASTS };
const NO_ROLLBACKS = { ready: [], held: [] };
const NO_RERUNS = { ready: [], held: [] };
const NO_STOPS = { ready: [], waiting: [] };
const EMPTY: ResponseLog = { issues: {}, claims: {}, writes: [], resolutions: {} };

const NONE_SILENCED = (): boolean => false;

function alert(fingerprint: string, more: Partial<Alert> = {}, facts: Partial<Alert['facts']> = {}): Alert {
  return {
    fingerprint,
    name: 'budget-day',
    subject: agentSubject('fixer'),
    labels: {},
    state: 'active',
    episode: 1,
    since: '2026-11-20T10:00:00.000Z',
    activeAt: '2026-11-20T10:00:00.000Z',
    keepSince: null,
    resolvedAt: null,
    acknowledged: null,
    facts: {
      severity: 'warning',
      value: 2,
      limit: 1,
      unit: 'usd',
      reason: 'too much',
      evidence: NO_EVIDENCE,
      explainedBy: null,
      ...facts,
    },
    ...more,
  };
}

/** A content whose hash is what the alert says, in readable form. */
function content(of: Alert): IssueContent {
  const hash = `${of.state}-${of.episode}-${of.facts.value}`;
  return { title: of.fingerprint, body: hash, hash, labels: [], severity: of.facts.severity };
}

function issue(more: Partial<LivingIssue> = {}): LivingIssue {
  return {
    number: 7,
    url: null,
    episode: 1,
    state: 'open',
    hash: 'active-1-2',
    severity: null,
    closedAt: null,
    gone: false,
    ...more,
  };
}

function claim(fingerprint: string, at: Instant, by = 'other'): Claim {
  return { key: `issue:${fingerprint}:1:open`, kind: 'issue', act: 'open', fingerprint, episode: 1, by, at };
}

function plan(alerts: readonly Alert[], log: Partial<ResponseLog> = {}): IssuePlan {
  return planIssues({
    alerts,
    log: { ...EMPTY, ...log },
    now: NOW,
    by: 'me',
    isSilenced: NONE_SILENCED,
    claims: CLAIMS,
    options: OPTIONS,
    content,
  });
}

function keys(responses: readonly PlannedResponse[]): readonly string[] {
  return responses.map(({ key }) => key);
}

describe('what is planned for one alert', () => {
  const closed = (closedAt: Instant): LivingIssue => issue({ state: 'closed', hash: 'resolved-1-2', closedAt });
  const resolved: Partial<Alert> = { state: 'resolved', resolvedAt: NOW };

  test.each<[string, Alert, LivingIssue | null, string[]]>([
    ['active and nobody was told: open', alert('a'), null, ['issue:a:1:open']],
    ['active and told: nothing', alert('a'), issue(), []],
    ['active and told something else: update', alert('a', {}, { value: 3 }), issue(), ['issue:a:1:update:active-1-3']],
    ['pending: nothing', alert('a', { state: 'pending', episode: 0, activeAt: null }), null, []],
    ['info: nothing', alert('a', {}, { severity: 'info' }), null, []],
    [
      'fallen to info while told: still up to date',
      alert('a', {}, { severity: 'info', value: 3 }),
      issue(),
      ['issue:a:1:update:active-1-3'],
    ],
    ['resolved and told: close', alert('a', resolved), issue(), ['issue:a:1:close']],
    ['resolved and never told: nothing', alert('a', resolved), null, []],
    ['resolved and closed: nothing', alert('a', resolved), closed(NOW), []],
    ['resolved and the issue is gone: nothing', alert('a', resolved), issue({ gone: true }), []],
    [
      'back a day after the close: reopen',
      alert('a', { episode: 2 }),
      closed('2026-11-19T12:00:00.000Z'),
      ['issue:a:2:reopen'],
    ],
    [
      'back after more than a day: open',
      alert('a', { episode: 2 }),
      closed('2026-11-19T11:59:59.999Z'),
      ['issue:a:2:open'],
    ],
    ['back before the close was done: update', alert('a', { episode: 2 }), issue(), ['issue:a:2:update:active-2-2']],
    ['active and the issue is gone: open', alert('a'), issue({ gone: true }), ['issue:a:1:open']],
    [
      'active, and we closed it by mistake: reopen',
      alert('a'),
      closed('2026-11-20T11:00:00.000Z'),
      ['issue:a:1:reopen'],
    ],
  ])('%s', (_name, subject, known, expected) => {
    expect(keys(plan([subject], known === null ? {} : { issues: { a: known } }).ready)).toEqual(expected);
  });

  test('a reopen window of nothing still joins what comes back within the hour', () => {
    const input = {
      alerts: [alert('a', { episode: 2 })],
      log: { ...EMPTY, issues: { a: closed(later(NOW, -HOUR)) } },
      now: NOW,
      by: 'me',
      isSilenced: NONE_SILENCED,
      claims: CLAIMS,
      content,
    };
    expect(keys(planIssues({ ...input, options: { ...OPTIONS, reopenWithin: 0 } }).ready)).toEqual([
      'issue:a:2:reopen',
    ]);
    const past = { ...input, now: later(NOW, 1) };
    expect(keys(planIssues({ ...past, options: { ...OPTIONS, reopenWithin: 0 } }).ready)).toEqual(['issue:a:2:open']);
  });

  test('the content of a close is made with the reason why it ended', () => {
    const resolutions = { a: { episode: 1, reason: 'the day is over', at: NOW } };
    const seen: unknown[] = [];
    const { ready } = planIssues({
      alerts: [alert('a', resolved)],
      log: { ...EMPTY, issues: { a: issue() }, resolutions },
      now: NOW,
      by: 'me',
      isSilenced: NONE_SILENCED,
      claims: CLAIMS,
      options: OPTIONS,
      content: (of, resolution) => {
        seen.push(resolution);
        return content(of);
      },
    });
    expect(seen).toEqual([resolutions.a]);
    expect(ready).toMatchObject([{ act: 'close', comment: 'Closed: the day is over' }]);
  });

  test.each<[string, LivingIssue['severity'], string | null]>([
    ['worse than what was told', 'warning', 'This is **critical** now: too much'],
    ['as bad as what was told', 'critical', null],
    ['of an issue whose severity is not known', null, null],
  ])('an update that is %s is said aloud or not', (_name, severity, comment) => {
    const { ready } = plan([alert('a', {}, { severity: 'critical', value: 3 })], {
      issues: { a: issue({ severity }) },
    });
    expect(ready).toMatchObject([{ act: 'update', comment }]);
  });
});

describe('alerts that tell one story', () => {
  const active = alert('budget', {}, { severity: 'critical' });

  test.each<[string, Alert[], string[]]>([
    [
      'only the one that explains is told',
      [alert('a', {}, { explainedBy: 'budget' }), active],
      ['issue:budget:1:open'],
    ],
    [
      'an explanation that is not active explains nothing',
      [alert('a', {}, { explainedBy: 'budget' }), { ...active, state: 'pending' }],
      ['issue:a:1:open'],
    ],
    [
      'an explanation nobody is told of explains nothing',
      [alert('a', {}, { explainedBy: 'b' }), alert('b', {}, { severity: 'info' })],
      ['issue:a:1:open'],
    ],
    [
      'an explanation that is not there explains nothing',
      [alert('a', {}, { explainedBy: 'nobody' })],
      ['issue:a:1:open'],
    ],
    [
      'a chain ends at the one that explains all',
      [alert('a', {}, { explainedBy: 'b' }), alert('b', {}, { explainedBy: 'budget' }), active],
      ['issue:budget:1:open'],
    ],
    [
      'a circle does not silence everybody',
      [alert('b', {}, { explainedBy: 'a' }), alert('a', {}, { explainedBy: 'b' })],
      ['issue:a:1:open'],
    ],
    ['one that explains itself is told', [alert('a', {}, { explainedBy: 'a' })], ['issue:a:1:open']],
    [
      'one outside a circle is explained by it',
      [
        alert('0', {}, { explainedBy: 'a' }),
        alert('b', {}, { explainedBy: 'a' }),
        alert('a', {}, { explainedBy: 'b' }),
      ],
      ['issue:a:1:open'],
    ],
  ])('%s', (_name, alerts, expected) => {
    expect(keys(plan(alerts).ready)).toEqual(expected);
  });

  test('when the explanation ends, the alert speaks for itself', () => {
    const over = { ...active, state: 'resolved' as const };
    expect(keys(plan([alert('a', {}, { explainedBy: 'budget' }), over]).ready)).toEqual(['issue:a:1:open']);
  });
});

describe('many at once', () => {
  test('critical comes first, then what is new, then age', () => {
    const alerts = [
      alert('d', { activeAt: '2026-11-20T09:00:00.000Z' }),
      alert('c', { state: 'resolved' }),
      alert('b', {}, { value: 9 }),
      alert('a'),
      alert('e', {}, { severity: 'critical' }),
    ];
    const expected = [
      'issue:e:1:open',
      'issue:d:1:open',
      'issue:a:1:open',
      'issue:c:1:close',
      'issue:b:1:update:active-1-9',
    ];
    const issues = { b: issue(), c: issue() };
    expect(keys(plan(alerts, { issues }).ready)).toEqual(expected);
    expect(keys(plan([...alerts].reverse(), { issues }).ready)).toEqual(expected);
  });

  test('what somebody else began less than a minute ago is left to them; older claims and our own are taken up', () => {
    const claims = {
      x: claim('a', later(NOW, -59_999)),
      y: claim('b', later(NOW, -MINUTE)),
      z: claim('c', NOW, 'me'),
      future: claim('d', later(NOW, HOUR)),
    };
    const planned = plan([alert('a'), alert('b'), alert('c'), alert('d')], { claims });
    expect(keys(planned.waiting)).toEqual(['issue:a:1:open']);
    expect(keys(planned.ready)).toEqual(['issue:b:1:open', 'issue:c:1:open', 'issue:d:1:open']);
  });

  test('somebody who waited long enough takes every claim over', () => {
    const log = { ...EMPTY, claims: { x: claim('a', NOW) } };
    const input = {
      alerts: [alert('a')],
      log,
      now: NOW,
      by: 'me',
      isSilenced: NONE_SILENCED,
      options: OPTIONS,
      content,
    };
    expect(planIssues({ ...input, claims: { ...CLAIMS, last: 0 } }).waiting).toEqual([]);
  });

  test('claims are held against the clock on the wall, whatever moment is asked about', () => {
    const log = { ...EMPTY, claims: { x: claim('a', NOW) } };
    const before = { now: later(NOW, -30 * DAY), isSilenced: NONE_SILENCED };
    const input = { alerts: [alert('a')], log, by: 'me', options: OPTIONS, content, ...before };
    const waiting = (clock: Instant): number => planIssues({ ...input, claims: { ...CLAIMS, clock } }).waiting.length;
    expect([waiting(later(NOW, 1)), waiting(later(NOW, MINUTE))]).toEqual([1, 0]);
  });

  test('the least severity that is told can be set', () => {
    const alerts = [alert('a', {}, { severity: 'info' }), alert('b'), alert('c', {}, { severity: 'critical' })];
    const told = (minSeverity: IssuePlanOptions['minSeverity']): readonly string[] =>
      keys(
        planIssues({
          alerts,
          log: EMPTY,
          now: NOW,
          by: 'me',
          isSilenced: NONE_SILENCED,
          claims: CLAIMS,
          options: { ...OPTIONS, minSeverity },
          content,
        }).ready,
      );
    expect(told('critical')).toEqual(['issue:c:1:open']);
    expect(told('info')).toEqual(['issue:c:1:open', 'issue:b:1:open', 'issue:a:1:open']);
  });

  test('no more is written in an hour than allowed; the rest is held back, least important last', () => {
    const alerts = Array.from({ length: 5 }, (_, index) => alert(`a${index}`));
    const log = { ...EMPTY, writes: [later(NOW, -HOUR), later(NOW, -MINUTE)] };
    const planned = planResponses(
      { issue: plan(alerts), stop: NO_STOPS, rollback: NO_ROLLBACKS, rerun: NO_RERUNS },
      log,
      NOW,
      {
        writesPerHour: 4,
        kinds: ['issue'],
      },
    );
    expect(keys(planned.ready)).toEqual(['issue:a0:1:open', 'issue:a1:1:open', 'issue:a2:1:open']);
    expect(keys(planned.held)).toEqual(['issue:a3:1:open', 'issue:a4:1:open']);
  });

  test('what others are writing counts too', () => {
    const alerts = [alert('a'), alert('b')];
    const issues = plan(alerts, { claims: { x: claim('a', NOW) } });
    expect(
      planResponses({ issue: issues, stop: NO_STOPS, rollback: NO_ROLLBACKS, rerun: NO_RERUNS }, EMPTY, NOW, {
        writesPerHour: 1,
        kinds: ['issue'],
      }).held,
    ).toHaveLength(1);
    expect(
      planResponses({ issue: issues, stop: NO_STOPS, rollback: NO_ROLLBACKS, rerun: NO_RERUNS }, EMPTY, NOW, {
        kinds: ['issue'],
      }).ready,
    ).toHaveLength(1);
    expect(WRITES_PER_HOUR).toBe(30);
  });
});

describe('a silence', () => {
  const silenced = (alerts: readonly Alert[], log: Partial<ResponseLog> = {}): readonly string[] =>
    keys(
      planIssues({
        alerts,
        log: { ...EMPTY, ...log },
        now: NOW,
        by: 'me',
        claims: CLAIMS,
        options: OPTIONS,
        content,
        isSilenced: ({ fingerprint }) => fingerprint === 'a',
      }).ready,
    );

  test('keeps the issue of its own alert from being opened, and no other', () => {
    expect(silenced([alert('a'), alert('b')])).toEqual(['issue:b:1:open']);
  });

  test('keeps an issue from being reopened', () => {
    const issues = { a: issue({ state: 'closed', closedAt: NOW }) };
    expect(silenced([alert('a', { episode: 2 })], { issues })).toEqual([]);
  });

  test('never keeps an issue from being closed', () => {
    const resolved = alert('a', { state: 'resolved', resolvedAt: NOW });
    expect(silenced([resolved], { issues: { a: issue() } })).toEqual(['issue:a:1:close']);
  });

  test('lets an open issue be kept up to date', () => {
    expect(silenced([alert('a')], { issues: { a: issue({ hash: 'old' }) } })[0]).toMatch(/^issue:a:1:update/);
  });
});
