import { describe, expect, test } from 'vitest';
import type { RunReceipt, StopReceipt } from '../core/halt.ts';
import {
  initiatorWords,
  MAX_ISSUE_RECEIPT,
  type ReceiptFrame,
  receiptMarkdown,
  runRequests,
  stopReport,
} from './receipt.ts';
import { type ResumeReport, resumeMarkdown, resumeOutcome } from './resumption.ts';
import { receiptTerminal } from './terminal/receipt.ts';
import { rehearsalTerminal } from './terminal/rehearsal.ts';
import { resumeTerminal } from './terminal/resumption.ts';

const NOON = '2026-11-20T12:00:00.000Z';

const run: RunReceipt = {
  id: 8123,
  attempt: 1,
  workflow: '.github/workflows/fixer.yml',
  before: 'in_progress',
  requests: [
    { act: 'cancel', at: '2026-11-20T12:00:05.000Z', answer: 'accepted' },
    { act: 'force-cancel', at: '2026-11-20T12:01:05.000Z', answer: 'refused' },
  ],
  after: 'completed',
  conclusion: 'cancelled',
  at: '2026-11-20T12:01:10.000Z',
};

const receipt: StopReceipt = {
  halt: {
    generation: 3,
    scope: { kind: 'agents', names: ['fixer'] },
    by: { kind: 'operator', login: 'lead' },
    reason: 'It runs away',
    at: NOON,
  },
  workflows: [
    {
      path: '.github/workflows/fixer.yml',
      id: 7,
      before: 'active',
      after: 'disabled_manually',
      at: '2026-11-20T12:00:04.000Z',
    },
    {
      path: '.github/workflows/idle.yml',
      id: 8,
      before: 'disabled_inactivity',
      after: 'disabled_inactivity',
      at: null,
    },
  ],
  runs: [run],
  pulls: [{ number: 12, head: 'c0ffee0123456789', autoMerge: 'switched_off', queue: 'was_out', status: 'posted' }],
  residue: [],
  timeToStop: 70_000,
};

const frame: ReceiptFrame = { repo: 'octo/garden', ledger: 'branch:octo/garden@checkrein', whole: true, notes: [] };

const residue = { what: 'run', id: '9', why: 'It is still queued', remedy: 'Cancel it by hand' } as const;

/** Everything that somebody outside may have a hand in. */
const EVIL = '\u001b[31m@everyone | <script>x</script> ![a](http://evil.test/x) #1 /checkrein resume \u202e';

const evil: StopReceipt = {
  ...receipt,
  halt: {
    ...receipt.halt,
    scope: { kind: 'agents', names: [EVIL] },
    reason: EVIL,
    by: { kind: 'operator', login: EVIL },
  },
  workflows: receipt.workflows.map((workflow) => ({ ...workflow, path: `.github/workflows/${EVIL}.yml` })),
  runs: [{ ...run, workflow: `.github/workflows/${EVIL}.yml` }],
  residue: [{ what: 'workflow', id: EVIL, why: EVIL, remedy: EVIL }],
};

const evilFrame: ReceiptFrame = { ...frame, whole: false, repo: EVIL, ledger: EVIL, notes: [EVIL] };

describe('a receipt in markdown', () => {
  test('says who, why and when, and for each workflow and run what it was, what was asked and what it is', () => {
    const text = receiptMarkdown(receipt, frame, MAX_ISSUE_RECEIPT);
    expect(text).toContain('## 🛑 Stop 3: fixer\n\n**✅ Stopped in 1 min 10 s.**');
    expect(text).toContain('octo/garden · by lead · 2026-11-20 12:00 UTC\n\nWhy: It runs away');
    expect(text).toContain('| .github/workflows/fixer.yml | active | disable 12:00:04 | disabled_manually |');
    expect(text).toContain('| .github/workflows/idle.yml | disabled_inactivity | none | disabled_inactivity |');
    expect(text).toContain(
      '| 8123 | .github/workflows/fixer.yml | in_progress | cancel 12:00:05, force-cancel 12:01:05 (refused) | completed (cancelled) | 12:01:10 |',
    );
    expect(text).toMatch(/\| 12 \| c0ff.*ee0 \| switched off \| was out \| posted \|/);
    expect(text).not.toContain('Left to do');
  });

  test('tells what became of the levers, where there were any', () => {
    const levers = [
      { kind: 'variable', at: '2026-11-20T12:00:05.000Z', answer: 'accepted' },
      { kind: 'webhook', at: '2026-11-20T12:00:06.000Z', answer: 'refused' },
    ] as const;
    const text = receiptMarkdown({ ...receipt, levers }, frame, MAX_ISSUE_RECEIPT);
    expect(text).toContain('### Levers\n\n- variable: asked 12:00:05, accepted\n- webhook: asked 12:00:06, refused');
    const screen = receiptTerminal({ ...receipt, levers }, frame, { colour: false, width: 100 });
    expect(screen).toContain('webhook: asked 12:00:06, refused');
    expect(stopReport({ ...receipt, levers }, frame).levers).toEqual(levers);
    expect(stopReport(receipt, frame).levers).toEqual([]);
    expect(receiptMarkdown(receipt, frame, MAX_ISSUE_RECEIPT)).not.toContain('Levers');
  });

  test('names what is left with what to do', () => {
    const text = receiptMarkdown(
      { ...receipt, residue: [residue], timeToStop: null },
      { ...frame, whole: false },
      60_000,
    );
    expect(text).toContain('❌ Not complete: something may still run, and 1 thing is left to do.');
    expect(text).toContain('- run 9: It is still queued. Cancel it by hand');
    expect(receiptMarkdown({ ...receipt, residue: [residue] }, { ...frame, whole: false }, 60_000)).toContain(
      'Nothing runs any more, but 1 thing is left to do.',
    );
  });

  test('fits where it goes, however many runs there were', () => {
    const runs = Array.from({ length: 3_000 }, (_, i) => ({ ...run, id: i + 1 }));
    const text = receiptMarkdown({ ...receipt, runs }, frame, MAX_ISSUE_RECEIPT);
    expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(MAX_ISSUE_RECEIPT);
    expect(text).toMatch(/and \d,?\d+ more/);
    expect(receiptMarkdown({ ...receipt, runs }, frame, 300)).toContain('Stopped in 1 min 10 s');
  });

  test('leaves nothing of what strangers wrote to act', () => {
    const text = receiptMarkdown(evil, evilFrame, MAX_ISSUE_RECEIPT);
    for (const trap of ['@everyone', '<script', '](http', '#1 ', '\u001b', '\u202e', ' /checkrein']) {
      expect(text).not.toContain(trap);
    }
    // A bar in a name would shift the cells of its row.
    for (const line of text.split('\n').filter((row) => row.startsWith('| ') && row.includes('disabled'))) {
      expect(line.split(' | ')).toHaveLength(4);
    }
  });
});

describe('a receipt on a terminal', () => {
  test.each([72, 100, 200])('keeps to %d columns and shows each workflow and run', (width) => {
    const text = receiptTerminal({ ...receipt, residue: [residue] }, frame, { colour: false, width });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(Math.min(140, width));
    expect(text).toContain('■ Stopped in 1 min 10 s.');
    expect(text).toContain('! run 9: It is still queued. Cancel it by hand.');
    expect(text).toContain('8123');
    expect(text).toContain('12: auto-merge switched off, merge queue was out, red status posted');
  });

  test('cannot be made to move the cursor', () => {
    const shown = [
      receiptTerminal(evil, evilFrame, { colour: false, width: 100 }),
      rehearsalTerminal(
        {
          repo: EVIL,
          scope: evil.halt.scope,
          workflows: evil.workflows,
          runs: evil.runs,
          pulls: [1],
          ledger: EVIL,
          notes: [EVIL],
        },
        { colour: false, width: 100 },
      ),
      resumeTerminal(evilResume, { colour: false, width: 100 }),
    ].join('');
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

const resumption: ResumeReport = {
  repo: 'octo/garden',
  resumption: {
    generation: 3,
    by: { kind: 'operator', login: 'lead' },
    reason: 'Mended',
    at: NOON,
    stage: 'complete',
    workflows: ['.github/workflows/fixer.yml'],
    released: ['.github/workflows/fixer.yml'],
  },
  later: [],
  residue: [],
  overtakenBy: null,
  isOver: true,
  ledger: 'memory:',
  issue: null,
  notes: [],
};

const evilResume: ResumeReport = {
  ...resumption,
  repo: EVIL,
  resumption: { ...resumption.resumption, reason: EVIL, workflows: [EVIL], by: { kind: 'operator', login: EVIL } },
  later: [EVIL],
  residue: [{ what: 'pull', id: EVIL, why: EVIL, remedy: EVIL }],
  notes: [EVIL],
  ledger: EVIL,
};

describe('a resume', () => {
  test.each<[Partial<ResumeReport>, string]>([
    [{}, 'Resumed: no agent is stopped any more'],
    [{ isOver: false }, 'Resumed what was named; the stop goes on for the others'],
    [{ overtakenBy: 8 }, 'Not resumed: stop 8 was declared meanwhile, and what it holds is off again'],
    [
      { isOver: false, later: ['a', 'b'], resumption: { ...resumption.resumption, stage: 'canary' } },
      'Resumed one agent first; 2 more follow when its sessions have been good',
    ],
    [{ residue: [residue] }, 'Resumed in part: some things are left to do'],
  ])('%#: says how far it came', (change, sentence) => {
    const report = { ...resumption, ...change };
    expect(resumeOutcome(report)).toBe(sentence);
    expect(resumeMarkdown(report)).toContain(`${sentence}.**`);
  });

  test('leaves nothing of what strangers wrote to act', () => {
    const text = resumeMarkdown(evilResume);
    for (const trap of ['@everyone', '<script', '](http', '\u001b', '\u202e']) expect(text).not.toContain(trap);
  });
});

describe('words of a receipt', () => {
  test('initiators', () => {
    expect(initiatorWords({ kind: 'operator', login: null })).toBe('the holder of the token');
    expect(initiatorWords({ kind: 'rule', rule: 'runaway', fingerprint: 'f' })).toBe('the rule runaway');
    expect(initiatorWords({ kind: 'person', actor: { id: 1, login: 'octocat', type: 'User' } })).toBe('octocat');
  });

  test('a run that nobody asked to end', () => {
    expect(runRequests({ requests: [] })).toBe('none');
  });

  test('the report for programs keeps the names of the contract', () => {
    const report = stopReport(receipt, frame);
    expect(report).toMatchObject({ whole: true, timeToStopMs: 70_000, halt: { generation: 3 }, residue: [] });
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining(['halt', 'workflows', 'runs', 'residue', 'timeToStopMs']),
    );
    expect(report).not.toHaveProperty('timeToStop');
  });
});
