import { attempt, type Result } from '../../core/failure.ts';
import { type Duration, SECOND } from '../../core/time.ts';

/** How often something that must not fail is tried while the failure may pass. */
const TRIES = 3;
const PAUSE: Duration = 2 * SECOND;

/** Retries something that must not fail, as long as the failure may pass by itself. */
export async function insistently<T>(
  { sleep }: { readonly sleep: (duration: Duration) => Promise<void> },
  work: () => Promise<T>,
): Promise<Result<T>> {
  for (let tries = 1; ; tries++) {
    const result = await attempt(work);
    if (result.ok || !result.failure.retry || tries === TRIES) return result;
    await sleep(PAUSE * tries);
  }
}
