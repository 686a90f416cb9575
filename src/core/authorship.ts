import type { AuthorshipSignals, CommitSign, RunSign } from './authorship-signs.ts';
import type { Authorship } from './pull.ts';
import { plainLine } from './text.ts';

/**
 * How much a sign proves. `strong` names the author and cannot be forged, `fair` proves only the route, and anybody can write a
 * `weak` one.
 */
type Strength = 'strong' | 'fair' | 'weak';

interface Sign {
  readonly strength: Strength;
  readonly reason: string;
}

/** From this score on it counts as an agent's. Weak signs alone never add up to it. */
const ENOUGH = 50;
const POINTS: Readonly<Record<Strength, number>> = { strong: 70, fair: 40, weak: 15 };
const MOST_BY_WEAK = 35;
const MOST_REASONS = 8;

/** Programs that open pull requests by fixed rules, without a model. Listed by number, which nobody can take over. */
const NO_AGENTS: ReadonlyMap<number, string> = new Map([
  [49_699_333, 'dependabot'],
  [29_139_614, 'renovate'],
]);

/** The account every workflow of a repository acts as, an agent's or not. */
const SHARED_BOT = 41_898_282;

/** Branch names that agents choose by default. */
const AGENT_BRANCH = /^(?:claude|copilot|codex|gemini|cursor|devin|openhands|jules|aider|amp|gh-aw|agent)[/-]/i;

/** Full names of agents, so that somebody called Claude Dupont does not match, and the addresses they commit under. */
const AGENT_NAME =
  /^(?:(?:claude|copilot|codex|gemini|cursor|devin|openhands|jules|aider|goose|amp|gh-?aw)(?:[ -](?:code|agent|cli|ai|swe agent|swe-agent|opus|sonnet|haiku)\b.*)?(?:\[bot\])?|[^@\s]+@(?:anthropic|openai|cursor|devin|all-hands)\.(?:com|ai|dev))$/i;

/**
 * Works out who made a pull request from signs of different strength. `agent` takes a sign that cannot be forged, or one that
 * proves the route together with others. Signs that anybody can write only make it `maybe`, which is checked just as closely.
 * Commits that could not be read count as an agent's. Pure.
 */
export function authorshipOf(signals: AuthorshipSignals): Authorship {
  const exempt = exemption(signals);
  const run = runOf(signals);
  const signs = exempt === null ? signsOf(signals, run) : [];
  const score = scoreOf(signs);
  const verdict = score >= ENOUGH ? 'agent' : signs.length > 0 ? 'maybe' : 'person';
  const reasons = [...signs].sort((a, b) => POINTS[b.strength] - POINTS[a.strength]).map(({ reason }) => reason);
  return {
    verdict,
    score,
    agent: verdict === 'person' ? null : agentOf(signals, run),
    run: verdict === 'person' ? null : (run?.run ?? null),
    reasons: (reasons.length > 0 ? reasons : [exempt ?? 'opened by a person, and nothing speaks of an agent']).slice(
      0,
      MOST_REASONS,
    ),
  };
}

/**
 * Why a pull request opened by a bot is not an agent's. Every commit must be that bot's and signed by GitHub. Anybody can write an
 * address, and an agent that may push could add commits under the bot's name to a pull request the bot opened.
 */
function exemption({ author, app, commits }: AuthorshipSignals): string | null {
  if (author === null || typeof commits === 'string') return null;
  const name = NO_AGENTS.get(author.id);
  if (name === undefined || (app !== null && app !== name)) return null;
  return commits.every((commit) => commit.author?.id === author.id && commit.signedByGitHub)
    ? `opened by ${name}, which works by fixed rules`
    : null;
}

function scoreOf(signs: readonly Sign[]): number {
  const sum = (strength: Strength): number =>
    signs.filter((sign) => sign.strength === strength).length * POINTS[strength];
  return Math.min(100, sum('strong') + sum('fair') + Math.min(MOST_BY_WEAK, sum('weak')));
}

function signsOf(signals: AuthorshipSignals, run: RunSign | null): readonly Sign[] {
  return [
    ...authorSigns(signals),
    ...runSigns(signals, run),
    ...commitSigns(signals),
    ...(AGENT_BRANCH.test(signals.headRef) ? [weak('its branch is named as agents name theirs')] : []),
    ...bodySigns(signals),
  ];
}

function authorSigns({ author, app }: AuthorshipSignals): readonly Sign[] {
  const byApp = app === null ? [] : [strong(`opened by the app ${plainLine(app)}`)];
  if (author === null) return [...byApp, weak('its author is gone')];
  if (author.type === 'User') return byApp;
  if (author.id === SHARED_BOT) return [...byApp, fair('opened by a workflow of this repository')];
  if (author.type === 'Bot') return [...byApp, strong(`opened by the bot ${plainLine(author.login)}`)];
  return [...byApp, weak('its author is neither a person nor a bot')];
}

/** A run is a sign only if the author is not a person, because people open pull requests while agents work. */
function runSigns({ author, app, body }: AuthorshipSignals, run: RunSign | null): readonly Sign[] {
  if (run === null) return [];
  const isPerson = author?.type === 'User' && app === null;
  const claimed = body.run === run.run;
  if (!isPerson && author?.id === SHARED_BOT) return [strong(`made during run ${run.run} of ${plainLine(run.agent)}`)];
  if (claimed) return [fair(`names run ${run.run} of ${plainLine(run.agent)}, which was going on`)];
  return isPerson ? [] : [fair(`made during run ${run.run} of ${plainLine(run.agent)}`)];
}

function commitSigns({ commits }: AuthorshipSignals): readonly Sign[] {
  if (commits === 'unasked') return [];
  if (commits === 'unreadable') return [strong('its commits could not all be read')];
  const bot = commits.find(({ author, committer }) => isBot(author) || isBot(committer));
  const signed = commits.some(({ author, signedByGitHub }) => isBot(author) && signedByGitHub);
  const named = commits.find(({ names }) => names.some((name) => AGENT_NAME.test(name)));
  return [
    ...(bot === undefined ? [] : [signed ? fair('GitHub signed a commit of a bot') : weak('a commit names a bot')]),
    ...(named === undefined ? [] : [weak('a commit names an agent as an author')]),
  ];
}

function isBot(actor: CommitSign['author']): boolean {
  return actor?.type === 'Bot' && actor.id !== SHARED_BOT && !NO_AGENTS.has(actor.id);
}

function bodySigns({ body }: AuthorshipSignals): readonly Sign[] {
  return [
    ...(body.workflow === null ? [] : [weak('its text holds the mark of an agentic workflow')]),
    ...(body.generatedWith ? [weak('its text says that an agent wrote it')] : []),
  ];
}

/** The run it was made in: the one it names if that was running, else the only one that was. */
function runOf({ runs, body, createdAt }: AuthorshipSignals): RunSign | null {
  const going = runs.filter(
    ({ startedAt, endedAt }) => startedAt <= createdAt && (endedAt === null || createdAt <= endedAt),
  );
  const claimed = going.find(({ run }) => run === body.run);
  if (claimed !== undefined) return claimed;
  const distinct = new Set(going.map(({ run }) => run));
  return distinct.size === 1 ? (going[0] ?? null) : null;
}

/** By its run, else the only agent of its engine if the author or the marks name an engine. */
function agentOf({ agents, author, app, body }: AuthorshipSignals, run: RunSign | null): string | null {
  if (run !== null) return run.agent;
  const marked = agents.find(({ name, workflow }) => body.workflow !== null && names(body.workflow, name, workflow));
  if (marked !== undefined) return marked.name;
  const login = `${author?.type === 'Bot' ? author.login : ''} ${app ?? ''}`.toLowerCase();
  const fits = agents.filter(({ engine }) => engine !== null && login.includes(engine));
  const distinct = new Set(fits.map(({ name }) => name));
  return distinct.size === 1 ? (fits[0]?.name ?? null) : null;
}

/** gh-aw names a workflow by its file name without the extension. */
function names(marked: string, name: string, workflow: string): boolean {
  return marked === name || workflow.endsWith(`/${marked}.lock.yml`) || workflow.endsWith(`/${marked}.yml`);
}

function strong(reason: string): Sign {
  return { strength: 'strong', reason };
}

function fair(reason: string): Sign {
  return { strength: 'fair', reason };
}

function weak(reason: string): Sign {
  return { strength: 'weak', reason };
}
