import { attempt, OutsideFailure } from '../../core/failure.ts';
import { sha256 } from '../../core/hash.ts';
import type { Delivery, Notice, ReceiverData } from '../../core/notice.ts';
import { inertLink, inertMarkdown } from '../../core/text.ts';
import type { RemoteComment } from '../../github/remote.ts';
import type { GitHubDesk, Means } from './channel.ts';
import { delivered, refused } from './delivery.ts';
import { fitted } from './fit.ts';
import { type Entry, type Message, messageOf, moreLine } from './message.ts';

/** GitHub accepts 65,536 characters. */
const ROOM = { bytes: 60_000, entries: 20 } as const;

/** The hidden first line by which we recognise our own message. Never contains outside text. */
export function noticeMarker(key: string): string {
  return `<!-- checkrein:v1 kind=notice key=${sha256(key)} -->`;
}

/** A notice as GitHub markdown, after a marker. Any text from strangers in it is inert. */
export function noticeMarkdown(notice: Notice, marker: string): string {
  return fitted(messageOf(notice), (message) => `${marker}\n${markdownOf(message)}\n`, ROOM);
}

function markdownOf(message: Message): string {
  return [
    `**${inertMarkdown(message.headline, 150)}**`,
    ...message.lines.map((line) => inertMarkdown(line, 300)),
    ...message.entries.map(entryMarkdown),
    ...(message.more === 0 ? [] : [moreLine(message)]),
    `<sub>${inertMarkdown(message.footer, 300)}</sub>`,
  ].join('\n\n');
}

function entryMarkdown({ title, reason, facts, links }: Entry): string {
  const linked = links.map(({ label, url }) => inertLink(label, url)).join(' · ');
  return [
    `**${inertMarkdown(title, 200)}**: ${inertMarkdown(reason, 600)}`,
    ...(facts.length === 0 ? [] : ['']),
    ...facts.map(({ label, value }) => `- ${inertMarkdown(label, 40)}: ${inertMarkdown(value)}`),
    ...(linked === '' ? [] : ['', linked]),
  ].join('\n');
}

/** Writes on GitHub. Refusals end up in the delivery. */
export async function onGitHub(
  means: Means,
  write: (desk: GitHubDesk) => Promise<ReceiverData | string>,
): Promise<Delivery> {
  const { github } = means;
  if (github === null)
    return refused('no repository on GitHub is watched, so nothing can be written there. Use another channel');
  const written = await attempt(() => write(github));
  if (written.ok) return typeof written.value === 'string' ? refused(written.value) : delivered(written.value);
  const { kind, message, remedy, retry, retryAfter } = written.failure;
  return { ...refused(`${message}. ${remedy}`), retry, unsure: kind === 'unavailable', waitFor: retryAfter ?? null };
}

/** The result, or null if the item was deleted in the meantime. */
export async function unlessGone<T>(work: () => Promise<T>): Promise<T | null> {
  const done = await attempt(work);
  if (done.ok) return done.value;
  if (done.failure.kind === 'not_found' || done.failure.kind === 'gone') return null;
  throw new OutsideFailure(done.failure);
}

/**
 * Our own comment with a marker under an issue or pull request, however old. It is not searched by time, because our clock
 * may differ from GitHub's.
 */
export async function ownComment(
  { issues, people }: GitHubDesk,
  { number, marker }: { readonly number: number; readonly marker: string },
): Promise<RemoteComment | null> {
  const marked = (await people.commentsUnder(number)).filter(({ body }) => body.startsWith(marker));
  if (marked.length === 0) return null;
  // Anybody can paste a marker.
  const me = (await issues.me()).toLowerCase();
  return marked.find(({ author }) => author?.login.toLowerCase().replace(/\[bot\]$/, '') === me) ?? null;
}
