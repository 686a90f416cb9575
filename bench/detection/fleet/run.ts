import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Firing, middleOf, scoreFirings } from '../../../src/alerts/score.ts';
import { type Replayed, replay } from '../../../src/app/reports/replay.ts';
import { HOUR, MINUTE } from '../../../src/core/time.ts';
import { contenders } from './contenders.ts';
import { type IncidentPlan, PLANS } from './incidents.ts';
import { type Fleet, type Planted, simulate } from './simulate.ts';

/** What became of one incident. */
interface Outcome {
  readonly plan: Planted['plan'];
  readonly agent: string;
  readonly stated: boolean;
  /** Null where it was not found. */
  readonly found: { readonly rule: string; readonly hours: number; readonly sessions: number } | null;
}

/** What one judge made of one fleet. */
interface Figures {
  readonly agentMonths: number;
  readonly outcomes: readonly Outcome[];
  readonly wrong: readonly { readonly fleet: number; readonly firing: Firing }[];
}

/** An alert counts for an incident until so long after its end. */
const LATENCY = 24 * HOUR;

const { values } = parseArgs({
  options: {
    fleets: { type: 'string', default: '200' },
    first: { type: 'string', default: '1' },
    /** Where what was found is kept, fleet by fleet. */
    findings: { type: 'string' },
    /** Prints what is kept in these files, with commas between them, and runs nothing: for runs side by side. */
    from: { type: 'string' },
    only: { type: 'string' },
    /** Minutes between two looks, at least. */
    pace: { type: 'string', default: '10' },
  },
});

const byJudge = new Map<string, Figures[]>();
if (values.from === undefined) await runAll();
else for (const path of values.from.split(',')) add(JSON.parse(readFileSync(path, 'utf8')));
printSummary();
for (const name of ['checkrein', 'z-score > 3 by day']) printStated(name);
for (const name of ['checkrein', 'z-score > 3 by day']) printKinds(name);
printWrong();

function add(kept: Readonly<Record<string, readonly Figures[]>>): void {
  for (const [name, figures] of Object.entries(kept)) byJudge.set(name, [...(byJudge.get(name) ?? []), ...figures]);
}

async function runAll(): Promise<void> {
  const began = performance.now();
  let looks = 0;
  for (let n = 0; n < Number(values.fleets); n += 1) {
    looks += await runOne(Number(values.first) + n);
    process.stderr.write(`\r${n + 1} of ${values.fleets} fleets`);
    if (values.findings !== undefined) writeFileSync(values.findings, JSON.stringify(Object.fromEntries(byJudge)));
  }
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  console.log(`\n${values.fleets} fleets from seed ${values.first}, ${looks} looks, ${seconds} s\n`);
}

async function runOne(seed: number): Promise<number> {
  const fleet = simulate(seed, Number(values.pace) * MINUTE);
  const judges = contenders(fleet.agents, seed).filter(({ name }) => values.only === undefined || name === values.only);
  const replayed = await replay(fleet.stretches, judges, { repo: fleet.repo, least: 'warning', marks: null });
  for (const one of replayed.judges) add({ [one.name]: [figuresOf(one, fleet, seed)] });
  return replayed.looks;
}

function figuresOf({ firings }: Replayed, fleet: Fleet, seed: number): Figures {
  const verdicts = fleet.incidents.map(({ verdict }) => verdict);
  const score = scoreFirings(firings, verdicts, { latency: LATENCY, slack: 0, complete: true });
  const outcomes = fleet.incidents.map(({ plan, agent, stated, verdict, missed }, i): Outcome => {
    const met = score.incidents[i];
    const firing = met?.firing ?? null;
    if (firing === null || met?.delay === null || met?.delay === undefined) return { plan, agent, stated, found: null };
    // A session that did not take place counts as one: of a silence nothing else can be learned.
    const told = [...(fleet.learned[agent] ?? []), ...missed].filter((at) => at > verdict.from && at <= firing.at);
    return { plan, agent, stated, found: { rule: firing.rule, hours: met.delay / HOUR, sessions: told.length } };
  });
  return { agentMonths: fleet.agentMonths, outcomes, wrong: score.wrong.map((firing) => ({ fleet: seed, firing })) };
}

interface Total {
  readonly recall: number;
  readonly claimed: number;
  readonly falseAlarms: number;
  /** Of the stated, the share that was told within one session or one hour. */
  readonly prompt: number;
}

function totalOf(figures: readonly Figures[]): Total {
  const outcomes = figures.flatMap((one) => one.outcomes);
  const months = figures.reduce((sum, one) => sum + one.agentMonths, 0);
  return {
    recall: recallOf(outcomes),
    claimed: recallOf(outcomes.filter(({ stated }) => stated)),
    falseAlarms: figures.reduce((sum, { wrong }) => sum + wrong.length, 0) / months,
    prompt: promptOf(outcomes.filter(({ stated }) => stated)),
  };
}

function recallOf(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ found }) => found !== null).length / Math.max(1, outcomes.length);
}

/** 5 % to 95 % over 500 draws of as many fleets. */
function spreadOf(figures: readonly Figures[], of: (total: Total) => number): string {
  let state = 1;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * figures.length);
  };
  const values = Array.from({ length: 500 }, () => of(totalOf(figures.map(() => figures[draw()] as Figures))));
  values.sort((a, b) => a - b);
  return [values[25], values[475]].map((value) => (value ?? 0).toFixed(3)).join(' to ');
}

/** What was missed counts as told never: nobody gets faster by not telling. */
function delays(outcomes: readonly Outcome[]): string {
  if (!outcomes.some(({ found }) => found !== null)) return '-';
  const hours = outcomes.map(({ found }) => found?.hours ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const sessions = outcomes.map(({ found }) => found?.sessions ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const tail = hours[Math.floor(hours.length * 0.95)] ?? 0;
  const late = Number.isFinite(tail) ? `${tail.toFixed(0)} h` : 'missed';
  const [hour, session] = [middleOf(hours) ?? 0, middleOf(sessions) ?? 0];
  const middle = Number.isFinite(hour) ? `${hour.toFixed(1)} h (95 %: ${late}), ${session} sessions` : 'missed';
  return `${middle}; ${percent(promptOf(outcomes))} within 1 session or 1 h`;
}

/** The share that was told within one session or one hour, whichever came later. */
function promptOf(outcomes: readonly Outcome[]): number {
  const prompt = outcomes.filter(({ found }) => found !== null && (found.hours <= 1 || found.sessions <= 1));
  return prompt.length / Math.max(1, outcomes.length);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function printSummary(): void {
  const fleets = [...byJudge.values()][0] ?? [];
  const months = fleets.reduce((sum, { agentMonths }) => sum + agentMonths, 0);
  console.log(`${fleets.length} fleets, ${months.toFixed(0)} agent-months\n`);
  console.log('| judge | found, stated sizes | found, all sizes | false alarms an agent-month | delay, stated sizes |');
  console.log('|---|---|---|---|---|');
  for (const [name, figures] of byJudge) {
    const total = totalOf(figures);
    const claimed = figures.flatMap(({ outcomes }) => outcomes.filter(({ stated }) => stated));
    const cells = [
      name,
      `${percent(total.claimed)} (${spreadOf(figures, (one) => one.claimed)})`,
      percent(total.recall),
      `${total.falseAlarms.toFixed(2)} (${spreadOf(figures, (one) => one.falseAlarms)})`,
      `${delays(claimed)} (${spreadOf(figures, (one) => one.prompt)})`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

/** The stated incidents by their kind alone, whatever their size: where the delay comes from. */
function printStated(name: string): void {
  const outcomes = (byJudge.get(name) ?? []).flatMap((one) => one.outcomes.filter(({ stated }) => stated));
  console.log(`\n${name}, stated sizes by kind:\n`);
  console.log('| incident | found | delay | told by |');
  console.log('|---|---|---|---|');
  for (const kind of new Set(PLANS.map((plan) => plan.kind))) {
    const own = outcomes.filter(({ plan }) => plan.kind === kind);
    if (own.length === 0) continue;
    const found = own.filter((one) => one.found !== null).length;
    console.log(`| ${kind} | ${found} of ${own.length} | ${delays(own)} | ${tellersOf(own)} |`);
  }
}

function tellersOf(outcomes: readonly Outcome[]): string {
  const tellers = new Map<string, number>();
  for (const { found } of outcomes) if (found !== null) tellers.set(found.rule, (tellers.get(found.rule) ?? 0) + 1);
  const told = [...tellers].sort((a, b) => b[1] - a[1]).map(([rule, times]) => `${rule} ${times}`);
  return told.slice(0, 3).join(', ');
}

function printKinds(name: string): void {
  const outcomes = (byJudge.get(name) ?? []).flatMap((one) => one.outcomes);
  if (outcomes.length === 0) return;
  console.log(`\n${name}, by kind and size (* = stated):\n`);
  console.log('| incident | planted | found | delay | told by |');
  console.log('|---|---|---|---|---|');
  const rows = PLANS.flatMap((plan) => [true, false].map((stated) => ({ plan, stated })));
  for (const { plan, stated } of rows) {
    const own = outcomes.filter((one) => isOfPlan(one, plan) && one.stated === stated);
    if (own.length === 0) continue;
    const title = `${plan.kind} ${plan.size}${stated ? ' *' : plan.claimed ? ', too few sessions' : ''}`;
    console.log(`| ${title} | ${own.length} | ${percent(recallOf(own))} | ${delays(own)} | ${tellersOf(own)} |`);
  }
}

function isOfPlan(one: Outcome, { kind, size }: IncidentPlan): boolean {
  return one.plan.kind === kind && one.plan.size === size;
}

function printWrong(): void {
  for (const [name, figures] of byJudge) {
    const wrong = figures.flatMap((one) => one.wrong);
    const rules = new Map<string, number>();
    for (const { firing } of wrong) {
      const key = [firing.rule, ...Object.values(firing.labels)].join(' ');
      rules.set(key, (rules.get(key) ?? 0) + 1);
    }
    const told = [...rules].sort((a, b) => b[1] - a[1]).map(([rule, times]) => `${rule} ${times}`);
    console.log(`\nFalse alarms of ${name}: ${told.slice(0, 12).join(', ') || 'none'}`);
    if (name !== 'checkrein') continue;
    for (const { fleet, firing } of wrong.slice(0, 25)) {
      console.log(`  fleet ${fleet} ${firing.at} ${firing.subject.name} ${firing.rule}: ${firing.reason}`);
    }
  }
}
