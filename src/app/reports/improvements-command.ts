import type { ImprovementCase } from '../../core/improvement.ts';
import { keptName } from '../../core/redact.ts';
import { formatDuration } from '../../core/time.ts';
import { improvementFacts } from '../../metrics/improvements.ts';
import { changeWords, metricWords } from '../../metrics/verdict/words.ts';
import { type ImprovementRow, improvementLines } from '../../surfaces/terminal/improvements.ts';
import { painter } from '../../surfaces/terminal/paint.ts';
import { DEFAULT_ADDRESS, openToRead } from '../ledger/open-ledger.ts';
import { databaseOf } from '../ledger/place.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';

const USUAL_WIDTH = 120;

/** `checkrein improvements`: the changes of agents and what became of them. */
export async function improvementsCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length > 0) {
    throw new UsageError(`'improvements' takes no further words, but got ${unexpected(invocation.operands)}.`);
  }
  const now = presentMoment(invocation.value('now'), world);
  const address = invocation.value('ledger') ?? databaseOf(world) ?? DEFAULT_ADDRESS;
  const ledger = await openToRead(address, { world, now: () => now, repo: null, github: null });
  const { state } = await ledger.read();
  const { cases } = improvementFacts(state.improvements, state.pulls);
  if (invocation.has('json')) {
    world.out.write(jsonLine({ now, improvements: cases.map(written) }));
    return EXIT.done;
  }
  const lines = improvementLines(cases.map(rowOf), painter(world.out.colour), world.out.columns ?? USUAL_WIDTH);
  world.out.write(`${lines.join('\n')}\n`);
  return EXIT.done;
}

function rowOf({ pull, stage, mark, hypothesis, problem, judgements, rollback }: ImprovementCase): ImprovementRow {
  const { comparisons = [] } = judgements.at(-1) ?? {};
  const told = comparisons.find(({ verdict }) => verdict === 'worse') ?? comparisons[0];
  const by = hypothesis?.by == null ? '' : ` ${Math.round(hypothesis.by * 1e4) / 100} %`;
  const promise = hypothesis === null ? (problem ?? '') : `${hypothesis.metric} ${hypothesis.direction}${by}`;
  const end = rollback?.ended?.outcome.replaceAll('_', ' ') ?? (rollback?.mergedAt == null ? 'waits' : 'merged');
  const took = rollback?.ended?.took == null ? '' : ` in ${formatDuration(rollback.ended.took)}`;
  return {
    ...{ pull, stage, promise },
    agent: keptName(mark?.agent ?? ''),
    found: told === undefined ? '' : `${metricWords(told.metric)} ${changeWords(told)}`,
    rollback: rollback === null ? '' : `#${rollback.revert} ${end}${took}`,
  };
}

/** Durations end in `Ms`, as everywhere in JSON. */
function written({
  pull,
  stage,
  mark,
  hypothesis,
  saidBy,
  problem,
  validated,
  deployed,
  judgements,
  held,
  rollback,
}: ImprovementCase) {
  return {
    ...{ pull, stage, agent: mark?.agent ?? null },
    hypothesis: hypothesis === null ? null : { ...renamed(hypothesis), by: hypothesis.by, saidBy },
    ...{ problem, validated, deployed, judgements, held },
    rollback:
      rollback === null
        ? null
        : {
            ...{ revert: rollback.revert, url: rollback.url, by: rollback.by.kind, way: rollback.way },
            ...{ askedAt: rollback.askedAt, mergedAt: rollback.mergedAt },
            outcome: rollback.ended?.outcome ?? null,
            tookMs: rollback.ended?.took ?? null,
          },
  };
}

function renamed({ metric, direction, within, guardrails, agent }: NonNullable<ImprovementCase['hypothesis']>) {
  return { metric, direction, withinMs: within, guardrails, agent };
}
