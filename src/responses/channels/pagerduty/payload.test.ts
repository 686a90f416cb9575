import { describe, expect, test } from 'vitest';
import { notice, noticeAlert, overNotice } from '../../../../test/kit/notices.ts';
import { dedupKey, pagerdutyEvents } from './payload.ts';

describe('events for PagerDuty', () => {
  test('the key of an incident is that of the episode, whatever is told of it', () => {
    const [begin] = pagerdutyEvents(notice(), 'by-severity');
    const [reminder] = pagerdutyEvents(notice({ key: 'x', kind: 'remind', because: 'escalated' }), 'by-severity');
    const [end] = pagerdutyEvents(overNotice(), 'by-severity');
    expect(new Set([begin, reminder, end].map((event) => event?.dedup_key)).size).toBe(1);
    expect(dedupKey('octo/fleet', noticeAlert({ episode: 2 }))).not.toBe(begin?.dedup_key);
    expect(dedupKey('octo/other', noticeAlert())).not.toBe(begin?.dedup_key);
    expect(begin?.dedup_key.length).toBeLessThanOrEqual(255);
  });

  test('an end says nothing but that it is one', () => {
    expect(pagerdutyEvents(overNotice(), 'high')).toEqual([
      { event_action: 'resolve', dedup_key: dedupKey('octo/fleet', noticeAlert()) },
    ]);
  });

  test('a digest pages nobody', () => {
    expect(pagerdutyEvents(notice({ kind: 'digest', because: 'digest_due' }), 'high')).toEqual([]);
  });

  test('a summary keeps to the 1,024 characters that PagerDuty takes', () => {
    const [event] = pagerdutyEvents(notice({ alerts: [noticeAlert({ reason: '@'.repeat(5_000) })] }), 'high');
    expect(String(event?.payload?.['summary']).length).toBeLessThanOrEqual(1_024);
  });
});
