import type { Config } from '../../config/schema.ts';
import type { GitHub } from '../../github/port.ts';
import type { Lever } from '../../responses/stop/levers.ts';
import { variableLever } from '../../responses/stop/variable.ts';
import { webhookLever } from '../../responses/stop/webhook.ts';
import type { World } from '../shell/world.ts';

/** The configured levers; none by default. Addresses and secrets come from the environment alone. */
export function leversOf(
  { variable, webhook }: Config['stop'],
  { variables }: Pick<GitHub, 'variables'>,
  env: World['env'],
): readonly Lever[] {
  return [
    ...(variable === null ? [] : [variableLever(variables, variable)]),
    ...(webhook === null
      ? []
      : [
          webhookLever({
            url: env[webhook.url_env] ?? null,
            secret: env[webhook.secret_env] ?? null,
            urlName: webhook.url_env,
            secretName: webhook.secret_env,
          }),
        ]),
  ];
}
