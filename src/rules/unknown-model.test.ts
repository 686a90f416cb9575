import { describe, expect, test } from 'vitest';
import { factsAfter, OUTAGE, sessionRecorded, sourceStatus } from '../../test/kit/happenings.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { SourceStatus } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { UNKNOWN_DETAIL } from '../core/session.ts';
import { after, HOUR } from '../core/time.ts';
import { type UnknownModelOptions, unknownModel } from './unknown-model.ts';

const NOW = '2026-11-21T12:30:00.000Z';
const DEFAULTS = unknownModel.options.parse({}) as unknown as UnknownModelOptions;

function judge(events: readonly LedgerEvent[], sources?: readonly SourceStatus[]): Finding {
  const facts = factsAfter(events, { now: NOW, ...(sources === undefined ? {} : { sources }) });
  const [finding] = unknownModel.judge(facts, DEFAULTS, NOW);
  return finding as Finding;
}

function used(run: number, models: readonly string[], usd: number | null): LedgerEvent {
  const detail = { ...UNKNOWN_DETAIL, unpricedModels: models };
  return sessionRecorded({ run, at: after(NOW, -run * HOUR), usd, more: { detail } });
}

describe('the unknown-model rule', () => {
  test('names the models whose sessions go uncounted, the most used first, as a warning', () => {
    const finding = judge([
      used(1, ['new-a'], null),
      used(2, ['new-b'], null),
      used(3, ['new-b'], null),
      used(4, [], 1),
    ]);
    expect(finding).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      value: 2,
      subject: { kind: 'repository' },
    });
    expect(finding.reason).toBe(
      'No price is known of new-b, new-a: the cost of 3 sessions of the last three days is not known, or leaves a part out.',
    );
  });

  test('is for information where the engine reports the cost', () => {
    expect(judge([used(1, ['new-a'], 2)])).toMatchObject({ outcome: 'violated', severity: 'info' });
  });

  test('names five of many, and makes what is no name of them harmless', () => {
    const finding = judge([used(1, ['\u001b[31ma', 'b', 'c', 'd', 'e', 'f', 'g'], null)]);
    expect(finding.reason).toContain('and 2 more');
    expect(finding.reason).not.toContain('\u001b');
  });

  test('is well when all have a price, and unknown while something cannot be read', () => {
    expect(judge([used(1, [], 1)])).toMatchObject({ outcome: 'ok', value: 0 });
    const blind = [sourceStatus('artifacts', null, { since: after(NOW, -HOUR), failure: OUTAGE })];
    expect(judge([used(1, [], 1)], blind)).toMatchObject({ outcome: 'unknown' });
  });

  test('tells how to set a price', () => {
    expect(unknownModel.remedy.join(' ')).toContain('prices: [{ model: NAME');
  });
});
