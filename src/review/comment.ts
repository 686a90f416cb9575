import { sha256 } from '../core/hash.ts';
import { formatUsd } from '../core/money.ts';
import type { Passport, ReviewFinding, Risk, TrackRecord } from '../core/passport.ts';
import { inertMarkdown } from '../core/text.ts';
import { REVIEW_CHECKS } from './registry.ts';
import { isRisky, type JudgedPull } from './status.ts';

/** GitHub accepts 65,536 characters. */
const MOST_CHARACTERS = 58_000;
const MOST_ROWS = 40;
const MOST_REASON = 400;

/** What is said in addition to the passport. */
export interface CommentContext extends Omit<JudgedPull, 'passport'> {
  readonly mode: 'shadow' | 'enforce';
  /** Other open pull requests with the same head. */
  readonly sharedWith: readonly number[];
  /** Our own lines about other opinions requested, such as a second opinion. */
  readonly said: readonly string[];
  /** Where each check is documented. */
  readonly docs: string;
}

/** The first line of our own comment. */
export function commentMarker(pull: number): string {
  return `<!-- checkrein:v1 kind=passport key=pull:${pull} `;
}

/** The passport as a comment. The same passport gives the same text, so nobody is notified when nothing is new. */
export function passportComment(passport: Passport, context: CommentContext): string {
  const text = withinRoom(passport, context);
  return `${commentMarker(passport.pull)}gen=1 h=${sha256(text).slice(0, 16)} -->\n${text}`;
}

/** Rows are dropped, least important first, until the rest fits. */
function withinRoom(passport: Passport, context: CommentContext): string {
  for (let rows = Math.min(MOST_ROWS, passport.findings.length); rows > 0; rows -= 5) {
    const text = textOf(passport, context, rows);
    if (text.length <= MOST_CHARACTERS) return text;
  }
  return textOf(passport, context, 0).slice(0, MOST_CHARACTERS);
}

function textOf(passport: Passport, context: CommentContext, rows: number): string {
  return [
    `### Risk passport: ${passport.risk}`,
    [standing(passport, context), ...elsewhere(passport, context)].join(' '),
    ...first(passport),
    ...table(passport.findings, rows),
    ...unreadLines(passport),
    facts(passport),
    ...context.said.map((line) => inertMarkdown(line, MOST_REASON)),
    `<sub>Head ${passport.head.slice(0, 12)}. [What each check asks](${context.docs}). This comment is edited when the change does.</sub>`,
  ].join('\n\n');
}

function standing(passport: Passport, { mode, approvedBy, rejectedBy, sharedWith }: CommentContext): string {
  const shared =
    sharedWith.length === 0
      ? ''
      : ` The same head is that of ${sharedWith.map((number) => `pull request ${number}`).join(', ')}: the status counts for all of them, so the worst decides.`;
  if (rejectedBy !== null) return `${inertMarkdown(rejectedBy)} rejected this head: it takes another commit.${shared}`;
  if (!isRisky(passport)) return `Nothing here waits for a lead.${shared}`;
  if (approvedBy !== null) return `${inertMarkdown(approvedBy)} approved this head.${shared}`;
  return mode === 'enforce'
    ? `The status stays red until a lead approves this head with \`/checkrein approve ${passport.head}\`.${shared}`
    : `In shadow mode nothing is held back; in enforce mode the status would be red until a lead approves this head.${shared}`;
}

function elsewhere({ baseRef }: Passport, { intoDefault }: CommentContext): readonly string[] {
  return intoDefault
    ? []
    : [`It goes to ${inertMarkdown(baseRef)} and not to the default branch, so that the status is not green by it.`];
}

function first({ lookFirst }: Passport): readonly string[] {
  return lookFirst.length === 0
    ? []
    : [`**Look first at** ${lookFirst.map((path) => inertMarkdown(path, 160)).join(', ')}`];
}

const MARK: Readonly<Record<Risk, string>> = { critical: '🔴', high: '🟠', medium: '🟡', low: '⚪' };

function table(findings: readonly ReviewFinding[], rows: number): readonly string[] {
  if (findings.length === 0) return ['No check found anything.'];
  const shown = findings.slice(0, rows).map(row);
  const more = findings.length - shown.length;
  return [
    ['| Risk | Where | What | Check |', '|---|---|---|---|', ...shown].join('\n'),
    ...(more > 0 ? [`${more} more findings are left out here.`] : []),
  ];
}

function row({ risk, path, line, reason, check, by, id }: ReviewFinding & { readonly id?: string }): string {
  const place = path === null ? 'the whole change' : `${inertMarkdown(path, 160)}${line === null ? '' : `:${line}`}`;
  const name = by === 'opinion' ? `AI${id === undefined ? '' : ` ${inertMarkdown(id, 20)}`}` : titleOf(check);
  return `| ${MARK[risk]} ${risk} | ${place} | ${inertMarkdown(reason, MOST_REASON)} | ${name} |`;
}

function titleOf(name: string): string {
  return inertMarkdown(REVIEW_CHECKS.find((check) => check.name === name)?.title ?? name, 60);
}

function unreadLines({ unread }: Passport): readonly string[] {
  if (unread.length === 0) return [];
  const lines = unread.map((what) => `- ${inertMarkdown(what, 240)}`);
  return [['**Could not be read**, so the risk is high at least:', '', ...lines].join('\n')];
}

function facts(passport: Passport): string {
  const { authorship, cost, models, instructions = [], record } = passport;
  const who = authorship.agent === null ? 'an agent whose name is not known' : inertMarkdown(authorship.agent);
  const sure = authorship.verdict === 'agent' ? 'Made by' : 'Perhaps made by';
  const reasons = authorship.reasons.map((reason) => inertMarkdown(reason, 160)).join('; ');
  return [
    `- ${sure} ${who}${authorship.run === null ? '' : ` in run ${authorship.run}`}: ${reasons}`,
    `- Cost: ${formatUsd(cost.usd)}${cost.usd === null ? '' : ` (${cost.basis})`}; models: ${models.length === 0 ? 'unknown' : models.map((model) => inertMarkdown(model)).join(', ')}`,
    ...(instructions.length === 0
      ? []
      : [
          `- Instructions: ${instructions.map(({ path, blob }) => `${inertMarkdown(path)} (${blob.slice(0, 7)})`).join(', ')}`,
        ]),
    `- Earlier: ${record === null ? 'no pull request of this agent is known' : recordWords(record)}`,
  ].join('\n');
}

function recordWords({ merged, closed, reverted, costPerMerged, reviewRounds }: TrackRecord): string {
  const ended = merged + closed;
  const rate = ended === 0 ? '' : ` (${Math.round((100 * merged) / ended)} %)`;
  const each = costPerMerged.usd === null ? 'unknown' : formatUsd(costPerMerged.usd);
  const rounds = reviewRounds === null ? 'unknown' : reviewRounds.toFixed(1);
  return `${merged} merged${rate}, ${closed} closed, ${reverted} reverted; ${each} for each merged one; ${rounds} reviews each`;
}
