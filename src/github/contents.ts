import { OutsideFailure } from '../core/failure.ts';
import type { Connection } from './connection.ts';
import type { Purpose } from './failure.ts';
import type { ContentsApi } from './port.ts';
import { type Raw, rawList, rawObject, unreadable } from './raw.ts';

const ROUTE = 'GET /repos/{owner}/{repo}/contents/{path}';
const LIST_FOLDER: Purpose = { doing: 'list a folder of the default branch', permission: 'contents: read' };
const READ_REPOSITORY: Purpose = { doing: 'read the name of the default branch', permission: 'metadata: read' };
const READ_FILE: Purpose = { doing: 'read a file of the default branch', permission: 'contents: read' };

/** Files of the default branch. */
export function contentsApi({ send }: Connection): ContentsApi {
  return {
    defaultBranch: async () => {
      const answer = await send(READ_REPOSITORY, 'GET /repos/{owner}/{repo}');
      return rawObject(answer.data, 'the repository').text('default_branch');
    },
    folder: async (path) => {
      const answer = await orNull(send(LIST_FOLDER, ROUTE, { path }));
      if (answer === null) return [];
      return rawList(answer.data, 'a file')
        .filter((raw) => raw.text('type') === 'file')
        .map((raw) => ({ path: raw.text('path'), blob: raw.text('sha'), bytes: raw.number('size') }));
    },
    file: async (path) => {
      const answer = await orNull(send(READ_FILE, ROUTE, { path }));
      return answer === null ? null : base64Content(rawObject(answer.data, 'a file'));
    },
  };
}

/** Null when GitHub answers that it does not exist. */
export async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof OutsideFailure && error.failure.kind === 'not_found') return null;
    throw error;
  }
}

/** The bytes of a file or blob that GitHub sent as base64. */
export function base64Content(raw: Raw): Uint8Array {
  const content = raw.text('content');
  if (raw.text('encoding') !== 'base64') {
    throw new OutsideFailure(unreadable('a file', 'its content did not come with it, perhaps because of its size'));
  }
  const bytes = Buffer.from(content, 'base64');
  if (raw.has('size') && bytes.byteLength !== raw.number('size')) {
    throw new OutsideFailure(unreadable('a file', `${bytes.byteLength} of ${raw.number('size')} bytes came`));
  }
  return bytes;
}
