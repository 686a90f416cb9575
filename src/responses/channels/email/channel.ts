import type { Channel, Means } from '../channel.ts';
import { delivered, refused, type Undelivered } from '../delivery.ts';
import { readText } from '../environment.ts';
import type { SecretName } from '../secret.ts';
import { mailOf } from './payload.ts';
import type { EmailSettings } from './settings.ts';

/** Mail. A message whose answer was lost may arrive twice with the same Message-ID, which most readers show once. */
export const email: Channel<EmailSettings> = {
  type: 'email',
  secrets: ({ user, password, ca }) => [...needed('user', user), ...needed('password', password), ...needed('ca', ca)],
  send: async (notice, previous, settings, { means }) => {
    const login = loginOf(settings, means);
    if (!login.ok) return login.failure;
    const mail = mailOf(notice, settings.from, previous);
    // Only loaded when mail is sent.
    const { sendMail } = await import('./smtp.ts');
    const posted = await sendMail(mail, { settings, timeout: means.timeout, ...login });
    if (!posted.ok) return posted;
    // The other recipients have it, so a retry would only send it to them twice. A test exists to find such problems.
    if (notice.kind === 'test' && posted.refused > 0) return refused(strangers(posted.refused, settings.to.length));
    return delivered({ root: mail.root ?? mail.messageId });
  },
};

function strangers(refusals: number, all: number): string {
  return `the mail server does not take ${refusals} of the ${all} addresses in \`to\`. Put them right; the others got the mail`;
}

function needed(key: string, name: SecretName | null): readonly { readonly key: string; readonly name: SecretName }[] {
  return name === null ? [] : [{ key, name }];
}

/** What a server needs to log us in. */
type Login =
  | {
      readonly ok: true;
      readonly auth: { readonly user: string; readonly pass: string } | null;
      readonly ca: string | null;
    }
  | { readonly ok: false; readonly failure: Undelivered };

function loginOf({ user, password, ca }: EmailSettings, means: Means): Login {
  const held = (name: SecretName | null): ReturnType<typeof readText> | { readonly ok: true; readonly value: null } =>
    name === null ? { ok: true, value: null } : readText(name, means);
  const [name, word, trusted] = [held(user), held(password), held(ca)];
  if (!name.ok) return name;
  if (!word.ok) return word;
  if (!trusted.ok) return trusted;
  const auth = name.value === null ? null : { user: name.value, pass: word.value ?? '' };
  return { ok: true, auth, ca: trusted.value };
}
