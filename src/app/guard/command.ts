import { admissionReport, admissionText } from '../../surfaces/admission.ts';
import { LOCAL_REPO } from '../ledger/open-ledger.ts';
import { isDatabase } from '../ledger/place.ts';
import { agentOption } from '../shell/agent-option.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import type { Invocation } from '../shell/flags.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { type Asking, jobAsking } from './errand.ts';
import { type GuardOrder, guard } from './guard.ts';

/** `checkrein guard` on the command line. */
export async function guardCommand(invocation: Invocation, world: World): Promise<number> {
  const guarded = await guard(orderOf(invocation, world), world);
  const { admission, terms, left, notes } = guarded;
  const ledger = guarded.ledger === null || isDatabase(guarded.ledger) ? null : guarded.ledger;
  const frame = { left, notes, ledger };
  world.out.write(
    invocation.has('json') ? jsonLine(admissionReport(admission, frame)) : admissionText(admission, frame),
  );
  return admission.decision === 'deny' && terms.on_deny === 'fail' ? EXIT.denied : EXIT.done;
}

function orderOf(invocation: Invocation, world: World): GuardOrder {
  const { env } = world;
  const agent = agentOption(invocation);
  if (agent === null) throw new UsageError("'guard' needs --agent NAME: the agent that wants to start.");
  const ledger = invocation.value('ledger');
  const repo = invocation.value('repo') ?? (ledger === null ? (env['GITHUB_REPOSITORY'] ?? null) : null);
  const local = invocation.value('config');
  return {
    repo: repo ?? env['GITHUB_REPOSITORY'] ?? LOCAL_REPO,
    agent,
    asking: askingOf(invocation.value('run'), world),
    setOff: null,
    ledger,
    config: local !== null || repo === null ? { local } : { remote: CONFIG_PATH },
    haltVariable: env['CHECKREIN_HALT'] ?? '',
    overrideVariable: env['CHECKREIN_OVERRIDE'] ?? '',
    now: presentMoment(invocation.value('now'), world),
  };
}

/** Outside of Actions it is not known who started what. */
function askingOf(run: string | null, world: World): Asking {
  if (run === null) {
    if (world.env['GITHUB_RUN_ID'] === undefined) {
      throw new UsageError("'guard' needs --run NUMBER where there is no GITHUB_RUN_ID: a lease belongs to a run.");
    }
    return jobAsking(world, {});
  }
  if (!/^[1-9]\d{0,15}$/.test(run))
    throw new UsageError(`--run wants the id of a run, such as 4711, not ${quoted(run)}.`);
  return { workflow: null, run: Number(run), attempt: 1, job: null, actor: null, trigger: null, parent: null };
}
