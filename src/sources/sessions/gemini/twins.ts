import type { FoundSession } from '../found-session.ts';

/**
 * Gives the printed output of the Gemini CLI the id of its session. Older versions print no id, but the telemetry or chat next to
 * it has one. They belong to the same session if both are in one folder and either have the same tokens or are the only ones there.
 */
export function nameTwins(found: readonly FoundSession[]): readonly FoundSession[] {
  const gemini = found.filter(isOfGemini);
  if (!gemini.some(isNameless)) return found;
  const folders = new Map<string, Folder>();
  for (const session of gemini) noteIn(folders, session);
  return found.map((session) => {
    const folder = isOfGemini(session) && isNameless(session) ? folders.get(folderOf(session.path)) : undefined;
    const twin = folder === undefined ? undefined : twinIn(folder, session);
    if (twin === undefined) return session;
    return { ...session, id: twin.id, reading: { ...session.reading, engineSession: twin.reading.engineSession } };
  });
}

/** The sessions of the Gemini CLI in one folder. */
interface Folder {
  /** The first one with an id. */
  named: FoundSession | undefined;
  readonly ids: Set<string>;
  /** The first one with an id and so many tokens. */
  readonly byTokens: Map<number, FoundSession>;
  nameless: number;
}

function noteIn(folders: Map<string, Folder>, session: FoundSession): void {
  const key = folderOf(session.path);
  const folder = folders.get(key) ?? { named: undefined, ids: new Set(), byTokens: new Map(), nameless: 0 };
  folders.set(key, folder);
  if (isNameless(session)) {
    folder.nameless++;
    return;
  }
  folder.named ??= session;
  folder.ids.add(session.id);
  const { total } = session.reading.tokens;
  if (total !== null && total > 0 && !folder.byTokens.has(total)) folder.byTokens.set(total, session);
}

function twinIn({ named, ids, byTokens, nameless }: Folder, { reading }: FoundSession): FoundSession | undefined {
  const alike = reading.tokens.total === null ? undefined : byTokens.get(reading.tokens.total);
  return alike ?? (ids.size === 1 && nameless === 1 ? named : undefined);
}

function isOfGemini({ part, reading }: FoundSession): boolean {
  return part === null && reading.engine === 'gemini';
}

function isNameless({ reading }: FoundSession): boolean {
  return reading.engineSession === null;
}

/** The folder of a file, or `''` if it has none. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.replaceAll('\\', '/').lastIndexOf('/')));
}
