import { act } from './act.ts';
import { gather } from './gather/gather.ts';
import { remember, rememberOutcome } from './gather/remember.ts';
import type { WatchJob } from './job.ts';
import { confirm } from './judge/confirm.ts';
import { judge } from './judge/judge.ts';
import { readAhead } from './judge/read-ahead.ts';
import { tidy } from './ledger/tidy.ts';
import { tellStandingHalt } from './stop/tell-halt.ts';
import { followUp, uphold } from './stop/uphold.ts';
import { hearClosings } from './tell/hear-closings.ts';
import { show, type Watched } from './tell/show.ts';
import { tell } from './tell/tell.ts';
import { triage } from './tell/triage.ts';

/**
 * One run of Checkrein, from the outside world to the people who read about it. The work of each stage is in the ledger before
 * the next one begins, so that the next run continues what a run that died has left.
 * @throws OutsideFailure when the ledger cannot be read or written; a source that fails does not end the run.
 */
export async function watch(begun: WatchJob): Promise<Watched> {
  const heard = begun.hear === null ? [] : [await begun.hear()];
  const before = await begun.ledger.read();
  const upheld = await uphold(begun, before.state);
  const gathered = await gather(begun, before.state, heard);
  const remembered = await remember(begun, gathered);
  const closed = await hearClosings(begun, remembered.state);
  const ahead = await readAhead(begun, remembered.state);
  const { job, judged } = await confirm(begun, await judge(begun, ahead));
  const receipts = await act(job, judged);
  const outcome = await rememberOutcome(job, receipts, judged.ledger);
  const sent = await tell(job, outcome.state);
  const guessed = await triage(job, { judged, ahead, state: outcome.state });
  const followed = await followUp(job, outcome.state);
  const after =
    followed.done || sent.done || guessed.done ? { ...(await job.ledger.read()), appended: outcome.appended } : outcome;
  const told = await tellStandingHalt(job, after.state);
  const tidied = await tidy(job, after.state);
  const last = tidied.done ? { ...(await job.ledger.read()), appended: after.appended } : after;
  return show(job, {
    upheld: [upheld, followed, told, closed, sent, guessed],
    ...{ gathered, remembered, judged, receipts, tidied },
    after: last,
  });
}
