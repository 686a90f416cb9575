import type { Errand } from '../../core/budget.ts';
import type { LimitName, MeterCause, MeterReport, RefusedCall } from '../../core/guard.ts';
import { type GuardRecord, MAX_GUARD_RECORD, type MeterFate, type SessionAccount } from '../../core/guard-record.ts';
import { sha256 } from '../../core/hash.ts';
import { CERTAINTIES, decodeSession, ENGINES, encodeSession } from './decode-session.ts';
import {
  amountOf,
  countOf,
  type Fields,
  fieldsOf,
  listOf,
  momentOf,
  NotOurs,
  nameOf,
  orNull,
  textOf,
  wordOf,
} from './fields.ts';

/**
 * A record as a file: a line with the hash of the next one, which is the record. The hash proves that the bytes are unchanged, not
 * who wrote them.
 */
export function encodeRecord(record: GuardRecord): string {
  const text = JSON.stringify({ ...record, sessions: record.sessions.map(encodeSession) });
  return `${JSON.stringify({ v: 1, sha256: sha256(text) })}\n${text}\n`;
}

/** Decodes a record from an untrusted file. The problem is a sentence of ours that quotes nothing of it. */
export function decodeRecord(bytes: Uint8Array): { readonly record: GuardRecord } | { readonly problem: string } {
  if (bytes.length > MAX_GUARD_RECORD) return { problem: 'it is too large' };
  try {
    const [first = '', text = ''] = new TextDecoder().decode(bytes).split('\n', 2);
    const head = fieldsOf(JSON.parse(first), 'it');
    if (head['v'] !== 1) return { problem: 'its version is not known' };
    if (head['sha256'] !== sha256(text)) return { problem: 'it was changed or cut off' };
    return { record: recordOf(fieldsOf(JSON.parse(text), 'the record')) };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: 'it is no JSON' };
    if (error instanceof NotOurs) return { problem: error.message };
    throw error;
  }
}

function recordOf(at: Fields): GuardRecord {
  if (at['v'] !== 1) throw new NotOurs('its version is not known');
  return {
    v: 1,
    errand: errandOf(fieldsOf(at['errand'], 'the errand')),
    mode: wordOf(at['mode'], ['shadow', 'enforce'], 'the mode'),
    decision: wordOf(at['decision'], ['allow', 'warn', 'deny'], 'the decision'),
    lease: orNull(at['lease'], 'the lease', textOf(400)),
    startedAt: momentOf(at['startedAt'], 'the start'),
    endedAt: momentOf(at['endedAt'], 'the end'),
    sessions: listOf(at['sessions'], 20, 'the sessions', decodeSession),
    accounts: listOf(at['accounts'], 60, 'the accounts', accountOf),
    unread: listOf(at['unread'], 20, 'what could not be read', (line) => textOf(240)(line, 'a line')),
    meter: meterOf(fieldsOf(at['meter'], 'the meter')),
    ledger: wordOf(at['ledger'], ['held', 'rewritten', 'unknown'], 'the ledger'),
  };
}

function errandOf(at: Fields): Errand {
  return {
    agent: nameOf(at['agent'], 'the agent'),
    workflow: orNull(at['workflow'], 'the workflow', textOf(300)),
    run: countOf(at['run'], 'the run'),
    attempt: countOf(at['attempt'], 'the attempt'),
    job: orNull(at['job'], 'the job', nameOf),
    actor: orNull(at['actor'], 'the actor', nameOf),
    trigger: orNull(at['trigger'], 'the trigger', nameOf),
    parent: orNull(at['parent'], 'the run above', countOf),
  };
}

function accountOf(value: unknown): SessionAccount {
  const at = fieldsOf(value, 'an account');
  const hash = at['sha256'];
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw new NotOurs('the hash of an account is none');
  return {
    place: wordOf(at['place'], ['output', 'home'], 'its place'),
    file: nameOf(at['file'], 'its file'),
    sha256: hash,
    bytes: countOf(at['bytes'], 'its size'),
    engine: wordOf(at['engine'], ENGINES, 'its engine'),
    format: nameOf(at['format'], 'its format'),
    engineSession: orNull(at['engineSession'], 'its session', nameOf),
    startedAt: orNull(at['startedAt'], 'its start', momentOf),
    endedAt: orNull(at['endedAt'], 'its end', momentOf),
    tokens: orNull(at['tokens'], 'its tokens', amountOf),
    usd: orNull(at['usd'], 'its cost', amountOf),
    turns: orNull(at['turns'], 'its turns', countOf),
    certainty: wordOf(at['certainty'], CERTAINTIES, 'how well it is known'),
  };
}

function meterOf(at: Fields): MeterFate {
  const kind = wordOf(at['kind'], ['none', 'ended', 'died', 'forged'], 'what became of the meter');
  switch (kind) {
    case 'none':
    case 'forged':
      return { kind };
    case 'ended':
      return { kind, report: decodeReport(at['report']) };
    case 'died':
      return { kind, report: orNull(at['report'], 'its last report', decodeReport) };
    default:
      return kind satisfies never;
  }
}

/** The meter's report. It was stored next to the agent, which may have written it. @throws NotOurs */
function decodeReport(value: unknown): MeterReport {
  const at = fieldsOf(value, 'the report of the meter');
  const use = fieldsOf(at['use'], 'what it saw');
  return {
    startedAt: momentOf(at['startedAt'], 'its start'),
    beatAt: momentOf(at['beatAt'], 'its last word'),
    endedAt: orNull(at['endedAt'], 'its end', momentOf),
    use: {
      usd: orNull(use['usd'], 'the dollars', amountOf),
      tokens: orNull(use['tokens'], 'the tokens', amountOf),
      turns: orNull(use['turns'], 'the turns', amountOf),
      minutes: amountOf(use['minutes'], 'the minutes'),
      calls: orNull(use['calls'], 'the calls', amountOf),
    },
    heard: listOf(at['heard'], 2, 'what it heard', (by) => wordOf(by, ['telemetry', 'files'], 'what it heard')),
    stop: orNull(at['stop'], 'why it ended the session', stopOf),
    refused: listOf(at['refused'], 100, 'the refused calls', refusedOf),
    moreRefused: countOf(at['moreRefused'], 'how many more were refused'),
    problems: listOf(at['problems'], 50, 'its problems', (line) => textOf(240)(line, 'a problem')),
  };
}

function stopOf(value: unknown): NonNullable<MeterReport['stop']> {
  const at = fieldsOf(value, 'why it ended the session');
  return {
    cause: causeOf(fieldsOf(at['cause'], 'the cause')),
    at: momentOf(at['at'], 'when it ended the session'),
    mode: wordOf(at['mode'], ['shadow', 'enforce'], 'its mode'),
    hands: listOf(at['hands'], 3, 'by what', (hand) => wordOf(hand, ['hook', 'process', 'run'], 'by what')),
    took: orNull(at['took'], 'how long that took', amountOf),
  };
}

const LIMITS: readonly LimitName[] = ['usd', 'tokens', 'turns', 'minutes', 'repeats', 'usd_per_minute'];

function causeOf(at: Fields): MeterCause {
  const kind = wordOf(at['kind'], ['limit', 'halt', 'ledger'], 'the cause');
  if (kind === 'halt') return { kind, generation: countOf(at['generation'], 'the stop') };
  if (kind === 'ledger') return { kind, how: wordOf(at['how'], ['gone', 'rewound'], 'what became of the ledger') };
  return {
    kind,
    limit: wordOf(at['limit'], LIMITS, 'the limit'),
    used: amountOf(at['used'], 'what was used'),
    allowed: amountOf(at['allowed'], 'what was allowed'),
  };
}

function refusedOf(value: unknown): RefusedCall {
  const at = fieldsOf(value, 'a refused call');
  return {
    at: momentOf(at['at'], 'when'),
    tool: nameOf(at['tool'], 'the tool'),
    because: wordOf(at['because'], ['read_only', 'scope', 'halt', 'ledger', 'limit'], 'why'),
    path: orNull(at['path'], 'the path', nameOf),
  };
}
