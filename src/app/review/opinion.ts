import { attempt } from '../../core/failure.ts';
import { formatUsd } from '../../core/money.ts';
import type { Opinion } from '../../core/opinion.ts';
import type { Change, Passport } from '../../core/passport.ts';
import { formatNumber } from '../../core/quantity.ts';
import type { Instant } from '../../core/time.ts';
import { askAboutChange, readReview } from '../../review/ai/review.ts';
import { withOpinion } from '../../review/ai/with-opinion.ts';
import type { World } from '../shell/world.ts';
import { type Asked, askModel, markOf, type OpinionDesk } from './ask-model.ts';
import { opinionsOf, ownRun } from './opinions.ts';

/** A passport after a model was asked, and what to say about that. */
export interface SecondOpinion {
  /** Never better than the one that went in. */
  readonly passport: Passport;
  /** Null when no model was asked. */
  readonly opinion: Opinion | null;
  /** One line each, in our words, for people who read the passport; empty when there is nothing to say about AI. */
  readonly said: readonly string[];
}

/** Where a review works. */
type ReviewGround = Pick<OpinionDesk, 'repo' | 'config' | 'ledger'> & { readonly now: () => Instant };

/** Asks for second opinions; null without a key, or when they are switched off: then nothing is asked and nothing said. */
export function opinionAsker(
  { repo, config, ledger, now }: ReviewGround,
  world: Pick<World, 'env' | 'by' | 'now' | 'sleep'>,
): ((passport: Passport, change: Change) => Promise<SecondOpinion>) | null {
  const opinions = config.opinion.reviews ? opinionsOf(world) : null;
  if (opinions === null) return null;
  const { by, sleep, now: clock } = world;
  const desk = { ...{ repo, config, ledger, opinions, by, sleep, clock }, run: ownRun(world) };
  return (passport, change) => secondOpinion({ ...desk, now: now() }, passport, change);
}

/**
 * Adds what a model finds in a change to what fixed checks found. Whatever goes wrong leaves the passport as it was: an opinion
 * is an extra.
 */
export async function secondOpinion(desk: OpinionDesk, passport: Passport, change: Change): Promise<SecondOpinion> {
  const untouched: SecondOpinion = { passport, opinion: null, said: [] };
  const asked = await attempt(() => askForReview(desk, passport, change));
  if (!asked.ok)
    return { ...untouched, said: [`No second opinion: ${asked.failure.message}. ${asked.failure.remedy}`] };
  if (asked.value.kind === 'not_asked') return { ...untouched, said: [`No second opinion: ${asked.value.why}`] };
  const { opinion, problem } = asked.value;
  return { passport: withOpinion(passport, opinion.findings), opinion, said: wordsOf(opinion, problem) };
}

async function askForReview(desk: OpinionDesk, passport: Passport, change: Change): Promise<Asked> {
  const { opinion } = desk.config;
  const about = { kind: 'pull', pull: passport.pull, head: passport.head } as const;
  return await askModel(desk, about, () => {
    const terms = {
      model: opinion.model,
      room: opinion.input_tokens,
      maxTokens: opinion.output_tokens,
      mark: markOf(desk, about),
    };
    const { question, shown, asked } = askAboutChange(passport, change, terms);
    return { about, question, asked, unseen: shown.unseen, read: (answer) => readReview(answer, shown) };
  });
}

/** What people read about an opinion: whose it is, what it cost, and what it did not see. */
function wordsOf(opinion: Opinion, problem: string | null): readonly string[] {
  const { model, cost, tokens, dropped, unseen } = opinion;
  const used = `${formatUsd(cost.usd)}${tokens === null ? '' : `, ${formatNumber(tokens)} tokens`}`;
  return [
    `Second opinion by AI (${model}, ${used}): ${outcomeWords(opinion, problem)}. It can only add to what fixed checks found.`,
    ...(dropped === 0
      ? []
      : [`${dropped} of its remarks named no line of the change, or were too many, and were left out`]),
    ...unseen,
  ];
}

function outcomeWords({ end, findings }: Opinion, problem: string | null): string {
  switch (end) {
    case 'answered':
      return findings.length === 0
        ? 'it named nothing, which proves nothing'
        : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`;
    case 'refused':
      return 'the model refused to answer';
    case 'cut_off':
      return 'its answer was too long and was not used';
    case 'unreadable':
      return 'its answer was not in form and was not used';
    case 'unavailable':
      return problem === null ? 'no answer came' : `no answer came (${problem})`;
    default:
      return end satisfies never;
  }
}
