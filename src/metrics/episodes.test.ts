import { describe, expect, test } from 'vitest';
import { noFacts, REPO } from '../../test/kit/happenings.ts';
import type { AlertChange } from '../core/alert.ts';
import type { EventOf } from '../core/event.ts';
import { NO_EVIDENCE } from '../core/finding.ts';
import { agentSubject } from '../core/subject.ts';
import { after, DAY, type Instant } from '../core/time.ts';
import { measure } from './current.ts';
import { accuracyOf, episodesFold, episodesIn } from './episodes.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const ago = (days: number): Instant => after(NOW, -days * DAY);
const subject = agentSubject('fixer');

function changed(change: AlertChange, at: Instant): EventOf<'alert.changed'> {
  const id = `alert:${change.fingerprint}:${change.episode}:${change.kind}:${at}`;
  return { v: 1, id, kind: 'alert.changed', at, seen: at, repo: REPO, subject, data: { change } };
}

function activated(fingerprint: string, at: Instant): EventOf<'alert.changed'> {
  const facts = { severity: 'warning', value: 1, limit: 1, unit: 'usd', reason: '', explainedBy: null } as const;
  const head = { kind: 'activated', fingerprint, name: 'budget', subject, labels: {}, episode: 1, since: at } as const;
  return changed({ ...head, facts: { ...facts, evidence: NO_EVIDENCE } }, at);
}

function resolved(fingerprint: string, at: Instant): EventOf<'alert.changed'> {
  return changed({ kind: 'resolved', fingerprint, episode: 1, because: 'condition_cleared', reason: '' }, at);
}

function acknowledged(fingerprint: string, at: Instant): EventOf<'alert.acknowledged'> {
  const acknowledgement = { by: 'octocat', at, until: null, note: null };
  const data = { fingerprint, episode: 1, acknowledgement };
  return { v: 1, id: `ack:${fingerprint}`, kind: 'alert.acknowledged', at, seen: at, repo: REPO, subject, data };
}

function marked(fingerprint: string, at: Instant): EventOf<'alert.marked'> {
  const head = { fingerprint, name: 'budget', subject, by: 'octocat', at, until: after(at, 30 * DAY) };
  const data = { mark: { ...head, steps: 1, reason: null } };
  return { v: 1, id: `mark:${fingerprint}`, kind: 'alert.marked', at, seen: at, repo: REPO, subject, data };
}

function unmarked(fingerprint: string, because: 'time_is_up' | 'by_a_person'): EventOf<'alert.unmarked'> {
  const data = { fingerprint, setAt: ago(1), because };
  return { v: 1, id: `unmark:${fingerprint}`, kind: 'alert.unmarked', at: NOW, seen: NOW, repo: REPO, subject, data };
}

describe('accuracy', () => {
  test('is not known while nobody has judged an alert', () => {
    expect(accuracyOf(episodesIn([activated('a', ago(1))]), NOW)).toEqual({ share: null, judged: 0, right: 0 });
    expect(measure(noFacts(NOW), NOW)).toMatchObject({ alerts: { accuracy: null } });
  });

  test('counts an alert that somebody took on as right', () => {
    const episodes = episodesIn([activated('a', ago(2)), acknowledged('a', ago(1)), activated('b', ago(1))]);
    expect(accuracyOf(episodes, NOW)).toEqual({ share: 1, judged: 1, right: 1 });
    expect(measure({ ...noFacts(NOW), episodes }, NOW)).toMatchObject({ alerts: { accuracy: 1 } });
  });

  test('counts an alert that somebody marked as false as wrong, whoever took it on before, until the mark is taken back', () => {
    const told = [activated('a', ago(3)), acknowledged('a', ago(2)), marked('a', ago(1))];
    expect(accuracyOf(episodesIn(told), NOW)).toEqual({ share: 0, judged: 1, right: 0 });
    expect(accuracyOf(episodesIn([...told, unmarked('a', 'time_is_up')]), NOW).share).toBe(0);
    expect(accuracyOf(episodesIn([...told, unmarked('a', 'by_a_person')]), NOW).share).toBeNull();
  });

  test('looks back 90 days, and never ahead', () => {
    const events = [
      activated('a', ago(91)),
      acknowledged('a', ago(90)),
      activated('b', ago(-1)),
      acknowledged('b', ago(-1)),
    ];
    expect(accuracyOf(episodesIn(events), NOW).judged).toBe(0);
  });
});

describe('episodes', () => {
  const events = [
    activated('a', ago(120)),
    resolved('a', ago(119)),
    activated('b', ago(100)),
    activated('c', ago(3)),
    resolved('c', ago(2)),
  ];

  test('that ended and began more than 90 days ago are forgotten, those that go on are not', () => {
    const { episodes } = episodesFold.apply(episodesFold.initial, events);
    expect(Object.values(episodes).map(({ fingerprint, endedAt }) => [fingerprint, endedAt])).toEqual([
      ['b', null],
      ['c', ago(2)],
    ]);
  });

  test('are the same however the events are cut into batches', () => {
    const whole = episodesFold.apply(episodesFold.initial, events);
    for (let cut = 0; cut <= events.length; cut += 1) {
      const first = episodesFold.apply(episodesFold.initial, events.slice(0, cut));
      expect(episodesFold.apply(first, events.slice(cut))).toEqual(whole);
    }
  });

  test('of which only the end or a word is known are none', () => {
    expect(episodesIn([resolved('a', ago(1)), acknowledged('a', ago(1))])).toEqual([]);
  });
});
