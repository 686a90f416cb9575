import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { Notice, NoticeAlert } from '../core/notice.ts';
import { after, DAY, HOUR, type Instant } from '../core/time.ts';
import { aboutOf, type NoticeLog, rateKey, type Told, toldKey } from './notice-log.ts';

/** How long after the end the record of sent messages is kept, for digests and reminders. */
const TOLD_KEPT = 9 * DAY;

export const noticesFold: Fold<NoticeLog> = {
  initial: {
    open: {},
    told: {},
    sends: {},
    digests: {},
    escalations: {},
    channels: {},
    receivers: {},
    unsilenced: {},
    remedyFailures: {},
  },
  apply: (state, events) => {
    const relevant = events.filter(isRelevant);
    if (relevant.length === 0) return state;
    const draft: Draft = {
      open: { ...state.open },
      told: { ...state.told },
      sends: { ...state.sends },
      digests: { ...state.digests },
      escalations: { ...state.escalations },
      channels: { ...state.channels },
      receivers: { ...state.receivers },
      unsilenced: { ...state.unsilenced },
      remedyFailures: { ...state.remedyFailures },
    };
    for (const event of relevant) fold(draft, event);
    return draft;
  },
};

type Draft = { readonly [K in keyof NoticeLog]: Record<string, NoticeLog[K][string]> };

const KINDS = [
  'notice.planned',
  'notice.taken',
  'notice.sent',
  'notice.failed',
  'notice.dead',
  'notice.held',
  'alert.escalated',
  'alert.changed',
  'silence.ended',
  'response.applied',
  'remedy.rerun',
] as const satisfies readonly LedgerEvent['kind'][];

type Relevant = EventOf<(typeof KINDS)[number]>;

function isRelevant(event: LedgerEvent): event is Relevant {
  return (KINDS as readonly string[]).includes(event.kind);
}

function fold(draft: Draft, event: Relevant): void {
  switch (event.kind) {
    case 'notice.planned':
      planned(draft, event.data.notice, event.at);
      return;
    case 'notice.taken':
      for (const key of event.data.keys) {
        const open = draft.open[key];
        if (open !== undefined) draft.open[key] = { ...open, taken: { by: event.data.by, at: event.data.at } };
      }
      return;
    case 'notice.sent':
      sent(draft, event);
      return;
    case 'notice.failed':
      failed(draft, event);
      return;
    case 'notice.dead':
      dead(draft, event);
      return;
    case 'notice.held':
      held(draft, event);
      return;
    default:
      foldLife(draft, event);
  }
}

type LifeEvent = EventOf<'alert.escalated' | 'alert.changed' | 'silence.ended' | 'response.applied' | 'remedy.rerun'>;

function foldLife(draft: Draft, event: LifeEvent): void {
  switch (event.kind) {
    case 'alert.escalated':
      escalated(draft, event);
      return;
    case 'silence.ended':
      draft.unsilenced[event.data.fingerprint] = event.at;
      return;
    case 'response.applied': {
      const { kind, ok, later, fingerprint } = event.data.receipt;
      if ((kind === 'stop' || kind === 'rerun') && !ok && later !== true) draft.remedyFailures[fingerprint] = event.at;
      return;
    }
    case 'remedy.rerun': {
      const { state, fingerprint } = event.data.rerun;
      if (state === 'failed' || state === 'refused') draft.remedyFailures[fingerprint] = event.at;
      return;
    }
    case 'alert.changed':
      if (event.data.change.kind === 'resolved') {
        const { fingerprint } = event.data.change;
        delete draft.escalations[fingerprint];
        delete draft.unsilenced[fingerprint];
        delete draft.remedyFailures[fingerprint];
      }
      return;
    default:
      event satisfies never;
  }
}

function planned(draft: Draft, notice: Notice, at: Instant): void {
  prune(draft, at);
  draft.open[notice.key] = {
    notice,
    plannedAt: at,
    attempts: 0,
    taken: null,
    notBefore: null,
    unsure: false,
    error: null,
  };
  if (notice.kind === 'digest') {
    draft.digests[notice.thread] = notice.at;
    summarise(draft, notice);
  } else for (const alert of notice.alerts) tellOf(draft, notice, alert, at);
}

function prune(draft: Draft, at: Instant): void {
  for (const [key, told] of Object.entries(draft.told)) {
    if (told.state !== 'told' && told.at < after(at, -TOLD_KEPT)) delete draft.told[key];
  }
  for (const [thread, last] of Object.entries(draft.digests)) {
    if (last < after(at, -10 * TOLD_KEPT)) delete draft.digests[thread];
  }
  for (const [thread, { at: last }] of Object.entries(draft.receivers)) {
    if (last < after(at, -10 * TOLD_KEPT)) delete draft.receivers[thread];
  }
}

/** What was held back on the channel until then is counted in this digest. */
function summarise(draft: Draft, { channel, at }: Notice): void {
  for (const [key, told] of Object.entries(draft.told)) {
    const isCounted = told.state === 'held' && told.channel === channel && told.at <= at;
    if (isCounted) draft.told[key] = { ...told, state: 'summarised' };
  }
}

function tellOf(draft: Draft, { channel, kind, because }: Notice, alert: NoticeAlert, at: Instant): void {
  const { fingerprint, episode, severity, level } = alert;
  const key = toldKey(channel, fingerprint, episode);
  const before = draft.told[key];
  const about = aboutOf(alert);
  if (kind === 'trigger') count(draft, rateKey(channel, about), at);
  draft.told[key] = {
    channel,
    fingerprint,
    episode,
    state: kind === 'resolve' ? 'over' : 'told',
    kind,
    because,
    at,
    about,
    severity,
    level,
    reminds: (before?.reminds ?? 0) + (kind === 'remind' ? 1 : 0),
    acknowledgedAt: kind === 'acknowledge' ? at : (before?.acknowledgedAt ?? null),
    reached: before === undefined || before.alert === null ? 'not_yet' : before.reached,
    alert,
  };
}

function count(draft: Draft, key: string, at: Instant): void {
  draft.sends[key] = [...(draft.sends[key] ?? []), at].filter((send) => send > after(at, -HOUR));
  for (const [other, sends] of Object.entries(draft.sends)) {
    if (sends.every((send) => send <= after(at, -HOUR))) delete draft.sends[other];
  }
}

function sent(draft: Draft, { data, at }: EventOf<'notice.sent'>): void {
  const open = draft.open[data.key];
  if (open === undefined) return;
  delete draft.open[data.key];
  const { notice } = open;
  draft.receivers[notice.thread] = { data: data.receiver, at };
  draft.channels[notice.channel] = { lastSentAt: at, failing: null };
  reach(draft, notice, 'yes');
}

/** What a channel has certainly heard stays that way. */
function reach(draft: Draft, notice: Notice, reached: Told['reached']): void {
  if (notice.kind === 'digest') return;
  for (const { fingerprint, episode } of notice.alerts) {
    const key = toldKey(notice.channel, fingerprint, episode);
    const told = draft.told[key];
    if (told === undefined || told.reached === 'yes' || (told.reached === 'maybe' && reached === 'no')) continue;
    draft.told[key] = { ...told, reached };
  }
}

function failed(draft: Draft, { data }: EventOf<'notice.failed'>): void {
  const open = draft.open[data.key];
  if (open === undefined) return;
  draft.open[data.key] = {
    ...open,
    attempts: open.attempts + 1,
    taken: null,
    notBefore: data.notBefore,
    unsure: open.unsure || data.unsure,
    error: data.error,
  };
  if (data.unsure) reach(draft, open.notice, 'maybe');
}

function dead(draft: Draft, { data, at }: EventOf<'notice.dead'>): void {
  const open = draft.open[data.key];
  if (open === undefined) return;
  delete draft.open[data.key];
  const { notice } = open;
  if (data.because === 'overtaken') {
    for (const { fingerprint, episode } of notice.alerts) {
      const key = toldKey(notice.channel, fingerprint, episode);
      const told = draft.told[key];
      if (told?.reached === 'not_yet') draft.told[key] = { ...told, state: 'over' };
    }
    return;
  }
  reach(draft, notice, data.unsure || open.unsure ? 'maybe' : 'no');
  const before = draft.channels[notice.channel] ?? { lastSentAt: null, failing: null };
  const since = before.failing?.since ?? at;
  draft.channels[notice.channel] = { ...before, failing: { since, error: data.error ?? '' } };
}

function held(draft: Draft, { data, at }: EventOf<'notice.held'>): void {
  const { channel, fingerprint, episode, about } = data;
  const key = toldKey(channel, fingerprint, episode);
  if (draft.told[key] !== undefined) return;
  draft.told[key] = {
    channel,
    fingerprint,
    episode,
    state: 'held',
    kind: 'trigger',
    because: 'first',
    at,
    about,
    severity: 'info',
    level: 0,
    reminds: 0,
    acknowledgedAt: null,
    reached: 'no',
    alert: null,
  };
}

function escalated(draft: Draft, { data, at }: EventOf<'alert.escalated'>): void {
  const { fingerprint, episode } = data;
  if ('levels' in data) {
    draft.escalations[fingerprint] = { ...data, at };
    return;
  }
  const before = draft.escalations[fingerprint];
  if (before === undefined || before.episode !== episode || data.level <= before.level) return;
  draft.escalations[fingerprint] = { ...before, level: data.level, nextAt: data.nextAt, at };
}
