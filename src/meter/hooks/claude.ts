import { join } from 'node:path';
import { MARK } from '../processes.ts';
import { type HookEntry, type HookTerms, hookAddress, MARK_HEADER, quoted } from './engines.ts';

/** A file that says that no more calls may happen, for the hook that has no other way to know. */
export const STOPPED_FILE = 'stopped';

/** Seconds: a hanging hook must not delay an agent that is allowed to work. */
const TIMEOUT = 5;

/**
 * The hooks of Claude Code that ask the meter before each tool call. The first one asks over HTTP. Claude Code continues if
 * nobody answers, so in enforce mode a second one refuses each call while the meter is gone. It only uses what every shell
 * has built in, because starting a program would cost more than the question. There is none on Windows, where no shell can
 * tell whether a process is alive.
 */
export function claudeHooks(terms: HookTerms): HookEntry {
  const ask = {
    type: 'http',
    url: hookAddress('claude', terms),
    timeout: TIMEOUT,
    ...(terms.shared ? { headers: { [MARK_HEADER]: `$${MARK}` }, allowedEnvVars: [MARK] } : {}),
  };
  const fence = { type: 'command', command: fenceCommand(terms), timeout: TIMEOUT };
  const isFenced = terms.mode === 'enforce' && process.platform !== 'win32';
  return { event: 'PreToolUse', entry: { matcher: '*', hooks: isFenced ? [ask, fence] : [ask] }, head: {} };
}

function fenceCommand({ pid, born, mark, key, folder, shared }: HookTerms): string {
  const gone = 'Checkrein: the meter that watches this agent is gone, so no tool may be used';
  // `key` is in it so that it can be found and removed later. A meter that is stopped (T) or dead (Z) answers nobody.
  const lives =
    born === ''
      ? `kill -0 ${pid} 2>/dev/null`
      : `{ read -r s < /proc/${pid}/stat; } 2>/dev/null && case "$s" in *") "[TtZX]" "*) false;; *" ${born} "*) :;; *) false;; esac`;
  const ours = shared ? `[ "$${MARK}" = ${quoted(mark)} ] || exit 0; ` : '';
  const free = `[ ! -e ${quoted(join(folder, STOPPED_FILE))} ]`;
  return `: ${key}; ${ours}if ${free} && ${lives}; then exit 0; fi; echo ${quoted(gone)} >&2; exit 2`;
}
