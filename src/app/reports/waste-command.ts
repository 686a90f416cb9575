import { painter } from '../../surfaces/terminal/paint.ts';
import { wasteLines } from '../../surfaces/terminal/waste.ts';
import { wasteSummary, wasteView } from '../review/view.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { lookIntoLedger } from './look.ts';

const USUAL_WIDTH = 100;

/** `checkrein waste`: what became of the work of 28 days. */
export async function wasteCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length > 0) {
    throw new UsageError(`'waste' takes no further words, but got ${unexpected(invocation.operands)}.`);
  }
  const { facts, repo } = await lookIntoLedger(invocation, world);
  if (!invocation.has('json')) {
    const lines = wasteLines(wasteView(facts), painter(world.out.colour), world.out.columns ?? USUAL_WIDTH);
    world.out.write(`${lines.join('\n')}\n`);
    return EXIT.done;
  }
  const runs = facts
    .waste()
    .work.map(({ piece: { run, agent, trigger, at, usd, unpriced }, class: kind, because, pulls }) => ({
      ...{ run, agent, trigger, at, usd: usd === 0 && unpriced > 0 ? null : usd, class: kind, because, pulls },
    }));
  world.out.write(jsonLine({ repo, ...wasteSummary(facts), runs }));
  return EXIT.done;
}
