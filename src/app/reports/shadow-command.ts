import { after, DAY, type Duration } from '../../core/time.ts';
import { shadowReport } from '../../metrics/shadow/report.ts';
import { painter } from '../../surfaces/terminal/paint.ts';
import { shadowLines } from '../../surfaces/terminal/shadow.ts';
import { factsOf } from '../ledger/facts-of.ts';
import { DEFAULT_ADDRESS, LOCAL_REPO, openToRead } from '../ledger/open-ledger.ts';
import { databaseOf } from '../ledger/place.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { sinceLength } from './since-length.ts';

const USUAL: Duration = 30 * DAY;
/** How long single sessions are kept. */
const LONGEST: Duration = 35 * DAY;
const USUAL_WIDTH = 100;

/** `checkrein shadow`: what enforce mode would have done. */
export async function shadowCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length > 0) {
    throw new UsageError(`'shadow' takes no further words, but got ${unexpected(invocation.operands)}.`);
  }
  const now = presentMoment(invocation.value('now'), world);
  const since = sinceLength(invocation, { usual: USUAL, longest: LONGEST });
  const address = invocation.value('ledger') ?? databaseOf(world) ?? DEFAULT_ADDRESS;
  const ledger = await openToRead(address, { world, now: () => now, repo: null, github: null });
  const { state } = await ledger.read();
  const report = shadowReport(factsOf(state, state.watched ?? LOCAL_REPO, now), after(now, -since), now);
  if (invocation.has('json')) world.out.write(jsonLine(report));
  else {
    const lines = shadowLines(report, painter(world.out.colour), world.out.columns ?? USUAL_WIDTH);
    world.out.write(`${lines.join('\n')}\n`);
  }
  return EXIT.done;
}
