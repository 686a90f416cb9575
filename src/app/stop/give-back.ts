import { attempt } from '../../core/failure.ts';
import type { Halt, Residue } from '../../core/halt.ts';
import { residueOf } from '../../responses/stop/receipt.ts';
import { everKnown } from '../../sources/agents/fold.ts';
import type { ResumeJob } from './resume-job.ts';

/**
 * Returns what this resume brought back to a stop that was declared meanwhile. It continues that stop like any process of it:
 * workflows are switched off again, what they have started ends, statuses are red, levers are pulled, and a receipt proves it. If
 * somebody resumes that stop too, it yields like any stop. Always returns something to report.
 */
export async function giveBack(job: ResumeJob, newer: Halt, enabled: readonly string[]): Promise<readonly Residue[]> {
  const { generation } = newer;
  const gone = await attempt(async () => {
    const [{ goOn }, { state }] = await Promise.all([import('./go-on.ts'), job.ledger.read()]);
    const agents = everKnown(state.agents, job.now());
    return await goOn({ ...job, agents, progress: () => undefined }, generation);
  });
  const left = gone.ok ? (gone.value?.residue ?? []) : [residueOf('ledger', job.ledger.place, gone.failure)];
  const named = left.flatMap(({ what, id }) => (what === 'workflow' ? [id] : []));
  return [
    ...told(
      job,
      generation,
      enabled.filter((path) => !named.includes(path)),
    ),
    ...left,
  ];
}

function told({ ledger }: ResumeJob, generation: number, enabled: readonly string[]): readonly Residue[] {
  const declared = `Stop ${generation} was declared while the resume of an older one went on`;
  const remedy = `Look at why stop ${generation} was declared, and resume that one if it is right`;
  if (enabled.length === 0) return [{ what: 'ledger', id: ledger.place, why: `${declared} and holds`, remedy }];
  return enabled.map((path) => ({
    what: 'workflow',
    id: path,
    why: `${declared}, so it is left to that stop`,
    remedy,
  }));
}
