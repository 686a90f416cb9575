/** The environment is read here and in the other shells, and nowhere else. */
const { env } = process;

// Most steps have no guard: they end here, without loading anything.
const handover = env['STATE_checkrein-guard'] ?? '';
if (handover !== '') {
  const hurry = new AbortController();
  // A runner that cancels a job asks first and kills ten seconds later.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => hurry.abort());
  const [{ randomUUID }, { setTimeout: sleep }, { runnerHost }, { postAction }] = await Promise.all([
    import('node:crypto'),
    import('node:timers/promises'),
    import('./app/shell/runner-host.ts'),
    import('./app/guard/post-action.ts'),
  ]);
  const log = { write: (text: string) => process.stdout.write(text), columns: null, colour: false };
  const exit = await postAction(
    runnerHost(env['GITHUB_STEP_SUMMARY'] !== undefined),
    { handover, meter: env['STATE_checkrein-meter'] ?? '', hurry: hurry.signal },
    {
      now: () => new Date().toISOString(),
      by: randomUUID(),
      sleep: (duration) => sleep(duration),
      env,
      out: log,
      err: log,
      program: 'checkrein',
    },
  );
  // Requests that nobody waits for any more must not keep the job.
  process.exit(exit);
}
