import { painter } from '../surfaces/terminal/paint.ts';
import { wasteLines } from '../surfaces/terminal/waste.ts';
import { type Invocation, unexpected } from './command-line.ts';
import { lookIntoLedger } from './ledger-facts.ts';
import { wasteNow, wasteView } from './review-view.ts';
import { jsonLine } from './screen.ts';
import { EXIT, UsageError, type World } from './world.ts';

const USUAL_WIDTH = 100;

/** `checkrein waste`: what became of the work of 28 days. */
export async function wasteCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length > 0) {
    throw new UsageError(`'waste' takes no further words, but got ${unexpected(invocation.operands)}.`);
  }
  const { facts, now, repo } = await lookIntoLedger(invocation, world);
  if (!invocation.has('json')) {
    const lines = wasteLines(wasteView(facts, now), painter(world.out.colour), world.out.columns ?? USUAL_WIDTH);
    world.out.write(`${lines.join('\n')}\n`);
    return EXIT.done;
  }
  const { report, advised } = wasteNow(facts, now);
  const { from, to, total, agents, work } = report;
  const runs = work.map(({ piece: { run, agent, trigger, at, usd, unpriced }, class: kind, because, pulls }) => ({
    ...{ run, agent, trigger, at, usd: usd === 0 && unpriced > 0 ? null : usd, class: kind, because, pulls },
  }));
  world.out.write(jsonLine({ repo, from, to, total, agents, savings: advised, told: facts.savings, runs }));
  return EXIT.done;
}
