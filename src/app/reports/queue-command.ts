import { painter } from '../../surfaces/terminal/paint.ts';
import { queueLines } from '../../surfaces/terminal/queue.ts';
import { outlookNow, queueReport, queueView } from '../review/view.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { lookIntoLedger } from './look.ts';

const USUAL_WIDTH = 100;

/** `checkrein queue`: the pull requests of agents that wait for people. */
export async function queueCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length > 0) {
    throw new UsageError(`'queue' takes no further words, but got ${unexpected(invocation.operands)}.`);
  }
  const { facts, config, now, repo } = await lookIntoLedger(invocation, world);
  const outlook = outlookNow(facts, config.reviews, now);
  const view = queueView(outlook);
  if (!invocation.has('json')) {
    const lines = queueLines(view, painter(world.out.colour), world.out.columns ?? USUAL_WIDTH);
    world.out.write(`${lines.join('\n')}\n`);
    return EXIT.done;
  }
  world.out.write(jsonLine({ now, repo, ...queueReport(outlook) }));
  return EXIT.done;
}
