import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The folder of the spool: what CHECKREIN_SPOOL says, else one among the job's temporary files, which GitHub clears away after
 * each job; null where neither is said.
 */
export function namedSpool(env: Env): string | null {
  const named = env['CHECKREIN_SPOOL'] ?? '';
  if (named !== '') return named;
  const temporary = env['RUNNER_TEMP'] ?? '';
  return temporary === '' ? null : join(temporary, '.checkrein', 'spool');
}

/** As `namedSpool`; outside of a job a folder among the temporary files of this user. */
export function spoolFolder(env: Env): string {
  return namedSpool(env) ?? join(tmpdir(), `.checkrein-${process.getuid?.() ?? 'user'}`, 'spool');
}
