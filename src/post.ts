/** Only this file and the other entry points read the environment. */
const { env } = process;

const STATE_OF_ENV = 'STATE_checkrein-env';

// Most steps have no guard: they end here, without loading anything.
const handover = env['STATE_checkrein-guard'] ?? '';
if (handover !== '' && !(await wasDoneAgain())) {
  const hurry = new AbortController();
  // A runner that cancels a job asks first and kills ten seconds later.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => hurry.abort());
  const [{ randomUUID }, { setTimeout: sleep }, { runnerHost }, { exitSoon }, { postAction }] = await Promise.all([
    import('node:crypto'),
    import('node:timers/promises'),
    import('./app/shell/runner-host.ts'),
    import('./app/shell/ending.ts'),
    import('./app/guard/post-action.ts'),
  ]);
  const log = { write: (text: string) => process.stdout.write(text), columns: null, colour: false };
  const exit = await postAction(
    runnerHost(env['GITHUB_STEP_SUMMARY'] !== undefined),
    { handover, meter: env['STATE_checkrein-meter'] ?? '', kept: env[STATE_OF_ENV] ?? '', hurry: hurry.signal },
    {
      now: () => new Date().toISOString(),
      by: randomUUID(),
      sleep: (duration) => sleep(duration),
      env,
      out: log,
      err: log,
      program: 'checkrein',
      helpers: [],
    },
  );
  // Requests that nobody waits for any more must not keep the job alive.
  exitSoon(exit);
}

/**
 * What a later step wrote into `GITHUB_ENV` must not decide whom the end of the job trusts and where it goes. If any of that was
 * changed since the guard, the work is done by a process with the original values.
 */
async function wasDoneAgain(): Promise<boolean> {
  const [{ unbent }, { AGAIN, runAgain }] = await Promise.all([
    import('./app/guard/kept-env.ts'),
    import('./app/guard/run-again.ts'),
  ]);
  const before = process.argv[2] === AGAIN ? null : unbent(env, env[STATE_OF_ENV] ?? '');
  if (before === null) return false;
  process.stdout.write(`Since the guard these were changed, and do not count here: ${before.names}\n`);
  const exit = await runAgain(before.env);
  if (exit === null) return false;
  process.exitCode = exit;
  return true;
}
