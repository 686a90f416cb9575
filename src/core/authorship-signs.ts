import type { Agent } from './agent.ts';
import type { Actor } from './run.ts';
import type { Instant } from './time.ts';

/** What a commit tells of who made it. Who its author is GitHub tells by an e-mail address that anybody can write. */
export interface CommitSign {
  readonly author: Actor | null;
  readonly committer: Actor | null;
  /** Signed by GitHub itself, which proves that it came through its pages or its API. */
  readonly signedByGitHub: boolean;
  /** Names and addresses of its author, its committer and those in its trailers, to be searched only. Hostile; never kept. */
  readonly names: readonly string[];
}

/** A run of a known agent, as the ledger has it. */
export interface RunSign {
  readonly run: number;
  readonly agent: string;
  readonly startedAt: Instant;
  /** Null while it goes on. */
  readonly endedAt: Instant | null;
}

/** What the text of a pull request claims. Anybody can write it. */
export interface BodySign {
  /** It says that it was generated with an agent. */
  readonly generatedWith: boolean;
  /** Name of the agentic workflow in the hidden mark; null without one. Hostile. */
  readonly workflow: string | null;
  /** The run that it names; null where it names none. */
  readonly run: number | null;
}

/** All that speaks for or against an agent as the author of a pull request. */
export interface AuthorshipSignals {
  readonly author: Actor | null;
  /** Slug of the app that opened it on somebody's behalf; null when none did. */
  readonly app: string | null;
  readonly headRef: string;
  readonly createdAt: Instant;
  readonly body: BodySign;
  /** `unreadable` where they could not be read, or not all of them; `unasked` where nobody looked. */
  readonly commits: readonly CommitSign[] | 'unreadable' | 'unasked';
  /** Runs of agents around the time at which it was opened. */
  readonly runs: readonly RunSign[];
  readonly agents: readonly Pick<Agent, 'name' | 'workflow' | 'engine'>[];
}

/** What no text was read of. */
export const NO_BODY: BodySign = { generatedWith: false, workflow: null, run: null };

/** Only this much of a text is looked at; marks stand at its end as well as at its beginning. */
const CONSIDERED = 32_768;

const GENERATED =
  /(?:generated|created|written|authored|opened) (?:with|by|using) \[?(?:claude|copilot|codex|gemini|cursor|devin|openhands|jules|aider|an? (?:ai )?agent)/i;
const GH_AW = /<!-- gh-aw-(?:agentic-workflow|workflow-id): ([^,\n>]{1,120}?)(?:,| -->)/;
const RUN_ADDRESS = /\/actions\/runs\/(\d{1,16})\b/;

/** What the text of a pull request of the repository `OWNER/NAME` claims about who wrote it. */
export function bodySign(body: string | null, repo: string): BodySign {
  const text = body === null ? '' : ends(body);
  const workflow = GH_AW.exec(text)?.[1]?.trim() ?? null;
  const named = text
    .split(/\s/)
    .find((word) => word.toLowerCase().includes(`${repo.toLowerCase()}/actions/runs/`) && RUN_ADDRESS.test(word));
  const run = Number(RUN_ADDRESS.exec(named ?? '')?.[1] ?? Number.NaN);
  return { generatedWith: GENERATED.test(text), workflow, run: Number.isSafeInteger(run) ? run : null };
}

const TRAILER = /^co-authored-by:[ \t]*([^<\n]{0,200})(?:<([^>\n]{1,200})>)?/gim;

/** The names and addresses in the trailers of a commit message. */
export function trailerNames(message: string): readonly string[] {
  return [...ends(message).matchAll(TRAILER)]
    .flatMap(([, name = '', address = '']) => [name.trim(), address.trim()])
    .filter((one) => one !== '');
}

function ends(text: string): string {
  return text.length <= 2 * CONSIDERED ? text : `${text.slice(0, CONSIDERED)}\n${text.slice(-CONSIDERED)}`;
}
