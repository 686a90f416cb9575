import type { SessionFormat } from '../format.ts';
import { asObject } from '../json/fields.ts';
import { CODEX_EXEC, readCodexExec } from './exec.ts';
import { CODEX_ROLLOUT, readCodexRollout } from './rollout.ts';
import { isBareHeader, isBareRecord } from './rows.ts';

const ROWS: readonly unknown[] = ['session_meta', 'turn_context', 'event_msg', 'response_item', 'token_usage_record'];
const EVENTS: readonly unknown[] = ['thread.started', 'turn.started', 'turn.completed', 'turn.failed'];
const ITEM_EVENTS: readonly unknown[] = ['item.started', 'item.updated', 'item.completed'];

/** The record that Codex keeps of a thread, in `$CODEX_HOME/sessions`. */
export const codexRollout: SessionFormat = {
  name: CODEX_ROLLOUT,
  engine: 'codex',
  title: 'a Codex rollout',
  recognises: ({ records }) =>
    records.some((record) => ROWS.includes(record['type']) && asObject(record['payload']) !== null) ||
    (records.some(isBareHeader) && records.some(isBareRecord)),
  read: readCodexRollout,
};

/** What `codex exec --json` prints. */
export const codexExec: SessionFormat = {
  name: CODEX_EXEC,
  engine: 'codex',
  title: 'output of `codex exec --json`',
  recognises: ({ records }) =>
    records.some(({ type, item }) => EVENTS.includes(type) || (ITEM_EVENTS.includes(type) && asObject(item) !== null)),
  read: readCodexExec,
};
