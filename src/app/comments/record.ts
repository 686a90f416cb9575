import type { CommandRecord } from '../../core/command-record.ts';
import type { EventOf } from '../../core/event.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import type { RemoteComment } from '../../github/remote.ts';
import type { Reading } from '../../people/command.ts';
import type { Desk } from './desk.ts';

/** A comment addressed to us. */
export interface Mention {
  readonly comment: RemoteComment;
  readonly reading: Exclude<Reading, { kind: 'none' }>;
}

/** The outcome of a comment, as the ledger keeps it. */
export function recordOf(
  { comment: { id, issue, author }, reading }: Mention,
  outcome: CommandRecord['outcome'],
  reason: string,
): CommandRecord {
  const verb = reading.kind === 'command' ? reading.command.verb : reading.verb;
  return { comment: id, issue, actor: author, verb, outcome, reason };
}

/** Records that a comment was acted on or refused. Equal for everyone who answers the same comment. A replay is an event of its own. */
export function answeredEvent(
  { github, world }: Desk,
  { id, createdAt }: RemoteComment,
  command: CommandRecord,
  replayed: boolean,
): EventOf<'command.answered'> {
  const now = world.now();
  return {
    v: 1,
    id: replayed ? `command:${id}:replayed:${world.by}` : `command:${id}`,
    kind: 'command.answered',
    at: replayed ? now : createdAt,
    seen: now,
    repo: github.repo,
    subject: repositorySubject(github.repo),
    data: { command },
  };
}

/** Records that we are about to answer a comment, written before anything is done. */
export function takenEvent({ github, world }: Desk, comment: number, now: Instant): EventOf<'command.taken'> {
  return {
    v: 1,
    id: `command:${comment}:taken:${world.by}`,
    kind: 'command.taken',
    at: now,
    seen: now,
    repo: github.repo,
    subject: repositorySubject(github.repo),
    data: { claim: { comment, by: world.by, at: now } },
  };
}
