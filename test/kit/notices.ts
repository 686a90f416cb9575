import type { Notice, NoticeAlert } from '../../src/core/notice.ts';
import type { GitHubDesk, Means } from '../../src/responses/channels/channel.ts';

/** One alert as messages show it: a budget that is used up. */
export function noticeAlert(changes: Partial<NoticeAlert> = {}): NoticeAlert {
  return {
    fingerprint: 'budget:0123456789abcdef',
    episode: 1,
    name: 'budget',
    severity: 'critical',
    state: 'active',
    level: 0,
    subject: { kind: 'agent', name: 'nightly-fixer' },
    labels: { budget: 'fixer-day' },
    since: '2026-11-21T09:00:00.000Z',
    endedAt: null,
    value: 12.5,
    limit: 10,
    unit: 'usd',
    reason: 'nightly-fixer used $12.50 of $10.00 on 2026-11-21.',
    issue: null,
    runbook: 'https://example.test/docs/runbooks/budget.md',
    ...changes,
  };
}

/** The first message about an alert. */
export function notice(changes: Partial<Notice> = {}): Notice {
  return {
    key: 'a'.repeat(64),
    thread: 'b'.repeat(64),
    channel: 'ops',
    kind: 'trigger',
    because: 'first',
    repo: 'octo/fleet',
    at: '2026-11-21T09:05:00.000Z',
    group: null,
    alerts: [noticeAlert()],
    more: 0,
    lines: [],
    ...changes,
  };
}

/** The message that the alert of `notice` is over. */
export function overNotice(changes: Partial<Notice> = {}): Notice {
  const alert = noticeAlert({ state: 'resolved', endedAt: '2026-11-21T10:00:00.000Z' });
  return notice({
    key: 'c'.repeat(64),
    kind: 'resolve',
    because: 'all_resolved',
    at: '2026-11-21T10:01:00.000Z',
    alerts: [alert],
    ...changes,
  });
}

/** Means with an environment of their own; `waited` gets every wait. An answer may take as long as a busy machine needs. */
export function testMeans(
  env: Readonly<Record<string, string>>,
  { waited = [], github = null }: { readonly waited?: number[]; readonly github?: GitHubDesk | null } = {},
): Means {
  return {
    fetch: (url, request) => fetch(url, request),
    secret: (name) => env[name] ?? null,
    clock: () => '2026-11-21T09:05:30.000Z',
    sleep: async (duration) => {
      waited.push(duration);
    },
    timeout: 20_000,
    patience: 60_000,
    github,
  };
}
