import { z } from 'zod';
import type { SettingsSchema } from '../channel.ts';
import { type SecretName, secretName } from '../secret.ts';

/** Mail through your own server. */
export interface EmailSettings {
  readonly type: 'email';
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit';
  readonly user: SecretName | null;
  readonly password: SecretName | null;
  readonly ca: SecretName | null;
  readonly from: string;
  readonly to: readonly string[];
}

/** One address without a name, so nothing in it can end a line or start another address. */
const address: z.ZodType<string, string> = z
  .string()
  .max(254)
  .regex(
    /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z\d](?:[A-Za-z\d.-]{0,250}[A-Za-z\d])?$/,
    'expected one address such as ops@example.com, without a name',
  );

export const emailSettings: SettingsSchema<EmailSettings> = z.strictObject({
  type: z.literal('email').describe('Mail, by a server that speaks SMTP with TLS.'),
  host: z
    .string()
    .regex(
      /^[A-Za-z\d](?:[A-Za-z\d.-]{0,250}[A-Za-z\d])?$/,
      'expected the name of a mail server, such as smtp.example.com',
    )
    .describe('The mail server.'),
  port: z.int().min(1).max(65_535).default(587).describe('Its port: mostly 587 for `starttls`, 465 for `implicit`.'),
  tls: z
    .enum(['starttls', 'implicit'])
    .default('starttls')
    .describe('Whether TLS begins by a command or with the first byte. Without TLS nothing is sent.'),
  user: secretName.nullable().default(null).describe('The name to log in with; `null` where the server wants none.'),
  password: secretName.nullable().default(null).describe('The password of `user`.'),
  ca: secretName
    .nullable()
    .default(null)
    .describe('The certificate, as PEM, that the server is trusted by; `null` for those that every machine trusts.'),
  from: address.describe('The address that the mail comes from.'),
  to: z.array(address).min(1).max(20).describe('Who gets it.'),
});
