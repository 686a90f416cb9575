import type { FoundSession } from '../found-session.ts';

/**
 * Gives the printed output of the Gemini CLI the id of its session. Older versions print no id, but the telemetry or chat next to
 * it has one. They belong to the same session if both are in one folder and either have the same tokens or are the only ones there.
 */
export function nameTwins(found: readonly FoundSession[]): readonly FoundSession[] {
  const gemini = found.filter((session) => session.part === null && session.reading.engine === 'gemini');
  if (!gemini.some(isNameless)) return found;
  return found.map((session) => {
    if (!gemini.includes(session) || !isNameless(session)) return session;
    const beside = gemini.filter(({ path }) => folderOf(path) === folderOf(session.path));
    const named = beside.filter((other) => !isNameless(other));
    const ids = new Set(named.map(({ id }) => id));
    const alike = named.find(({ reading }) => hasSameTokens(reading, session.reading));
    const only = ids.size === 1 && beside.filter(isNameless).length === 1 ? named[0] : undefined;
    const twin = alike ?? only;
    if (twin === undefined) return session;
    return { ...session, id: twin.id, reading: { ...session.reading, engineSession: twin.reading.engineSession } };
  });
}

function isNameless({ reading }: FoundSession): boolean {
  return reading.engineSession === null;
}

function hasSameTokens(a: FoundSession['reading'], b: FoundSession['reading']): boolean {
  return a.tokens.total !== null && a.tokens.total > 0 && a.tokens.total === b.tokens.total;
}

/** The folder of a file, or `''` if it has none. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.replaceAll('\\', '/').lastIndexOf('/')));
}
