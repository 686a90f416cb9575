import type { CommentMark, DeedKind, DeedNode, TokenKind } from '../../core/causal.ts';
import type { ItemMark } from '../../core/item.ts';
import { after, type Duration, type Instant, MINUTE, SECOND } from '../../core/time.ts';
import type { CausalRun, Cause } from './cause.ts';
import { type Happenings, JOB_BOT, within } from './doer.ts';

/** GitHub creates a run within seconds of its trigger. A minute leaves room for a slow day. */
const MADE_WITHIN: Duration = MINUTE;
/** GitHub uses whole seconds, and its clocks do not agree. */
const SLACK: Duration = 2 * SECOND;

/** What a schedule or a merge queue starts is nobody's doing. */
export const NOBODYS: ReadonlySet<string> = new Set(['schedule', 'merge_group']);
/** Bots that open many pull requests at once and are not agents, by number: Dependabot and Renovate. */
export const BUSY_BOTS: ReadonlySet<number> = new Set([49_699_333, 29_139_614]);

/** What started a run, if a bot, an app or another run did; null if a person, the clock or nobody known did. */
export function deedOf(run: CausalRun, happenings: Happenings): Cause | null {
  if (NOBODYS.has(run.trigger)) return null;
  if (run.trigger === 'workflow_run') return endOf(run);
  if (run.bot === null) return byApp(run, happenings);
  if (BUSY_BOTS.has(run.bot)) return null;
  return seenDeed(run, run.bot, happenings) ?? concluded(run, run.bot);
}

/** The end of another run started it. GitHub does not say which one. */
function endOf(run: CausalRun): Cause {
  const deed = deedNode(run, {
    kind: 'end',
    at: run.at,
    by: run.bot,
    login: run.actor,
    token: 'unknown',
    item: null,
    seen: false,
  });
  return { deed, certainty: 'sure', because: 'the trigger is the end of a run' };
}

/** An app that writes on behalf of a person: the run's actor is that person, and only the comment names the app. */
function byApp(run: CausalRun, { comments }: Happenings): Cause | null {
  if (run.trigger !== 'issue_comment' || run.actor === null) return null;
  const fits = lately(comments, run.at).filter(({ bot, app }) => app !== null && bot?.login === run.actor);
  return fromComments(run, fits, 'person');
}

function seenDeed(run: CausalRun, bot: number, { comments, items }: Happenings): Cause | null {
  if (run.trigger === 'issue_comment') {
    const own = lately(comments, run.at).filter((comment) => comment.bot?.id === bot);
    return fromComments(run, own, tokenOf(bot, 'comment'));
  }
  if (!OPENS.has(run.trigger)) return null;
  const made = within(items, (item) => item.createdAt, after(run.at, -MADE_WITHIN), after(run.at, SLACK));
  const own = made.filter(({ author, kind, number }) => author?.id === bot && fitsTrigger(run, kind, number));
  const last = own.at(-1);
  if (last === undefined) return null;
  const seen = {
    kind: 'item' as const,
    at: last.createdAt,
    by: bot,
    login: run.actor,
    token: tokenOf(bot, 'item'),
    item: last.number,
    seen: true,
  };
  return {
    deed: { ...deedNode(run, seen), key: `item ${last.number}` },
    ...onlyOne(own.length, 'the bot opened it'),
  };
}

function fitsTrigger({ trigger, pull }: CausalRun, kind: ItemMark['kind'], number: number): boolean {
  return trigger === 'issues' ? kind === 'issue' : kind === 'pull' && (pull === null || pull === number);
}

function fromComments(run: CausalRun, fits: readonly CommentMark[], token: TokenKind): Cause | null {
  const last = fits.at(-1);
  if (last === undefined) return null;
  const seen = {
    kind: 'comment' as const,
    at: last.at,
    by: last.bot?.id ?? null,
    login: last.bot?.login ?? null,
    token,
    item: last.item,
    seen: true,
  };
  return {
    deed: { ...deedNode(run, seen), key: `comment ${last.id}` },
    ...onlyOne(fits.length, 'the same account commented'),
  };
}

function onlyOne(count: number, what: string): Pick<Cause, 'certainty' | 'because'> {
  return count === 1
    ? { certainty: 'sure', because: `${what}, and nothing else, within the minute before` }
    : { certainty: 'likely', because: `${what} ${count} times within the minute before` };
}

/** What the run itself implies: this bot did something of this kind at about this time. */
function concluded(run: CausalRun, bot: number): Cause {
  const kind = deedKindOf(run.trigger);
  const deed = deedNode(run, {
    kind,
    at: run.at,
    by: bot,
    login: run.actor,
    token: tokenOf(bot, kind),
    item: run.pull,
    seen: false,
  });
  return { deed, certainty: 'sure', because: 'the run names its actor and what it was for' };
}

const OPENS: ReadonlySet<string> = new Set(['issues', 'pull_request', 'pull_request_target']);

/** The kind of action that starts a run with this trigger. */
export function deedKindOf(trigger: string): DeedKind {
  return (Object.hasOwn(KINDS, trigger) ? KINDS[trigger] : undefined) ?? 'other';
}

const KINDS: Readonly<Record<string, DeedKind>> = {
  issue_comment: 'comment',
  discussion_comment: 'comment',
  pull_request_review: 'review',
  pull_request_review_comment: 'review',
  issues: 'item',
  pull_request: 'push',
  pull_request_target: 'push',
  push: 'push',
  workflow_dispatch: 'dispatch',
  repository_dispatch: 'dispatch',
};

/**
 * What a job's own token does starts nothing except by a dispatch. So anything else that started a run was done with another token.
 */
function tokenOf(bot: number, kind: DeedKind): TokenKind {
  if (bot !== JOB_BOT) return 'app';
  return kind === 'dispatch' ? 'job' : 'unknown';
}

function deedNode({ run }: CausalRun, deed: Omit<DeedNode, 'key'>): DeedNode {
  return { ...deed, key: `${deed.kind} before ${run}` };
}

function lately(comments: readonly CommentMark[], at: Instant): readonly CommentMark[] {
  return within(comments, (comment) => comment.at, after(at, -MADE_WITHIN), after(at, SLACK));
}
