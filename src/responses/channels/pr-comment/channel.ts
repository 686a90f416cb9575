import type { Notice, ReceiverData } from '../../../core/notice.ts';
import type { Channel, GitHubDesk } from '../channel.ts';
import { noticeMarkdown, noticeMarker, onGitHub, ownComment, unlessGone } from '../github.ts';
import type { PrCommentSettings } from './settings.ts';

/** A pull request: one comment per episode, kept up to date. Edits notify nobody, so a reminder is a new comment. */
export const prComment: Channel<PrCommentSettings> = {
  type: 'pr-comment',
  secrets: () => [],
  send: (notice, previous, settings, { means }) =>
    onGitHub(means, async (desk) => {
      const number = settings.pull ?? pullOf(notice);
      if (number === null) return 'the alert belongs to no pull request. Name one as `pull`, or use another channel';
      return notice.kind === 'remind'
        ? await remind(notice, number, previous, desk)
        : await tell(notice, number, previous, desk);
    }),
};

function pullOf({ alerts }: Notice): number | null {
  const [number, ...others] = new Set(alerts.map(({ labels }) => labels['pull'] ?? ''));
  return number !== undefined && others.length === 0 && /^[1-9]\d{0,9}$/.test(number) ? Number(number) : null;
}

async function remind(
  notice: Notice,
  number: number,
  previous: ReceiverData | null,
  desk: GitHubDesk,
): Promise<ReceiverData> {
  const marker = noticeMarker(notice.key);
  const there = await ownComment(desk, { number, marker });
  if (there === null) await desk.people.answer(number, noticeMarkdown(notice, marker));
  return { ...previous };
}

async function tell(
  notice: Notice,
  number: number,
  previous: ReceiverData | null,
  desk: GitHubDesk,
): Promise<ReceiverData> {
  const marker = noticeMarker(notice.thread);
  const body = noticeMarkdown(notice, marker);
  const known = previous?.['pull'] === String(number) ? Number(previous['comment']) : Number.NaN;
  const comment = Number.isInteger(known) ? known : ((await ownComment(desk, { number, marker }))?.id ?? null);
  const edited = comment !== null && (await unlessGone(() => edit(desk, comment, body))) !== null;
  const id = edited ? comment : (await desk.people.answer(number, body)).id;
  return { pull: String(number), comment: String(id) };
}

async function edit({ people }: GitHubDesk, comment: number, body: string): Promise<true> {
  await people.editAnswer(comment, body);
  return true;
}
