import { type MeterFate, reportOf } from '../../core/guard-record.ts';
import type { MeterHandle } from '../../meter/plan.ts';

/** Ends the meter that the step before the agent started; `handle` is what that step left, empty when it started none. */
export async function endMeter(handle: string): Promise<MeterFate> {
  if (handle === '') return { kind: 'none' };
  const meter = JSON.parse(handle) as MeterHandle;
  const { holdsHook } = await import('../../meter/hooks/install.ts');
  const hooked = meter.settings.every((path) => holdsHook(path, meter.key));
  const { finishMeter } = await import('../../meter/finish.ts');
  const fate = await finishMeter(meter);
  const report = reportOf(fate);
  return hooked || report === null || fate.kind === 'forged'
    ? fate
    : { ...fate, report: { ...report, problems: [...report.problems, UNHOOKED] } };
}

/** In the words by which the check of `watch` recognises it. */
const UNHOOKED = 'Hooks were removed from the settings of the engine';
