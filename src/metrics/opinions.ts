import type { LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import {
  aboutKey,
  type FindingVerdict,
  type Hypothesis,
  type Opinion,
  type OpinionAbout,
  type OpinionUse,
} from '../core/opinion.ts';
import { after, DAY, type Duration, type Instant } from '../core/time.ts';

/** What models were asked lately, and what people made of their answers. */
export interface OpinionsState {
  /** By when they were asked, oldest first: those of 90 days, at most a thousand. */
  readonly opinions: readonly Opinion[];
  /** The latest verdict on each of their findings. */
  readonly verdicts: readonly FindingVerdict[];
}

/** As long as individual events are kept. */
const KEPT: Duration = 90 * DAY;
const MOST = 1_000;

/** Remembers opinions, so that the same question is never asked twice. */
export const opinionsFold: Fold<OpinionsState> = {
  initial: { opinions: [], verdicts: [] },
  apply(state: OpinionsState, events: readonly LedgerEvent[]): OpinionsState {
    const given = events.flatMap((event) => (event.kind === 'opinion.given' ? [event.data.opinion] : []));
    const judged = events.flatMap((event) => (event.kind === 'opinion.judged' ? [event.data.judged] : []));
    if (given.length === 0 && judged.length === 0) return state;
    const all = inOrder([...state.opinions, ...given]);
    const oldest = after(all.at(-1)?.at ?? judged[0]?.at ?? '1970-01-01T00:00:00.000Z', -KEPT);
    const opinions = all.filter(({ at }) => at >= oldest).slice(-MOST);
    const kept = new Set(opinions.map(({ about }) => aboutKey(about)));
    const last = new Map(inOrder([...state.verdicts, ...judged]).map((each) => [verdictKey(each), each]));
    const verdicts = [...last.values()].filter(({ pull, head }) => kept.has(aboutKey({ kind: 'pull', pull, head })));
    return { opinions, verdicts };
  },
};

function verdictKey({ pull, head, finding }: FindingVerdict): string {
  return `${pull}:${head}:${finding}`;
}

function inOrder<Mark extends { readonly at: Instant }>(marks: readonly Mark[]): readonly Mark[] {
  return [...marks].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

/** What models were asked about one thing, oldest first. */
export function opinionsAbout({ opinions }: OpinionsState, about: OpinionAbout): readonly Opinion[] {
  const key = aboutKey(about);
  return opinions.filter((opinion) => aboutKey(opinion.about) === key);
}

/** The guess at the cause of an alert's episode, and whose it is. */
export interface Guess extends Hypothesis {
  readonly model: string;
  readonly at: Instant;
}

/** Null if no model was asked, or none gave an answer with evidence. */
export function guessAbout(
  state: OpinionsState,
  { fingerprint, episode }: { readonly fingerprint: string; readonly episode: number },
): Guess | null {
  const told = opinionsAbout(state, { kind: 'alert', fingerprint, episode }).findLast(
    (each) => each.hypothesis !== null,
  );
  return told?.hypothesis == null ? null : { ...told.hypothesis, model: told.model, at: told.at };
}

/** Counts opinions up to `now`. A single unknown cost makes the total unknown. */
export function opinionUse({ opinions, verdicts }: OpinionsState, now: Instant): OpinionUse {
  const known = opinions.filter(({ at }) => at <= now && at > after(now, -KEPT));
  const ofPulls = known.filter(({ about }) => about.kind === 'pull');
  const judged = verdicts.filter(({ at }) => at <= now);
  const accepted = judged.filter(({ verdict }) => verdict === 'accepted').length;
  const costOfPulls = costOf(ofPulls);
  return {
    given: ofPulls.filter(({ end }) => end === 'answered').length,
    findings: ofPulls.reduce((sum, { findings }) => sum + findings.length, 0),
    accepted,
    dismissed: judged.length - accepted,
    acceptedShare: judged.length === 0 ? null : accepted / judged.length,
    cost: costOf(known),
    costPerAccepted: accepted === 0 || costOfPulls === null ? null : costOfPulls / accepted,
  };
}

function costOf(opinions: readonly Opinion[]): number | null {
  return opinions.reduce<number | null>(
    (sum, { cost }) => (sum === null || cost.usd === null ? null : sum + cost.usd),
    0,
  );
}
