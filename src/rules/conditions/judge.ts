import type { EventMark, Facts } from '../../core/facts.ts';
import { type Evidence, type Finding, NO_EVIDENCE } from '../../core/finding.ts';
import type { LabelSets, SeriesRequest } from '../../core/series-request.ts';
import { agentSubject, repositorySubject, type Subject } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { after, DAY, type Instant } from '../../core/time.ts';
import { measure } from '../../metrics/current.ts';
import { factsAsOf } from '../../metrics/past.ts';
import { measureServers, serverRequests } from '../../metrics/servers.ts';
import { type Answer, evaluate } from '../language/evaluate.ts';
import { type Leaf, leafName, leafText } from '../language/evidence.ts';
import { isGroup, lookUp, type Value } from '../language/value.ts';
import { missedStretch, type Stretch } from './missed.ts';
import { asksForServers, type ConditionRule, isRetoldWhole, keyLabel } from './rule.ts';
import type { Vars } from './scope.ts';
import { heldSince } from './since.ts';

/** User-defined rules and the values they named. */
export interface Conditions {
  readonly rules: readonly ConditionRule[];
  readonly vars: Vars;
}

/** An answer of a rule with its evidence, for findings and for people who ask why. */
export interface Judged {
  readonly rule: ConditionRule;
  readonly finding: Finding;
  readonly answer: Answer;
}

/** The series that `judgeConditions` requests. Pure. */
export function conditionNeeds({ rules }: Conditions, labelSets: LabelSets): readonly SeriesRequest[] {
  return rules.some(asksForServers) ? serverRequests(labelSets) : [];
}

/** Values by the names used in conditions. */
export type Values = Readonly<Record<string, unknown>>;

/** The data rules are evaluated against at a moment. */
export interface Ground {
  readonly repo: string;
  /** Everything but an event. */
  readonly values: Values;
  readonly events: readonly EventMark[];
  /** Since when a rule that holds now has held, judging by earlier values; null if they do not say. */
  readonly since: (rule: ConditionRule, answer: (values: Values) => boolean | null) => Instant | null;
  /** When a rule that does not hold now did hold since the last look, with the values at that time; null if they do not say. */
  readonly missed: (
    rule: ConditionRule,
    answer: (values: Values) => boolean | null,
  ) => { readonly stretch: Stretch; readonly values: Values } | null;
}

/** How long an event is reported. */
const EVENT_TOLD_FOR = DAY;

/** Judges user-defined rules. Pure: the same facts, rules and moment give the same findings. */
export function judgeConditions(facts: Facts, conditions: Conditions, now: Instant): readonly Judged[] {
  if (conditions.rules.length === 0) return [];
  return judgeOver(groundOf(facts, conditions, now), conditions.rules, now);
}

/** Judges rules over values that the caller has put together. Pure. */
export function judgeOver(ground: Ground, rules: readonly ConditionRule[], now: Instant): readonly Judged[] {
  return rules.flatMap((rule) => {
    if (rule.mode === 'event') return ofEvents(ground, rule, now);
    if (rule.forEach !== null) return ofEntries(ground, rule, rule.forEach);
    const place = { subject: repositorySubject(ground.repo), labels: rule.labels };
    return [ofValues(ground, rule, (values) => evaluate(rule.condition, values), place)];
  });
}

/** Servers and health have no past to look up. `isRetoldWhole` keeps conditions about them away from this. */
function groundOf(facts: Facts, { rules, vars }: Conditions, now: Instant): Ground {
  const servers = rules.some(asksForServers) ? measureServers(facts) : null;
  const health = healthValues(facts);
  const values = (of: Facts, at: Instant): Values => ({ ...vars, metrics: measure(of, at, servers), health });
  return {
    repo: facts.repo,
    values: values(facts, now),
    events: facts.events,
    since: (rule, answer) =>
      isRetoldWhole(rule.condition)
        ? heldSince(facts, now, rule.for, (past) => answer(values(past.facts, past.at)))
        : null,
    missed: (rule, answer) => {
      if (!isRetoldWhole(rule.condition)) return null;
      const stretch = missedStretch(facts, now, rule.for, (past) => answer(values(past.facts, past.at)));
      return stretch && { stretch, values: values(factsAsOf(facts, stretch.last), stretch.last) };
    },
  };
}

/** Unknown values are left out, which conditions read as no data. */
function healthValues(facts: Facts): Values {
  const { database, telemetry, mcpServers, githubActions } = facts.health().components;
  return Object.fromEntries(
    Object.entries({ database, telemetry, mcpServers, githubActions }).map(([part, { status, latencyMs }]) => [
      part,
      { ...(status === 'unknown' ? {} : { status }), ...(latencyMs === null ? {} : { latency: latencyMs }) },
    ]),
  );
}

/** Evaluates the rule for each entry of a map as if there were no other. */
function ofEntries(ground: Ground, rule: ConditionRule, forEach: string): readonly Judged[] {
  const path = forEach.split('.');
  const group = path.reduce<Value>((at, name) => lookUp(at, name), ground.values as Value);
  if (group === null || !isGroup(group)) return [];
  const label = keyLabel(forEach);
  return Object.keys(group).map((key) => {
    const subject: Subject = label === 'agent' ? agentSubject(key) : repositorySubject(ground.repo);
    const place = { subject, labels: { ...rule.labels, [label]: plainLine(key) } };
    return ofValues(ground, rule, (over) => evaluate(rule.condition, narrowed(over, path, key)), place);
  });
}

/** One answer, with what earlier values add to it. */
function ofValues(
  ground: Ground,
  rule: ConditionRule,
  answerOver: (values: Values) => Answer,
  place: Omit<Place, 'trueSince'>,
): Judged {
  const answer = answerOver(ground.values);
  const trueSince = sinceOf(ground, rule, answer, (values) => answerOver(values).value);
  const now = judged(rule, answer, { ...place, trueSince });
  const { finding } = now;
  if (rule.mode !== 'data' || finding.outcome !== 'ok') return now;
  const found = ground.missed(rule, (values) => answerOver(values).value ?? NO_DATA[rule.noData]);
  if (found === null) return now;
  const then = judged(rule, answerOver(found.values), { ...place, trueSince: null }).finding;
  if (then.outcome !== 'violated') return now;
  const { severity, value, limit, reason, evidence } = then;
  const { since, until } = found.stretch;
  return { ...now, finding: { ...finding, missed: { since, until, severity, value, limit, reason, evidence } } };
}

/** The values with only one entry in the map at a path. */
function narrowed(values: Values, [name = '', ...rest]: readonly string[], key: string): Values {
  const below = Object.hasOwn(values, name) ? values[name] : undefined;
  if (typeof below !== 'object' || below === null) return values;
  const group = below as Values;
  const inner = rest.length > 0 ? narrowed(group, rest, key) : Object.hasOwn(group, key) ? { [key]: group[key] } : {};
  return { ...values, [name]: inner };
}

/** How a rule treats a moment without an answer. */
const NO_DATA: Readonly<Record<ConditionRule['noData'], boolean | null>> = { keep: null, alert: true, ok: false };

function sinceOf(
  ground: Ground,
  rule: ConditionRule,
  { value }: Answer,
  answer: (values: Values) => boolean | null,
): Instant | null {
  if (value !== true || rule.mode !== 'data' || rule.for === 0) return null;
  return ground.since(rule, (values) => answer(values) ?? NO_DATA[rule.noData]);
}

/** One finding per matching event. Events that do not match are none of the rule's business. */
function ofEvents({ repo, values, events }: Ground, rule: ConditionRule, now: Instant): readonly Judged[] {
  return events
    .filter(({ at }) => at > after(now, -EVENT_TOLD_FOR))
    .flatMap(({ id, type, labels, at }) => {
      const answer = evaluate(rule.condition, { ...values, event: { id, type, labels } });
      if (answer.value !== true) return [];
      const place = { subject: repositorySubject(repo), labels: { ...rule.labels, event: id }, trueSince: at };
      return [judged(rule, answer, place)];
    });
}

interface Place {
  readonly subject: Subject;
  readonly labels: Readonly<Record<string, string>>;
  readonly trueSince: Instant | null;
}

function judged(rule: ConditionRule, answer: Answer, { subject, labels, trueSince }: Place): Judged {
  const held = answer.evidence.find(({ value, other }) => typeof value === 'number' && typeof other === 'number');
  const base = {
    rule: rule.name,
    subject,
    labels,
    value: typeof held?.value === 'number' ? held.value : null,
    limit: typeof held?.other === 'number' ? held.other : null,
    unit: held?.unit ?? 'count',
    reason: reasonOf(rule, answer),
  } as const;
  if (answer.value === null) return { rule, answer, finding: { ...base, outcome: 'unknown' } };
  if (!answer.value) return { rule, answer, finding: { ...base, outcome: 'ok' } };
  const evidence = evidenceFor(answer.evidence);
  const { severity } = rule;
  return { rule, answer, finding: { ...base, outcome: 'violated', severity, evidence, explainedBy: null, trueSince } };
}

/** At most this many leaves are named in a sentence. */
const MOST_NAMED = 5;

function reasonOf({ condition }: ConditionRule, answer: Answer): string {
  const source = plainLine(condition.source, 200);
  if (answer.exceeded) return `\`${source}\` takes too many steps to evaluate, so that there is no answer.`;
  const leaves = answer.value === null ? answer.evidence.filter(({ value }) => value === null) : answer.evidence;
  const named = leaves.slice(0, MOST_NAMED).map(leafText).join(', ');
  const more = Math.max(0, leaves.length - MOST_NAMED) + answer.more;
  const because = named === '' ? '' : `: ${named}${more === 0 ? '' : ` and ${more} more`}`;
  const verdict = answer.value === null ? 'has no answer' : answer.value ? 'holds' : 'does not hold';
  return `The condition ${source} ${verdict}${because}.`;
}

function evidenceFor(leaves: readonly Leaf[]): Evidence {
  const facts = leaves.flatMap(({ path, key, value, unit }) =>
    typeof value === 'number' ? [{ label: leafName(path, key), value, unit: unit ?? ('count' as const) }] : [],
  );
  return { ...NO_EVIDENCE, facts };
}
