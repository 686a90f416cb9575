import { describe, expect, test } from 'vitest';
import { agentSubject, repositorySubject } from '../core/subject.ts';
import { HOUR } from '../core/time.ts';
import { type Firing, middleOf, scoreFirings, type Verdict } from './score.ts';

const TERMS = { latency: 24 * HOUR, slack: HOUR, complete: true };

function firing(at: string, more: Partial<Firing> = {}): Firing {
  return {
    fingerprint: at,
    episode: 1,
    rule: 'anomaly',
    subject: agentSubject('fixer'),
    labels: {},
    severity: 'warning',
    since: at,
    at,
    endedAt: null,
    value: null,
    limit: null,
    unit: 'usd',
    reason: '',
    quiet: false,
    ...more,
  };
}

function incident(from: string, to: string | null, more: Partial<Verdict> = {}): Verdict {
  return { incident: true, subject: agentSubject('fixer'), from, to, rule: null, kind: null, ...more };
}

const DAY_TWO = incident('2026-11-02T00:00:00.000Z', '2026-11-02T12:00:00.000Z');

describe('an incident', () => {
  test.each([
    ['one look before it began', '2026-11-01T23:00:00.000Z', 0],
    ['within it', '2026-11-02T03:00:00.000Z', 3 * HOUR],
    ['before the latency after its end is over', '2026-11-03T12:00:00.000Z', 36 * HOUR],
  ])('is found by an alert %s', (_when, at, delay) => {
    const { incidents, recall, accuracy, delays } = scoreFirings([firing(at)], [DAY_TWO], TERMS);
    expect(incidents).toMatchObject([{ firing: { at }, delay }]);
    expect({ recall, accuracy, delays }).toEqual({ recall: 1, accuracy: 1, delays: [delay] });
  });

  test.each([
    ['too early', firing('2026-11-01T22:59:59.999Z')],
    ['too late', firing('2026-11-03T12:00:00.001Z')],
    ['about another agent', firing('2026-11-02T03:00:00.000Z', { subject: agentSubject('other') })],
  ])('is not found by an alert %s, which is false', (_why, one) => {
    const score = scoreFirings([one], [DAY_TWO], TERMS);
    expect(score).toMatchObject({ recall: 0, accuracy: 0, right: [], wrong: [one], delays: [] });
  });

  test('is found by an alert about the whole repository', () => {
    const one = firing('2026-11-02T03:00:00.000Z', { subject: repositorySubject('octo/repo') });
    expect(scoreFirings([one], [DAY_TWO], TERMS).recall).toBe(1);
  });

  test('found twice is one incident with two right alerts and the first delay', () => {
    const two = [firing('2026-11-02T05:00:00.000Z'), firing('2026-11-02T02:00:00.000Z', { rule: 'budget' })];
    const score = scoreFirings(two, [DAY_TWO], TERMS);
    expect(score.incidents).toMatchObject([{ firing: { rule: 'budget' }, delay: 2 * HOUR }]);
    expect(score.right).toHaveLength(2);
  });

  test('is not found by what nobody was told of', () => {
    const score = scoreFirings([firing('2026-11-02T05:00:00.000Z', { quiet: true })], [DAY_TWO], TERMS);
    expect(score).toMatchObject({ recall: 0, accuracy: null, wrong: [] });
  });
});

describe('an alert', () => {
  test('outside of all incidents is not judged while the labels do not claim to be all there is', () => {
    const one = firing('2026-11-09T00:00:00.000Z');
    expect(scoreFirings([one], [DAY_TWO], { ...TERMS, complete: false })).toMatchObject({
      wrong: [],
      unjudged: [one],
      accuracy: null,
    });
  });

  test('that people marked as false is false, also within an incident; another rule is not meant', () => {
    const mark = { ...DAY_TWO, incident: false, rule: 'anomaly' };
    const at = '2026-11-02T05:00:00.000Z';
    const score = scoreFirings([firing(at), firing(at, { rule: 'runaway' })], [DAY_TWO, mark], TERMS);
    expect(score.wrong.map(({ rule }) => rule)).toEqual(['anomaly']);
    expect(score.right.map(({ rule }) => rule)).toEqual(['runaway']);
    expect(score.accuracy).toBe(0.5);
  });

  test('about what Checkrein itself can see is neither right nor false', () => {
    const score = scoreFirings([firing('2026-11-09T00:00:00.000Z', { rule: 'blind' })], [DAY_TWO], TERMS);
    expect(score).toMatchObject({ right: [], wrong: [], unjudged: [] });
  });
});

test('nothing told and nothing wrong: neither recall nor accuracy is known', () => {
  expect(scoreFirings([], [], TERMS)).toMatchObject({ recall: null, accuracy: null, delays: [] });
});

test('the middle of an even number of values is the lower of the two, of none there is none', () => {
  expect([middleOf([]), middleOf([3]), middleOf([1, 2]), middleOf([1, 2, 9])]).toEqual([null, 3, 1, 2]);
});
