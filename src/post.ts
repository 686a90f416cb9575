/** The environment is read here and in the other shells, and nowhere else. */
const { env } = process;

// Most steps have no guard: they end here, without loading anything.
const handover = env['STATE_checkrein-guard'] ?? '';
if (handover !== '') {
  const hurry = new AbortController();
  // A runner that cancels a job asks first and kills ten seconds later.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => hurry.abort());
  const [{ randomUUID }, { setTimeout: sleep }, core, { postAction }] = await Promise.all([
    import('node:crypto'),
    import('node:timers/promises'),
    import('@actions/core'),
    import('./app/post-action.ts'),
  ]);
  const log = { write: (text: string) => process.stdout.write(text), columns: null, colour: false };
  const exit = await postAction(
    {
      input: (name) => core.getInput(name),
      output: (name, value) => core.setOutput(name, value),
      state: (name, value) => core.saveState(name, value),
      variable: (name, value) => core.exportVariable(name, value),
      mask: (secret) => core.setSecret(secret),
      error: (message) => core.error(message),
      warning: (message) => core.warning(message),
      summary: async (markdown) => {
        if (env['GITHUB_STEP_SUMMARY'] === undefined)
          core.warning('This runner keeps no job summary; none was written.');
        else await core.summary.addRaw(markdown).write();
      },
    },
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
