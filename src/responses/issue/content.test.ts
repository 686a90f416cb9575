import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import type { RunEvidence } from '../../core/finding.ts';
import { agentSubject } from '../../core/subject.ts';
import { type IssueContext, issueContent, MAX_BODY } from './content.ts';
import type { RuleCard } from './controls.ts';
import { readMarker, writeMarker } from './marker.ts';

const rule: RuleCard = {
  name: 'budget-day',
  title: 'Daily budget',
  question: 'Was more spent in a day than the budget allows?',
  remedy: ['Look at the runs below and stop the agent that loops.', 'Raise the budget when the spending is right.'],
  settings: { usd: 10, warnAt: [0.5, 0.8] },
  configuration: 'budgets:\n  - { name: fixer-day, agent: nightly-fixer, period: day, usd: 20 }',
  help: 'https://example.com/docs/runbooks/budget-day.md',
};

const context: IssueContext = {
  mode: 'shadow',
  labels: ['checkrein', 'agents'],
  rule,
  resolution: null,
  silence: null,
  stop: null,
};

function run(number: number, more: Partial<RunEvidence> = {}): RunEvidence {
  return {
    run: number,
    attempt: 1,
    agent: 'nightly-fixer',
    at: '2026-11-20T10:00:00.000Z',
    url: `https://github.com/octo/garden/actions/runs/${number}`,
    usd: 12.5,
    note: '9 times the median of the last 14 days',
    ...more,
  };
}

const alert: Alert = {
  fingerprint: 'f'.repeat(64),
  name: 'budget-day',
  subject: agentSubject('nightly-fixer'),
  labels: { budget: 'fixer-day' },
  state: 'active',
  episode: 2,
  since: '2026-11-20T10:05:00.000Z',
  activeAt: '2026-11-20T10:05:00.000Z',
  keepSince: null,
  resolvedAt: null,
  acknowledged: null,
  facts: {
    severity: 'critical',
    period: '2026-11-20',
    value: 96.2,
    limit: 10,
    unit: 'usd',
    reason: 'nightly-fixer spent $96.20 on 2026-11-20, 962 % of its budget of $10.00',
    evidence: {
      facts: [{ label: 'sessions on the day', value: 40, unit: 'sessions' }],
      runs: [run(8101), run(8102, { attempt: 2, usd: null })],
      moreRuns: 18,
      chart: {
        title: 'Spend a day',
        unit: 'usd',
        labels: ['11-18', '11-19', '11-20'],
        values: [8, null, 96.2],
        limit: 10,
      },
    },
    explainedBy: null,
  },
};

/** The same alert with every text that could come from outside replaced. */
function hostileAlert(text: string): Alert {
  const { evidence } = alert.facts;
  return {
    ...alert,
    name: text,
    subject: agentSubject(text),
    labels: { [text]: text },
    facts: {
      ...alert.facts,
      reason: text,
      evidence: {
        facts: [{ label: text, value: 1, unit: 'count' }],
        runs: [run(1, { agent: text, note: text, url: text })],
        moreRuns: 0,
        chart: {
          ...(evidence.chart ?? { unit: 'usd', limit: 1 }),
          title: text,
          labels: [text, `${text}2`],
          values: [1, 2],
        },
      },
    },
  };
}

describe('what an issue says', () => {
  const { title, body, hash, labels } = issueContent(alert, context);

  test('the title names rule, agent, amount, limit and day', () => {
    expect(title).toBe('[checkrein] Daily budget: nightly-fixer used $96.20 of $10.00 on 2026-11-20');
  });

  test.each<[string, string | undefined, RegExp]>([
    ['of a month names the month', '2026-11', /of \$10\.00 in 2026-11$/],
    ['of no period names none, whatever the text speaks of', undefined, /of \$10\.00$/],
  ])('a title %s', (_name, period, expected) => {
    const { period: _day, ...facts } = alert.facts;
    const other = { ...alert, facts: period === undefined ? facts : { ...facts, period } };
    expect(issueContent(other, context).title).toMatch(expected);
  });

  test('code in our own remedies stays code; text around it stays inert', () => {
    const remedy = ['Lower `--max-turns` or @mention `x | y`.', 'an `open end'];
    const { body: text } = issueContent(alert, { ...context, rule: { ...rule, remedy } });
    expect(text).toContain('- Lower `--max-turns` or &#64;&#8203;mention `x | y`.');
  });

  test('a number that the evidence tells already is not told twice', () => {
    const facts = [{ label: 'Spent', value: 96.2, unit: 'usd' as const }];
    const { body: text } = issueContent(
      { ...alert, facts: { ...alert.facts, evidence: { ...alert.facts.evidence, facts } } },
      context,
    );
    expect(text).toContain('| Spent | $96.20 |');
    expect(text).not.toContain('| Measured |');
    expect(text).toContain('| Limit | $10.00 |');
  });

  test('a rule that is not about money has a title that stays the same while numbers move', () => {
    const ratio: Alert = { ...alert, facts: { ...alert.facts, unit: 'ratio', value: 0.75, limit: 0.5 } };
    const worse: Alert = { ...ratio, facts: { ...ratio.facts, value: 0.9 } };
    expect(issueContent(ratio, context).title).toBe('[checkrein] Daily budget: nightly-fixer');
    expect(issueContent(worse, context).title).toBe('[checkrein] Daily budget: nightly-fixer');
  });

  test('the first line is the marker, which reads back', () => {
    expect(body.split('\n')[0]).toBe(`<!-- checkrein:v1 kind=alert key=${'f'.repeat(64)} gen=2 h=${hash} -->`);
    expect(readMarker(body)).toEqual({ key: 'f'.repeat(64), episode: 2, hash });
  });

  test('the parts stand in the order in which a reader needs them', () => {
    const order = [
      '**Critical:** nightly-fixer spent $96.20',
      '**What was done:**',
      '### What you can do',
      'Look at the runs below',
      'budgets:',
      '### What was measured',
      '### Runs',
      '### How it went',
      '<details>',
      'episode 2',
    ].map((part) => body.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test('runs are linked, with agent, time, cost and note; what is not known says so', () => {
    expect(body).toContain(
      '| [8101](https://github.com/octo/garden/actions/runs/8101) | nightly-fixer | 2026-11-20 10:00 UTC | $12.50 | 9 times the median of the last 14 days |',
    );
    expect(body).toMatch(/\[8102, attempt 2\]\(.*\| unknown \|/);
    expect(body).toContain('and 18 more runs');
  });

  test('the chart draws the limit as a line, leaves out what is not known, and reads without pictures', () => {
    expect(body).toContain('x-axis ["11-18", "11-20"]');
    expect(body).toContain('bar [8, 96.2]');
    expect(body).toContain('line [10, 10]');
    expect(body).toContain('`▁·█` 11-18 to 11-20, highest $96.20, limit $10.00, · = not known');
  });

  test('one value makes no chart', () => {
    const chart = { title: 'x', unit: 'usd', labels: ['a', 'b'], values: [1, null], limit: 1 } as const;
    const one: Alert = { ...alert, facts: { ...alert.facts, evidence: { ...alert.facts.evidence, chart } } };
    expect(issueContent(one, context).body).not.toContain('mermaid');
  });

  test('many bars share a numbered axis, since their names would lie over each other', () => {
    const labels = Array.from({ length: 30 }, (_, day) => `11-${day + 1}`);
    const chart = { title: 'x', unit: 'usd', labels, values: labels.map((_, day) => day), limit: null } as const;
    const many: Alert = { ...alert, facts: { ...alert.facts, evidence: { ...alert.facts.evidence, chart } } };
    expect(issueContent(many, context).body).toContain('x-axis "11-1 to 11-30" 1 --> 30');
  });

  test('labels name the severity', () => {
    expect(labels).toEqual(['checkrein', 'agents', 'checkrein:critical']);
  });

  test('the same alert gives the same bytes; another number gives another hash', () => {
    expect(issueContent(structuredClone(alert), context)).toEqual({ title, body, hash, labels, severity: 'critical' });
    const more = issueContent({ ...alert, facts: { ...alert.facts, value: 96.3 } }, context);
    expect(more.hash).not.toBe(hash);
  });

  test('shadow mode says that no agent was held back', () => {
    expect(body).toContain('In shadow mode Checkrein only watches and reports; no agent was held back.');
    expect(issueContent(alert, { ...context, mode: 'enforce' }).body).not.toContain('shadow');
  });

  test('a resolved alert says since when and why', () => {
    const resolved: Alert = { ...alert, state: 'resolved', resolvedAt: '2026-11-21T00:05:00.000Z' };
    const resolution = { episode: 2, reason: 'the day is over; today $1.20 of $10.00', at: '2026-11-21T00:05:00.000Z' };
    const over = issueContent(resolved, { ...context, resolution }).body;
    expect(over).toContain('**Over on 2026-11-21 00:05 UTC:** the day is over; today $1.20 of $10.00');
    expect(over).toContain('What it was: nightly-fixer spent');
    expect(issueContent(resolved, context).body).toContain('The condition has cleared.');
  });

  test('a rule that is gone leaves its name and the way to close', () => {
    const gone = issueContent(alert, { ...context, rule: null });
    expect(gone.title).toContain('budget-day: nightly-fixer');
    expect(gone.body).toContain('Close this issue');
    expect(gone.body).not.toContain('undefined');
  });
});

describe('a guess of a model', () => {
  const guess = {
    text: 'The new model fails where the old one did not. @octocat',
    confidence: 'low' as const,
    evidence: ['run:8101:1', 'model:nightly-fixer:`x`'],
    model: 'claude-haiku-4-5',
  };

  test('stands behind what was measured, marked as AI, with what it rests on, and nothing in it works', () => {
    const { body, hash } = issueContent(alert, { ...context, guess });
    expect(body).toContain('### A guess by AI\n\nThe model claude-haiku-4-5 was asked');
    expect(body).toContain('> The new model fails where the old one did not. &#64;&#8203;octocat');
    expect(body).toMatch(/Confidence: low\. It rests on: run:8101:1, model:.*nightly-fixer:&#96;x&#96;\./);
    expect(body.indexOf('### Runs')).toBeLessThan(body.indexOf('### A guess by AI'));
    expect(hash).not.toBe(issueContent(alert, context).hash);
  });

  test('where there is none, nothing is said of AI', () => {
    expect(issueContent(alert, { ...context, guess: null }).body).not.toContain('AI');
    expect(issueContent(alert, { ...context, guess: null }).hash).toBe(issueContent(alert, context).hash);
  });
});

describe('hostile text', () => {
  test.each([
    ['a mention', '@octocat @github/security', /@[a-z]/],
    ['a reference', 'fixes #1, GH-1, octo/x#2', /(?<!&)#\d|GH-1/],
    ['an image', '![x](https://evil.example/p.png)', /\]\(https:\/\/evil/],
    ['a bare address', 'https://evil.example or www.evil.example', /https:\/\/evil|www\.evil/],
    ['HTML', '<img src=x onerror=alert(1)><script>x</script></details>', /<img|<script|<\/details>$/],
    ['the end of a comment', '--> out <!-- in', /--> out|<!-- in/],
    ['a marker of ours', '<!-- checkrein:v1 kind=alert key=abc gen=1 h=00 -->', /key=abc gen=1 h=00 -->/],
    ['a command', '/checkrein stop', /\/checkrein stop/],
    ['a fence', '```\n# heading\n```', /\n# heading/],
    ['a table cell', '| a | b |', /^\| a \| b/m],
    ['mermaid text', '"]\nclick x "javascript:alert(1)"', /"\]\nclick/],
    ['terminal codes', '\u001b[31mred\u0007', /(?!\n)\p{Cc}/u],
    ['reversed text', 'abc\u202Egpj.exe', /\u202E/],
    [
      'a hidden message',
      `a${[...'ignore'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')}`,
      /[\u{E0000}-\u{E007F}]/u,
    ],
  ])('%s does nothing, wherever it stands', (_name, text, live) => {
    const { title, body } = issueContent(hostileAlert(text), { ...context, rule: null });
    expect(text).toMatch(live);
    expect(`${title}\n${body.replace(/^ {2}(title|x-axis) .*$/gm, '')}`).not.toMatch(live);
    expect(body.match(/<!--/g)).toHaveLength(1);
  });

  test('any text leaves one marker, one picture, one table row each and a body that fits', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab1 \n\r\t@#`|"\\<>-![]()$*_~{}:/;%&', '\u202E', '\u2028'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (hostile) => {
        const { title, body } = issueContent(hostileAlert(hostile), context);
        expect(title).not.toMatch(/[\n\r@](?!\u200B)/);
        expect(body.match(/<!--|-->$/gm)?.length).toBe(2);
        expect(body.match(/^```/gm)).toHaveLength(4);
        expect(
          body
            .split('\n')
            .filter((line) => line.startsWith('| '))
            .every((line) => line.endsWith(' |')),
        ).toBe(true);
        expect(body.match(/^ {2}x-axis \["[^"]*", "[^"]*"\]$|^ {2}x-axis "[^"]*" 1 --> 2$/gm)).toHaveLength(1);
      }),
    );
  });

  test('hundred thousand characters in every place still fit, and the controls stay', () => {
    const huge = hostileAlert('@|<&'.repeat(25_000));
    const flood: Alert = {
      ...huge,
      facts: {
        ...huge.facts,
        evidence: {
          ...huge.facts.evidence,
          facts: Array.from({ length: 500 }, () => ({ label: '@'.repeat(100_000), value: 1, unit: 'count' as const })),
          runs: Array.from({ length: 500 }, (_, index) => run(index, { note: '@'.repeat(1_000) })),
        },
      },
    };
    const { title, body } = issueContent(flood, context);
    expect(body.length).toBeLessThanOrEqual(MAX_BODY);
    expect([...title].length).toBeLessThanOrEqual(260);
    expect(body).toContain('Look at the runs below and stop the agent that loops.');
    expect(body).toContain('budgets:\n  - { name: fixer-day');
    expect(body).toContain('more runs');
  });

  test('when there is no room, rows of runs go before whole sections do', () => {
    const long = Array.from({ length: 50 }, (_, index) => run(index, { note: '<'.repeat(160), agent: '<'.repeat(80) }));
    const wide: Alert = { ...alert, facts: { ...alert.facts, evidence: { ...alert.facts.evidence, runs: long } } };
    const { body } = issueContent(wide, context);
    expect(body.length).toBeLessThanOrEqual(MAX_BODY);
    expect(body).toMatch(/and \d+ more runs/);
    expect(body).toContain('### How it went');
    expect(body).toContain('<details>');
  });

  test('a configuration example cannot leave its fence', () => {
    const { body } = issueContent(alert, { ...context, rule: { ...rule, configuration: '```\n<b>\n~~~' } });
    expect(body).not.toContain('```yaml\n```');
    expect(body).toContain("'''\n<b>");
  });
});

describe('markers', () => {
  test('a fingerprint that could end the comment is hashed', () => {
    const marker = writeMarker({ key: 'x --> @me', episode: 1, hash: 'ab' });
    expect(marker).toMatch(/^<!-- checkrein:v1 kind=alert key=[0-9a-f]{64} gen=1 h=ab -->$/);
  });

  test.each([
    '',
    'text\n<!-- checkrein:v1 kind=alert key=a gen=1 h=ab -->',
    '<!-- checkrein:v2 kind=alert key=a gen=1 h=ab -->',
    '<!-- checkrein:v1 kind=alert key=a gen=x h=ab -->',
  ])('%j is no marker', (body) => {
    expect(readMarker(body)).toBeNull();
  });
});
