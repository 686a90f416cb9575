import { z } from 'zod';

/** A secret as the configuration names it: the environment variable that contains it, never the secret itself. */
export interface SecretName {
  readonly env: string;
}

/** `env:NAME`. A secret written out in full is refused, and its text is never shown. */
export const secretName: z.ZodType<SecretName, string> = z
  .string()
  .regex(
    /^env:(?!(?:GITHUB|ACTIONS|RUNNER)_)[A-Z][A-Z\d_]{0,99}$/,
    'expected env:NAME with the name of an environment variable, such as env:SLACK_WEBHOOK: a secret itself must not stand ' +
      'in this file. If one was written here, change it where it was made, for the history of the file keeps it',
  )
  .transform((text) => ({ env: text.slice('env:'.length) }));

/** An address that is no secret, such as the API of a receiver. */
export const publicAddress: z.ZodType<string, string> = z
  .string()
  .max(500)
  .refine(
    isCallable,
    'expected an https address without a name, a password or a query in it (http only for this machine itself)',
  );

/** Whether it may be called: https, or http on this machine, without credentials in it. */
export function isCallable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search } = new URL(text);
  if (username !== '' || password !== '' || search !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** Whether a host is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
