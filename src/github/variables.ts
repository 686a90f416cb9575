import { OutsideFailure } from '../core/failure.ts';
import type { Connection } from './connection.ts';
import { orNull } from './contents.ts';
import type { Purpose } from './failure.ts';
import { rawObject } from './raw.ts';
import type { VariablesApi } from './variables-port.ts';

const R = '/repos/{owner}/{repo}/actions/variables';

const READ: Purpose = { doing: 'read a variable of the repository', permission: 'variables: read' };
const WRITE: Purpose = { doing: 'write a variable of the repository', permission: 'variables: write' };

/**
 * Variables of the repository. After a lost answer, `create` may fail with a conflict, and `remove` accepts that there is
 * nothing left.
 */
export function variablesApi({ send }: Connection): VariablesApi {
  return {
    get: async (name) => {
      const answer = await orNull(granted(send(READ, `GET ${R}/{name}`, { name })));
      return answer === null ? null : rawObject(answer.data, 'a variable').text('value');
    },
    create: async (name, value) => void (await granted(send(WRITE, `POST ${R}`, { name, value }))),
    change: async (name, value) => void (await granted(send(WRITE, `PATCH ${R}/{name}`, { name, value }))),
    remove: async (name) => void (await orNull(granted(send(WRITE, `DELETE ${R}/{name}`, { name })))),
  };
}

/** No line of a `permissions:` block grants this, so the usual advice would lead nowhere. */
async function granted<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof OutsideFailure) || error.failure.kind !== 'forbidden') throw error;
    throw new OutsideFailure({
      ...error.failure,
      remedy:
        'The token of a job cannot write variables: give Checkrein the token of a GitHub App, or a personal one, with `variables: write`',
    });
  }
}
