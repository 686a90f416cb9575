import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type {
  HaltScope,
  HaltTerms,
  HeldWorkflow,
  Initiator,
  PullReceipt,
  StopReceipt,
  UnloggedStop,
} from '../../core/halt.ts';
import { sha256 } from '../../core/hash.ts';
import { keptName } from '../../core/redact.ts';
import type { Actor } from '../../core/run.ts';
import { parseInstant } from '../../core/time.ts';
import { workflowState } from './declare.ts';

/** The stop of a receipt, as its issue should carry it. `by` is the process that stops. */
export function unloggedOf({ halt, workflows, pulls }: StopReceipt, by: string): UnloggedStop {
  const { scope, reason, at } = halt;
  return {
    key: sha256(JSON.stringify([at, by])).slice(0, 16),
    terms: { scope, by: halt.by, reason, at },
    held: workflows.map(({ path, id, before }) => ({ path, id, before })),
    pulls,
  };
}

/** A longer record leaves no room in an issue for what people read. */
const MAX_RECORD = 24_000;
/** The most that a record of that length can unpack to, should somebody have packed more into it. */
const MAX_UNPACKED = 1_000_000;

/**
 * A hidden line for the issue of a stop, empty when it would be too long. Paths, names and reasons are packed, so nothing in
 * them can end the comment.
 * @param seal signs the packed text.
 */
export function recordLine(stop: UnloggedStop, seal: ((text: string) => string) | null = null): string {
  const text = deflateRawSync(Buffer.from(JSON.stringify(stop))).toString('base64url');
  if (text.length > MAX_RECORD) return '';
  return `<!-- checkrein:stop ${text}${seal === null ? '' : ` ${seal(text)}`} -->`;
}

/** A record as it is in an issue, with the seal of its signer. */
export interface PackedRecord {
  readonly text: string;
  /** Null for an unsigned one. */
  readonly seal: string | null;
}

/** The first record in a text; null when there is none. */
export function packedIn(body: string): PackedRecord | null {
  const found = /^<!-- checkrein:stop ([\w-]{1,24000})(?: ([\w.-]{1,200}))? -->$/m.exec(body);
  return found === null ? null : { text: found[1] ?? '', seal: found[2] ?? null };
}

/**
 * The record in the issue of a stop; null when there is no valid one. Anybody who can edit an issue can write this: here the
 * form of each field is checked, and `believed` says which of them count.
 */
export function readRecord(body: string): UnloggedStop | null {
  const found = packedIn(body);
  const fields = found === null ? null : unpacked(found.text);
  if (fields === null) return null;
  const { key } = fields;
  const terms = termsIn(fields['terms']);
  const held = allIn(fields['held'], workflowIn);
  const pulls = allIn(fields['pulls'], pullIn);
  if (typeof key !== 'string' || !KEY.test(key) || terms === null || held === null || pulls === null) return null;
  return { key, terms, held, pulls };
}

const KEY = /^[0-9a-f]{16}$/;
const MOST_ENTRIES = 5_000;
const MAX_PATH = 1_000;
const MAX_REASON = 1_000;

type Fields = Readonly<Record<string, unknown>>;

function unpacked(text: string): Fields | null {
  try {
    const bytes = inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: MAX_UNPACKED });
    return fieldsOf(JSON.parse(bytes.toString('utf8')));
  } catch {
    // Whatever it is, we did not write it.
    return null;
  }
}

function fieldsOf(found: unknown): Fields | null {
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Fields) : null;
}

/** Null as soon as one of them is invalid: half a record would restore half of the earlier state. */
function allIn<Entry>(found: unknown, read: (fields: Fields) => Entry | null): readonly Entry[] | null {
  if (!Array.isArray(found) || found.length > MOST_ENTRIES) return null;
  const entries = found.map((one) => {
    const fields = fieldsOf(one);
    return fields === null ? null : read(fields);
  });
  return entries.every((one) => one !== null) ? entries : null;
}

function termsIn(found: unknown): HaltTerms | null {
  const fields = fieldsOf(found);
  if (fields === null) return null;
  const { reason } = fields;
  const at = parseInstant(fields['at']);
  const scope = scopeIn(fields['scope']);
  const by = initiatorIn(fields['by']);
  if (scope === null || by === null || typeof reason !== 'string' || at === null) return null;
  return { scope, by, reason: keptName(reason, MAX_REASON), at };
}

function scopeIn(found: unknown): HaltScope | null {
  const fields = fieldsOf(found);
  if (fields?.['kind'] === 'all') return { kind: 'all' };
  const names = fields?.['names'];
  if (fields?.['kind'] !== 'agents' || !Array.isArray(names) || names.length > MOST_ENTRIES) return null;
  return names.every((name) => typeof name === 'string') ? { kind: 'agents', names } : null;
}

function initiatorIn(found: unknown): Initiator | null {
  const fields = fieldsOf(found);
  switch (fields?.['kind']) {
    case 'operator': {
      const { login } = fields;
      return login === null || typeof login === 'string' ? { kind: 'operator', login } : null;
    }
    case 'rule': {
      const { rule, fingerprint } = fields;
      return typeof rule === 'string' && typeof fingerprint === 'string' ? { kind: 'rule', rule, fingerprint } : null;
    }
    case 'person':
      return personIn(fieldsOf(fields['actor']));
    default:
      return null;
  }
}

const ACCOUNTS: readonly Actor['type'][] = ['User', 'Bot', 'Organization', 'unknown'];

function personIn(actor: Fields | null): Initiator | null {
  if (actor === null) return null;
  const { id, login } = actor;
  const type = ACCOUNTS.find((word) => word === actor['type']);
  if (!isCount(id) || typeof login !== 'string' || type === undefined) return null;
  return { kind: 'person', actor: { id, login, type } };
}

function workflowIn({ path, id, before }: Fields): HeldWorkflow | null {
  if (typeof path !== 'string' || path.length > MAX_PATH || !isCount(id) || typeof before !== 'string') return null;
  return { path, id, before: workflowState(before) };
}

const AUTO_MERGE: readonly PullReceipt['autoMerge'][] = ['was_off', 'switched_off', 'failed', 'unknown'];
const QUEUE: readonly PullReceipt['queue'][] = ['was_out', 'taken_out', 'failed', 'unknown'];
const STATUS: readonly PullReceipt['status'][] = ['posted', 'failed'];

function pullIn({ number, head, ...words }: Fields): PullReceipt | null {
  const autoMerge = AUTO_MERGE.find((word) => word === words['autoMerge']);
  const queue = QUEUE.find((word) => word === words['queue']);
  const status = STATUS.find((word) => word === words['status']);
  if (!isCount(number) || typeof head !== 'string' || !/^[0-9a-f]{40,64}$/.test(head)) return null;
  if (autoMerge === undefined || queue === undefined || status === undefined) return null;
  return { number, head, autoMerge, queue, status };
}

function isCount(found: unknown): found is number {
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0;
}
