import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The folder of the spool: the value of CHECKREIN_SPOOL, else a folder among the job's temporary files, which GitHub deletes
 * after each job; null when neither is set.
 */
export function namedSpool(env: Env): string | null {
  const named = env['CHECKREIN_SPOOL'] ?? '';
  if (named !== '') return named;
  const temporary = env['RUNNER_TEMP'] ?? '';
  return temporary === '' ? null : join(temporary, '.checkrein', 'spool');
}

/** Like `namedSpool`, but outside of a job it is a folder among this user's temporary files. */
export function spoolFolder(env: Env): string {
  return namedSpool(env) ?? join(tmpdir(), `.checkrein-${process.getuid?.() ?? 'user'}`, 'spool');
}
