import { fingerprint } from '../alerts/identity.ts';
import { levelsOf, routeOf } from '../alerts/route.ts';
import { canonicalJson } from '../core/canonical.ts';
import { attempt, type Failure } from '../core/failure.ts';
import { type Finding, NO_EVIDENCE } from '../core/finding.ts';
import { sha256 } from '../core/hash.ts';
import type { Notice, NoticeAlert } from '../core/notice.ts';
import { STATE_UNAVAILABLE } from '../core/own-voice.ts';
import { plainLine } from '../core/text.ts';
import { dayOf } from '../core/time.ts';
import { askRules } from './ask-rules.ts';
import { factsOf } from './facts-of.ts';
import { gather } from './gather.ts';
import type { WatchJob } from './job.ts';
import { noticeTerms, runbookOf } from './notice-input.ts';
import { readAhead } from './read-ahead.ts';
import { stateFold } from './state.ts';

type Violated = Extract<Finding, { outcome: 'violated' }>;

/**
 * Tells the channels that the ledger cannot be read, and what is critical as far as it can be seen without one. Nobody knows what was
 * told before, so the key of each message is its rule and the day: a receiver that knows keys shows it once a day. Nothing is
 * resolved, and nothing is told of what is not critical. Does nothing where the ledger can be read after all.
 */
export async function tellWithoutLedger(job: WatchJob, failure: Failure): Promise<readonly string[]> {
  const { deliver } = job;
  if (deliver === null || (await attempt(() => job.ledger.read())).ok) return [];
  const findings = [unavailable(failure), ...(await criticalNow(job))];
  const notices = findings.flatMap((finding) => noticesOf(finding, job));
  const complaints: string[] = [];
  for (const notice of notices) {
    const sent = await attempt(() => deliver(notice, null));
    const error = sent.ok ? (sent.value.ok ? null : sent.value.error) : sent.failure.message;
    if (error !== null)
      complaints.push(`the channel ${plainLine(notice.channel)} was not told: ${plainLine(error, 300)}`);
  }
  return complaints;
}

function unavailable({ message, remedy }: Failure): Violated {
  return {
    rule: STATE_UNAVAILABLE.name,
    subject: { kind: 'checkrein', name: 'ledger' },
    labels: {},
    value: null,
    limit: null,
    unit: 'count',
    outcome: 'violated',
    severity: 'critical',
    reason: `The ledger cannot be read, so that alerts do not live on: ${plainLine(message, 300)}. ${plainLine(remedy, 300)}`,
    evidence: NO_EVIDENCE,
    explainedBy: null,
  };
}

/** What rules say from what can be gathered at this moment. */
async function criticalNow(job: WatchJob): Promise<readonly Violated[]> {
  const gathered = await attempt(() => gather(job, stateFold.initial, []));
  if (!gathered.ok) return [];
  const state = stateFold.apply(stateFold.initial, gathered.value.events);
  const { repo, now, config } = job;
  // Of rollups nothing is known: they lie where the ledger is.
  const ahead = await readAhead({ repo, now, config, ledger: { measures: async () => [] } }, state);
  const findings = askRules(factsOf(state, repo, now, ahead), config, now);
  return findings.flatMap((finding) =>
    finding.outcome === 'violated' && finding.severity === 'critical' ? [finding] : [],
  );
}

function noticesOf(finding: Violated, job: WatchJob): readonly Notice[] {
  const { repo, now, home } = job;
  const terms = noticeTerms(job);
  const [first] = levelsOf({ name: finding.rule, facts: { ...finding } }, terms);
  const channels = [
    ...(first?.channels ?? []),
    ...(first?.contacts ?? []).flatMap((person) => terms.contacts[person] ?? []),
  ];
  const runbook = routeOf(terms, finding.rule).runbook ?? runbookOf(finding.rule, home);
  const alert = alertOf(finding, repo, now, runbook);
  return [...new Set(channels)].map((channel) => {
    const key = sha256(canonicalJson([repo, alert.fingerprint, dayOf(now), channel, 'without-ledger']));
    const base = { key, thread: key, channel, kind: 'trigger', because: 'first', repo, at: now } as const;
    return { ...base, group: null, alerts: [alert], more: 0, lines: ['The ledger cannot be read: this may be known.'] };
  });
}

function alertOf(finding: Violated, repo: string, now: string, runbook: string | null): NoticeAlert {
  const { rule, subject, labels, severity, value, limit, unit, reason } = finding;
  return {
    ...{
      fingerprint: fingerprint(repo, finding),
      episode: 0,
      name: rule,
      severity,
      state: 'active',
      level: 0,
      subject,
    },
    ...{ labels, since: now, endedAt: null, value, limit, unit, reason, issue: null, runbook },
  };
}
