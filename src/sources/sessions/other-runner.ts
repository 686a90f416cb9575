import { realpathSync } from 'node:fs';
import { parse } from './json/document.ts';
import { asObject, asText, type JsonObject } from './json/fields.ts';

/** The runner checks out into `_work/<repository>/<repository>` of its own folder, unless it was told another name. */
const WORK = '/_work/';

/**
 * Whether a session that works in a folder belongs to another runner of the same user, whose engines keep their sessions in the
 * same home. `workspace` is the checkout of this job. Only what certainly is another runner's is: an agent may work anywhere.
 */
export function ofOtherRunner(workspace: string): (folder: string) => boolean {
  // Engines name their folder with all links resolved.
  const own = [workspace, resolved(workspace)].map(workOf);
  return (folder) => folder.includes(WORK) && !own.some((work) => `${folder}/`.startsWith(work));
}

/** The folder of all checkouts of a runner; of one checkout where that has another name. */
function workOf(workspace: string): string {
  const end = workspace.lastIndexOf(WORK);
  return end === -1 ? `${workspace}/` : workspace.slice(0, end + WORK.length);
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return path;
    throw error;
  }
}

/** The folder in which a session works, by one record of Claude Code or Codex; null when it does not say. */
export function workFolderIn(record: JsonObject): string | null {
  return asText(record['cwd']) ?? asText(asObject(record['payload'])?.['cwd']);
}

/** The first folder that the lines of a file name, of which the last may be cut off; null when none does. */
export function firstWorkFolder(lines: string): string | null {
  for (const line of lines.split('\n')) {
    const record = line.includes('"cwd"') ? asObject(parse(line)) : null;
    const folder = record === null ? null : workFolderIn(record);
    if (folder !== null) return folder;
  }
  return null;
}
