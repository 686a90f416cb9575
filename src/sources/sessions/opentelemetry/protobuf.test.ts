import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventsOf, pointsOf } from './otlp.ts';
import { decodeOtlp, type OtlpSignal } from './protobuf.ts';

/** Both were written by the `BinaryWriter` of @bufbuild/protobuf 2, with the field numbers of opentelemetry-proto 1.x. */
const LOGS = Buffer.from(
  'CsICCh8KHQoMc2VydmljZS5uYW1lEg0KC2NsYXVkZS1jb2RlEp4CCiIKIGNvbS5hbnRocm9waWMuY2xhdWRlX2NvZGUuZXZlbnRzEvcBCQCAnR6kDeoYEAkqGQoXY2xhdWRlX2NvZGUuYXBpX3JlcXVlc3QyGwoKZXZlbnQubmFtZRINCgthcGlfcmVxdWVzdDITCgpzZXNzaW9uLmlkEgUKA3MtMTIcCgVtb2RlbBITChFjbGF1ZGUtc29ubmV0LTQtNTIVCghjb3N0X3VzZBIJIQAAAAAAANA/MhMKDGlucHV0X3Rva2VucxIDGOgHMhMKDW91dHB1dF90b2tlbnMSAhgKMhQKBWRlbHRhEgsY+///////////ATIICgJvaxICEAFFAQAAAEoQAAAAAAAAAAAAAAAAAAAAAFkBgJ0epA3qGA==',
  'base64',
);
const METRICS = Buffer.from(
  'Cs0BCh8KHQoMc2VydmljZS5uYW1lEg0KC2NsYXVkZS1jb2RlEqkBEqYBChdjbGF1ZGVfY29kZS50b2tlbi51c2FnZRoGdG9rZW5zOoIBCkE6DwoEdHlwZRIHCgVpbnB1dDoTCgpzZXNzaW9uLmlkEgUKA3MtMREAgJ0epA3qGBkAcqNIpQ3qGCEAAAAAAHKXQAo5OhAKBHR5cGUSCAoGb3V0cHV0OhMKCnNlc3Npb24uaWQSBQoDcy0xGQByo0ilDeoYMfn/////////EAEYAQ==',
  'base64',
);
const SIGNALS: readonly OtlpSignal[] = ['logs', 'metrics', 'traces'];

describe('an export request as protobuf', () => {
  test('tells of events as its form in JSON does', () => {
    const [event, ...others] = eventsOf([decodeOtlp('logs', LOGS) ?? {}]);
    expect(others).toEqual([]);
    // 1,795,262,400 seconds after 1970.
    expect(event).toMatchObject({ name: 'api_request', at: '2026-11-21T12:00:00.000Z' });
    expect(Object.fromEntries(event?.attributes ?? [])).toEqual({
      ...{ 'event.name': 'api_request', 'session.id': 's-1', model: 'claude-sonnet-4-5', cost_usd: 0.25 },
      ...{ input_tokens: '1000', output_tokens: '10', delta: '-5', ok: true },
    });
    expect(event?.resource.attributes.get('service.name')).toBe('claude-code');
  });

  test('tells of sums as its form in JSON does', () => {
    const record = decodeOtlp('metrics', METRICS);
    expect(pointsOf([record ?? {}])).toMatchObject([
      {
        ...{ metric: 'claude_code.token.usage', value: 1_500.5, cumulative: false },
        ...{ startedAt: '2026-11-21T12:00:00.000Z', at: '2026-11-21T12:00:05.000Z' },
      },
    ]);
    // A negative number is not an amount, but it was read.
    expect(JSON.stringify(record)).toContain('"asInt":"-7"');
  });

  test('tells of nothing that is not used, and of spans nothing at all', () => {
    expect(JSON.stringify(decodeOtlp('logs', LOGS))).not.toMatch(/severity|traceId|anthropic/);
    expect(decodeOtlp('traces', LOGS)).toEqual({ resourceSpans: [{ resource: expect.anything(), scopeSpans: [{}] }] });
    expect(decodeOtlp('logs', Buffer.alloc(0))).toEqual({});
  });
});

describe('bytes that are none', () => {
  test.each([
    ['that end in a length', LOGS.subarray(0, 1)],
    ['that are longer than what they stand in', Buffer.from([0x0a, 0x05, 0x0a, 0x7f])],
    ['with a number that never ends', Buffer.alloc(40, 0xff)],
    ['with a length beyond all bounds', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ['with a group', Buffer.from([0x0b, 0x0c])],
    ['of JSON', Buffer.from('{"resourceLogs":[]}')],
    ['with more messages than anybody needs', Buffer.from('0a00'.repeat(300_000), 'hex')],
  ])('%s are refused', (_name, bytes) => {
    expect(decodeOtlp('logs', bytes)).toBeNull();
  });

  test('of any kind are read or refused, and do no harm', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SIGNALS), fc.uint8Array({ maxLength: 400 }), (signal, bytes) => {
        const record = decodeOtlp(signal, Buffer.from(bytes));
        expect(record === null || (pointsOf([record]) && eventsOf([record])) !== null).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('that were a request before somebody changed or cut it are read or refused', () => {
    const whole = fc.constantFrom<[OtlpSignal, Buffer]>(['logs', LOGS], ['metrics', METRICS]);
    const change = fc.tuple(fc.nat(340), fc.nat(255));
    fc.assert(
      fc.property(whole, fc.array(change, { maxLength: 4 }), fc.nat(340), ([signal, bytes], changes, cut) => {
        const changed = Buffer.from(bytes.subarray(0, cut));
        for (const [at, value] of changes) if (at < changed.length) changed[at] = value;
        const record = decodeOtlp(signal, changed);
        for (const { value } of pointsOf([record ?? {}])) expect(value).toBeGreaterThanOrEqual(0);
        expect(eventsOf([record ?? {}]).length).toBeLessThan(400);
      }),
      { numRuns: 2_000 },
    );
  });
});
