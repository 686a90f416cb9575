import { spawn } from 'node:child_process';

/** Tells a program that it was restarted by itself. An argument, since no environment can set it. */
export const AGAIN = '--with-the-environment-of-the-beginning';

const ASKED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/**
 * Runs this program once more with another environment: much of it is read by Node only at startup. Passes on the runner's
 * requests.
 * @returns its exit code; null when it could not be started.
 */
export function runAgain(env: Readonly<Record<string, string>>): Promise<number | null> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', AGAIN], { env, stdio: 'inherit' });
  for (const signal of ASKED) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
