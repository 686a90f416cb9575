import { z } from 'zod';
import type { Duration } from '../core/time.ts';
import { durationOption, environmentName, shortName } from './values.ts';

/** An MCP server whose tool list is requested now and then. */
export interface ConfiguredProbe {
  readonly name: string;
  /** The program and its arguments. It is started and ended again. */
  readonly command?: readonly string[] | undefined;
  /** The names of environment variables that the program is given besides PATH and HOME. */
  readonly env: readonly string[];
  /** The address of a server that speaks streamable HTTP. */
  readonly url?: string | undefined;
  /** The environment variable whose value is sent as a bearer token. */
  readonly token_env?: string | undefined;
  readonly timeout: Duration;
  readonly every: Duration;
}

const probe: z.ZodType<ConfiguredProbe, unknown> = z
  .strictObject({
    name: shortName.describe('The server, as agents call it.'),
    command: z
      .array(z.string().min(1).max(500))
      .min(1)
      .max(50)
      .optional()
      .describe('The program that speaks MCP on its standard streams, and its words.'),
    env: z
      .array(environmentName)
      .max(20)
      .default([])
      .describe('Names of environment variables for the program. It gets these, PATH and HOME, and nothing else.'),
    url: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional()
      .describe('The address of a server that speaks MCP over HTTP; `http:` only on this machine.'),
    token_env: environmentName.optional().describe('The environment variable with a bearer token for `url`.'),
    timeout: durationOption('10s', 'How long the server may take to list its tools.', { least: '1s', most: '1m' }),
    every: durationOption('1h', 'How often it is asked at most.', { least: '1m', most: '1d' }),
  })
  .refine(({ command, url }) => (command === undefined) !== (url === undefined), 'expected either `command` or `url`')
  .refine(({ url }) => url === undefined || isSafe(url), 'expected an https address, or one on this machine');

function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

/** `probes` in the configuration. */
export const probesSchema: z.ZodType<readonly ConfiguredProbe[], unknown> = z
  .array(probe)
  .max(20)
  .default([])
  .describe('MCP servers that `watch` asks for their tools, to see whether they answer. None when left out.');
