import type { SetOff } from '../../core/causal.ts';
import { keptName } from '../../core/redact.ts';
import type { Actor } from '../../core/run.ts';
import { type Instant, parseInstant } from '../../core/time.ts';
import { runLinkedIn } from '../../sources/comments/marks.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The event of a run, as the runner wrote it down before the agent began. */
export interface StartEvent {
  readonly name: string;
  readonly payload: Fields;
  readonly repo: string;
}

/**
 * The action of a bot or an app that set off this run; null when it was a person, the clock, or not known. `sender` is whom the
 * run acts for according to GitHub: names and signatures in texts prove nothing.
 */
export function setOffIn({ name, payload, repo }: StartEvent, now: Instant): SetOff | null {
  const sender = senderIn(payload);
  const comment = fieldsIn(payload, 'comment');
  const written = writtenIn(payload);
  const app = textIn(fieldsIn(written, 'performed_via_github_app'), 'slug');
  if (sender === null || (sender.type !== 'Bot' && app === null)) return null;
  const at = momentIn(written, payload);
  return {
    trigger: name,
    // GitHub's clock may be ahead of the runner's.
    at: at !== null && at < now ? at : now,
    bot: sender,
    app: app === null ? null : keptName(app),
    item: wholeIn(fieldsIn(payload, 'issue'), 'number') ?? wholeIn(fieldsIn(payload, 'pull_request'), 'number'),
    comment: name === 'issue_comment' ? wholeIn(comment, 'id') : null,
    claims: runLinkedIn(textIn(comment, 'body') ?? '', repo),
  };
}

function senderIn(payload: Fields): Actor | null {
  const sender = fieldsIn(payload, 'sender');
  const [id, login] = [wholeIn(sender, 'id'), textIn(sender, 'login')];
  if (id === null || login === null) return null;
  return { id, login: keptName(login) || 'unnamed', type: sender['type'] === 'Bot' ? 'Bot' : 'User' };
}

/** What was written or made. A comment comes with the issue it was written under. */
function writtenIn(payload: Fields): Fields {
  const things = ['comment', 'review', 'issue', 'pull_request'].map((name) => fieldsIn(payload, name));
  return things.find((thing) => Object.keys(thing).length > 0) ?? {};
}

/** When it was done: something that is changed was made earlier. */
function momentIn(written: Fields, { action }: Fields): Instant | null {
  const made = action === 'created' || action === 'opened' ? 'created_at' : 'updated_at';
  const text = textIn(written, 'submitted_at') ?? textIn(written, made) ?? textIn(written, 'created_at');
  return text === null ? null : parseInstant(text);
}

function fieldsIn(at: Fields, name: string): Fields {
  const value = at[name];
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textIn(at: Fields, name: string): string | null {
  const value = at[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function wholeIn(at: Fields, name: string): number | null {
  const value = at[name];
  return Number.isSafeInteger(value) ? Number(value) : null;
}
