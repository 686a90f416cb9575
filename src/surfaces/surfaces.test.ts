import { describe, expect, test } from 'vitest';
import { factsAfter } from '../../test/kit/happenings.ts';
import type { Alert } from '../core/alert.ts';
import { type Finding, NO_EVIDENCE } from '../core/finding.ts';
import type { Health, SystemHealth } from '../core/health.ts';
import type { IssueResponse, Receipt } from '../core/response.ts';
import { agentSubject } from '../core/subject.ts';
import { watchReport } from './report.ts';
import { statusOf } from './status.ts';
import { jobSummary, MAX_SUMMARY_BYTES } from './summary.ts';
import { bar } from './terminal/bar.ts';
import { clip, columnsOf, pad, wrap } from './terminal/paint.ts';
import { progressLine } from './terminal/progress.ts';
import { renderTerminal } from './terminal/render.ts';
import type { AgentRow, BudgetRow, View } from './view.ts';

const NOW = '2026-11-20T18:00:00.000Z';

function alert(more: Partial<Alert> = {}, facts: Partial<Alert['facts']> = {}): Alert {
  return {
    fingerprint: 'f1',
    name: 'budget-day',
    subject: agentSubject('nightly-fixer'),
    labels: {},
    state: 'active',
    episode: 1,
    since: '2026-11-20T06:40:00.000Z',
    activeAt: '2026-11-20T06:41:00.000Z',
    keepSince: null,
    resolvedAt: null,
    acknowledged: null,
    facts: {
      severity: 'critical',
      value: 85,
      limit: 12,
      unit: 'usd',
      reason: 'nightly-fixer spent $85.00 of $12.00',
      evidence: NO_EVIDENCE,
      explainedBy: null,
      ...facts,
    },
    ...more,
  };
}

const agent: AgentRow = {
  name: 'nightly-fixer',
  engine: 'claude',
  workflow: '.github/workflows/nightly-fixer.yml',
  sessions: 447,
  failed: 180,
  usdToday: 85.41,
  usdMonth: null,
  daily: [null, 0, 10, 20],
  unpriced: 2,
  lastRunAt: '2026-11-20T17:00:00.000Z',
  note: null,
};

const budget: BudgetRow = {
  name: 'repo-day',
  scope: 'repository',
  period: 'day',
  spent: 25,
  limit: 50,
  unit: 'usd',
  stage: 'warn',
  unknownSessions: 1,
  reserved: 0,
  raise: null,
  forecast: null,
};

const plan: IssueResponse = {
  kind: 'issue',
  key: 'issue:f1:1:open',
  because: 'the alert is active and nobody was told',
  fingerprint: 'f1',
  episode: 1,
  act: 'open',
  content: {
    title: '[checkrein] Daily budget: nightly-fixer',
    body: '<!-- checkrein:v1 kind=alert key=f1 gen=1 h=ab -->\n**Critical:** it cost &#60;much&#62;\n\n### What you can do\n\n- Stop it\n\n| a | b |',
    hash: 'ab',
    labels: [],
    severity: 'critical',
  },
};

const receipt: Receipt = {
  key: 'issue:f1:1:open',
  kind: 'issue',
  act: 'open',
  fingerprint: 'f1',
  episode: 1,
  ok: true,
  issue: 13,
  url: 'https://github.com/octo/garden/issues/13',
  hash: 'ab',
  severity: 'critical',
  error: null,
  gone: false,
};

const ill: Health = {
  score: 40,
  status: 'unhealthy',
  latencyMs: 900,
  parts: [
    { name: 'errors', score: 0, weight: 3, reason: '30 of 40 calls failed in 24 hours (75 %).' },
    { name: 'connection', score: null, weight: 3, reason: 'No session of the last week tells whether it connected.' },
  ],
};

const well: Health = {
  score: 100,
  status: 'healthy',
  latencyMs: 20,
  parts: [{ name: 'reach', score: 100, weight: 3, reason: 'It was read when it was asked last.' }],
};

const health: SystemHealth = {
  ...well,
  components: { database: well, telemetry: well, mcpServers: ill, githubActions: well, agents: well },
  servers: [{ ...ill, name: 'github', calls: 40, errorRate: 0.75, lastSeenAt: NOW }],
  agents: [],
};

const view: View = {
  repo: 'octo/garden',
  now: NOW,
  mode: 'shadow',
  status: 'critical',
  agents: [agent],
  budgets: [budget],
  health,
  alerts: [alert()],
  silences: {},
  violations: [],
  ruleTitles: { 'budget-day': 'Daily budget' },
  issues: { f1: { number: 13, url: 'https://github.com/octo/garden/issues/13' } },
  plan: [plan],
  postponed: 0,
  receipts: [],
  dryRun: true,
  complaints: ['artifact 7: the zip is broken; it is tried again'],
  requests: 7,
  ledger: { place: 'dir:ledger', head: { batch: 31, hash: 'abcdef0123456789' }, appended: 1_234 },
};

const PLAIN = { colour: false, width: 80 } as const;

/** The same view with every text that could come from outside replaced. */
function hostileView(text: string): View {
  const refused = { ...receipt, ok: false, issue: null, url: text, error: text };
  return {
    ...view,
    repo: text,
    health: { ...health, servers: health.servers.map((server) => ({ ...server, name: text })) },
    agents: [{ ...agent, name: text, workflow: text, note: text }],
    budgets: [{ ...budget, name: text, scope: text }],
    alerts: [alert({ name: text, subject: agentSubject(text) }, { reason: text })],
    issues: { f1: { number: 13, url: text } },
    plan: [{ ...plan, because: text, content: { ...plan.content, title: text, body: `marker\n${text}` } }],
    receipts: [{ ...receipt, error: text }, refused],
    complaints: [text],
    ledger: { ...view.ledger, place: text },
  };
}

const HOSTILE: readonly (readonly [string, string])[] = [
  ['terminal codes', '\u001b[31mred\u001b[2J\u001b]8;;http://evil.example\u0007x\u009b31m\r\b'],
  ['line breaks', 'a\nb\r\nc\u2028d'],
  ['reversed and hidden text', 'a\u202Eb\u200Bc\u{E0041}'],
  ['mentions and references', '@octocat #1 octo/garden#2 GH-3'],
  ['markup', '[x](https://evil.example) ![y](https://evil.example/z.png) <script>1</script> `a` **b** --> <!--'],
  ['table cells', 'a | b |\n| c | d |'],
  ['a command', '/checkrein stop'],
  ['entities', '&#27;[31m&#10;&#8238;&#64;octocat'],
  ['a hundred thousand characters', '@|<\u001b'.repeat(25_000)],
];

describe('status', () => {
  const ok: Finding = {
    rule: 'r',
    subject: agentSubject('a'),
    labels: {},
    value: 0,
    limit: 1,
    unit: 'usd',
    reason: '',
    outcome: 'ok',
  };
  const unknown: Finding = { ...ok, outcome: 'unknown' };
  const unread: Finding = {
    ...ok,
    subject: { kind: 'source', name: 's' },
    outcome: 'violated',
    severity: 'info',
    evidence: NO_EVIDENCE,
    explainedBy: null,
  };
  const warning = alert({}, { severity: 'warning' });

  test.each([
    ['healthy when a rule looked and all is well', statusOf([ok, unknown], []), 'healthy'],
    ['unknown when no rule could answer', statusOf([unknown], []), 'unknown'],
    ['unknown when nothing was asked', statusOf([], []), 'unknown'],
    ['unknown while a source cannot be read, even when that may pass', statusOf([ok, unread], []), 'unknown'],
    ['degraded by an active warning although a source cannot be read', statusOf([unread], [warning]), 'degraded'],
    ['degraded by an active warning', statusOf([ok], [alert({}, { severity: 'warning' })]), 'degraded'],
    ['critical by an active critical alert', statusOf([], [alert({}, { severity: 'warning' }), alert()]), 'critical'],
    [
      'not touched by what is pending, over or for information',
      statusOf([ok], [alert({ state: 'pending' }), alert({ state: 'resolved' }), alert({}, { severity: 'info' })]),
      'healthy',
    ],
    ['stopped while a stop is in force', statusOf([ok], [alert()], true), 'stopped'],
  ])('is %s', (_name, status, expected) => {
    expect(status).toBe(expected);
  });
});

test('the report for programs has the members of the contract, and null for what is not known', () => {
  const finding: Finding = {
    rule: 'budget-day',
    subject: agentSubject('nightly-fixer'),
    labels: {},
    value: 85,
    limit: 12,
    unit: 'usd',
    reason: 'too much',
    outcome: 'violated',
    severity: 'critical',
    evidence: NO_EVIDENCE,
    explainedBy: null,
  };
  const queue = {
    waiting: null,
    reason: 'Nobody could look.',
    capacity: null,
    clear: null,
    answered: null,
    queue: null,
  };
  const { work: _work, ...none } = factsAfter([], { now: NOW }).waste();
  const waste = { ...none, savings: [], told: [] };
  const { evidence: _evidence, explainedBy: _explained, severity: _severity, ...rest } = finding;
  const report = watchReport({
    now: NOW,
    repo: 'octo/garden',
    status: 'critical',
    requests: 7,
    ledger: { head: null, appended: 3 },
    metrics: { sessions: { total: 1 } },
    ...{ health, queue, waste },
    findings: [finding, { ...rest, outcome: 'unknown', value: null }],
    alerts: [alert()],
    silences: {},
    violations: [],
    plan: [plan, { ...plan, act: 'update', issue: 12, comment: null }],
    receipts: [receipt],
  });
  expect(JSON.parse(JSON.stringify(report))).toEqual({
    now: NOW,
    repo: 'octo/garden',
    status: 'critical',
    requests: 7,
    ledger: { head: null, appended: 3 },
    metrics: { sessions: { total: 1 } },
    ...{ health, queue, waste },
    findings: [
      {
        rule: 'budget-day',
        subject: 'agent:nightly-fixer',
        outcome: 'violated',
        severity: 'critical',
        value: 85,
        expected: 12,
        reason: 'too much',
      },
      {
        rule: 'budget-day',
        subject: 'agent:nightly-fixer',
        outcome: 'unknown',
        severity: null,
        value: null,
        expected: 12,
        reason: 'too much',
      },
    ],
    alerts: [
      {
        name: 'budget-day',
        subject: 'agent:nightly-fixer',
        state: 'active',
        severity: 'critical',
        episode: 1,
        since: '2026-11-20T06:40:00.000Z',
        value: 85,
        limit: 12,
        acknowledged: null,
        silencedUntil: null,
      },
    ],
    violations: [],
    plan: [
      {
        key: 'issue:f1:1:open',
        kind: 'issue',
        because: 'the alert is active and nobody was told',
        target: 'issue:new',
      },
      { key: 'issue:f1:1:open', kind: 'issue', because: 'the alert is active and nobody was told', target: 'issue:12' },
    ],
    applied: [
      { key: 'issue:f1:1:open', kind: 'issue', ok: true, url: 'https://github.com/octo/garden/issues/13', error: null },
    ],
  });
});

describe('the terminal', () => {
  const screen = renderTerminal(view, PLAIN);

  test('shows fleet, budgets, alerts, what would be written, complaints and where the ledger is', () => {
    for (const part of [
      /checkrein {2}octo\/garden +● critical/,
      /nightly-fixer {2}claude +447 +40 % +\$85\.41 +unknown {2}·_▄█/,
      /nightly-fixer: cost unknown for 2 sessions/,
      /repo-day {2}day {2}█{12}░{12} {2}≥ 50 % {2}\$25\.00 of \$50\.00/,
      /● critical {2}Daily budget · nightly-fixer +since 11-20 06:41/,
      /issue #13 https:\/\/github\.com\/octo\/garden\/issues\/13/,
      /\+ \[checkrein\] Daily budget: nightly-fixer\n {4}Critical: it cost <much>\n {4}What you can do\n {4}• Stop it\n/,
      /! artifact 7: the zip is broken/,
      /ledger dir:ledger\n {2}batch 31 \(abcdef012345\) · 1,234 events added · 7 requests to GitHub/,
    ]) {
      expect(screen).toMatch(part);
    }
  });

  test('an agent that has not run for days is called silent', () => {
    const silent = { ...view, agents: [{ ...agent, lastRunAt: '2026-11-14T07:00:00.000Z' }] };
    expect(renderTerminal(silent, PLAIN)).toContain('silent for 6 d');
    expect(renderTerminal(silent, { ...PLAIN, width: 120 })).toContain('silent for 6 d');
    expect(screen).not.toContain('silent');
  });

  test('an alert whose story another one tells says so, as long as that one is active', () => {
    const told = alert({ fingerprint: 'f2', labels: { budget: 'repo-day' } }, { explainedBy: 'f1' });
    expect(renderTerminal({ ...view, alerts: [alert(), told] }, PLAIN)).toMatch(
      /nightly-fixer \(repo-day\)[^●]*the same story as Daily budget · nightly-fixer/,
    );
    const over = { ...view, alerts: [alert({ state: 'resolved' }), told] };
    expect(renderTerminal(over, PLAIN)).not.toContain('the same story');
  });

  test('the dearest agent comes first, one of unknown cost last', () => {
    const agents = [agent, { ...agent, name: 'cheap', usdMonth: 1 }, { ...agent, name: 'dear', usdMonth: 100 }];
    for (const shown of [renderTerminal({ ...view, agents }, PLAIN), jobSummary({ ...view, agents, alerts: [] })]) {
      expect(shown.indexOf('dear')).toBeLessThan(shown.indexOf('cheap'));
      expect(shown.indexOf('cheap')).toBeLessThan(shown.lastIndexOf('nightly-fixer'));
    }
  });

  test('a budget that is nearly used up does not read as used up', () => {
    const nearly = { ...view, budgets: [{ ...budget, spent: 49.99, unknownSessions: 0 }] };
    expect(renderTerminal(nearly, PLAIN)).toContain('99 %  $49.99 of $50.00');
    expect(jobSummary(nearly)).toContain('99 % |');
  });

  test('says in words when there is nothing', () => {
    const empty = renderTerminal(
      {
        ...view,
        agents: [],
        budgets: [],
        alerts: [],
        plan: [],
        complaints: [],
        requests: null,
        ledger: { ...view.ledger, head: null },
      },
      PLAIN,
    );
    for (const part of ['no agent was found', 'no budget is set', 'none', 'nothing to tell', 'empty'])
      expect(empty).toContain(part);
    expect(empty).not.toContain('requests');
  });

  test('what was done is shown instead of what would be', () => {
    const done = renderTerminal(
      { ...view, dryRun: false, receipts: [receipt, { ...receipt, ok: false, error: 'GitHub refused' }] },
      PLAIN,
    );
    expect(done).toContain('✓ opened issue #13 https://github.com/octo/garden/issues/13');
    expect(done).toContain('✗ not opened issue #13: GitHub refused');
    expect(done).not.toContain('Issues it would write');
  });

  test('without colour there is not one escape; with colour every style that is opened is closed', () => {
    expect(screen).not.toContain('\u001b');
    const painted = renderTerminal(view, { colour: true, width: 80 });
    const codes = painted
      .split('\u001b[')
      .slice(1)
      .map((part) => Number.parseInt(part, 10));
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => code < 10 || (code > 30 && code < 39))).toHaveLength(codes.length / 2);
    expect(
      painted
        .split('\u001b')
        .map((part) => part.replace(/^\[\d+m/, ''))
        .join(''),
    ).toBe(screen);
  });

  test.each([40, 72, 80, 100, 120, 200])('on a terminal of %i columns no line is too wide', (width) => {
    const most = Math.min(140, Math.max(72, width));
    for (const shown of [view, hostileView('日本語のとても長い名前'.repeat(30))]) {
      for (const line of renderTerminal(shown, { colour: false, width }).split('\n')) {
        expect(columnsOf(line)).toBeLessThanOrEqual(most);
      }
    }
  });

  test.each(HOSTILE)('%s stay text', (_name, text) => {
    const calm = renderTerminal(hostileView('x'), { colour: false, width: 100 });
    const shown = renderTerminal(hostileView(text), { colour: false, width: 100 });
    expect(shown.replace(/\n/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
    expect(Math.abs(shown.split('\n').length - calm.split('\n').length)).toBeLessThan(20);
  });
});

describe('the job summary', () => {
  const summary = jobSummary(view);

  test('says what is wrong first, then what would be done, then fleet and spend', () => {
    const order = [
      '🔴 critical',
      '### Alerts',
      '### What would be done',
      '### Not seen or not done',
      '### Fleet',
      '### Spend',
      '<sub>ledger',
    ].map((part) => summary.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(summary).toContain(
      '| **critical** | Daily budget: nightly-fixer | 2026-11-20 06:41 UTC | nightly-fixer spent $85.00 of $12.00 | [13](https://github.com/octo/garden/issues/13) |',
    );
    expect(summary).toContain('| 🟨 repo-day | day, repository | `██████████░░░░░░░░░░` ≥ 50 % | ≥ $25.00 of $50.00 |');
  });

  test('a run that did something lists its receipts; one that is held back says so', () => {
    const done = jobSummary({
      ...view,
      dryRun: false,
      receipts: [receipt, { ...receipt, ok: false, error: 'refused' }],
      postponed: 3,
    });
    expect(done).toContain('- ✅ open [issue 13](https://github.com/octo/garden/issues/13)');
    expect(done).toContain('- ❌ not done: open [issue 13](https://github.com/octo/garden/issues/13): refused');
    expect(done).toContain('- 3 more are left for the next run');
    expect(done).not.toContain('What would be done');
  });

  test.each(HOSTILE)('%s stay text', (_name, text) => {
    for (const dryRun of [true, false]) {
      const shown = jobSummary({ ...hostileView(text), dryRun });
      expect(shown).not.toMatch(/@[a-z]|(?<!&)#\d|GH-\d|<script|<!--|-->|!\[|\]\(https:\/\/evil|\/checkrein stop/);
      expect(shown.replace(/\n/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      const rows = shown.split('\n').filter((line) => line.startsWith('|'));
      const columns = rows.map((row) => row.split(/(?<!\\)\|/).length);
      expect(columns).toEqual([7, 7, 7, 11, 11, 11, 7, 7, 7, ...Array.from({ length: 8 }, () => 5)]);
    }
  });

  test('never grows beyond what GitHub takes', () => {
    const text = '@'.repeat(1_000);
    const hostile = hostileView(text);
    const huge: View = {
      ...hostile,
      alerts: Array.from({ length: 5_000 }, () => hostile.alerts[0] ?? alert()),
      agents: Array.from({ length: 5_000 }, () => hostile.agents[0] ?? agent),
      complaints: Array.from({ length: 5_000 }, () => text),
    };
    const shown = jobSummary(huge);
    expect(new TextEncoder().encode(shown).length).toBeLessThanOrEqual(MAX_SUMMARY_BYTES);
    expect(shown).toContain('### Alerts');
    expect(shown).toContain(' more\n\n### ');
  });
});

describe('parts of the terminal', () => {
  test.each([
    [0, '░░░░'],
    [0.5, '██░░'],
    [0.53, '██▏░'],
    [1, '████'],
    [7, '████'],
    [-1, '░░░░'],
    [Number.NaN, '░░░░'],
  ])('a bar at %s is %s', (fraction, expected) => {
    const { filled, rest } = bar(fraction, 4);
    expect(filled + rest).toBe(expected);
  });

  test.each([20, 40, 80, 200])('a progress line is exactly %i columns wide', (width) => {
    for (const progress of [
      { label: 'reading runs', done: 12, total: 40 },
      { label: 'reading runs', done: 12, total: 0 },
      { label: 'x'.repeat(500), done: 1_234_567, total: 2_345_678 },
    ]) {
      expect(columnsOf(progressLine(progress, { width, colour: false }))).toBe(width);
    }
    expect(progressLine({ label: 'reading runs', done: 20, total: 40 }, { width: 80, colour: false })).toMatch(
      /^reading runs {14}█{15}░{15} 20\/40 +$/,
    );
  });

  test('wide characters count twice and marks not at all', () => {
    expect(columnsOf('日本')).toBe(4);
    expect(columnsOf('🎉')).toBe(2);
    expect(columnsOf('e\u0301')).toBe(1);
    expect(clip('日本語', 5)).toBe('日本…');
    expect(pad('日本', 6)).toBe('日本  ');
    expect(pad('12', 4, 'right')).toBe('  12');
  });

  test('text is wrapped at spaces, long words are cut, and what is left out is marked', () => {
    expect(wrap('one two three', 7, 5)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 5, 5)).toEqual(['abcd…']);
    expect(wrap('a b c d e f', 1, 2)).toEqual(['a', '…']);
    expect(wrap('', 10, 2)).toEqual(['']);
  });
});

describe('what people said about an alert', () => {
  const calm: View = {
    ...view,
    alerts: [
      alert({ acknowledged: { by: 'ada', at: NOW, until: '2026-11-21T10:00:00.000Z', note: 'on it <b>' } }),
      alert({ fingerprint: 'f2' }),
    ],
    silences: {
      f2: { fingerprint: 'f2', by: 'grace', at: NOW, until: '2026-11-22T09:00:00.000Z', reason: '@octocat knows' },
    },
  };

  test('stands in the terminal, with who and until when', () => {
    const text = renderTerminal(calm, { colour: false, width: 140 });
    expect(text).toContain('acknowledged by ada until 2026-11-21 10:00 UTC: on it <b>');
    expect(text).toContain('silenced by grace until 2026-11-22 09:00 UTC: @octocat knows');
  });

  test('stands inert in the job summary', () => {
    const text = jobSummary(calm);
    expect(text).toContain('acknowledged by ada until 2026-11-21 10:00 UTC: on it &#60;');
    expect(text).toContain('silenced by grace until 2026-11-22 09:00 UTC');
    expect(text).not.toMatch(/<b>|@octocat/);
  });
});
