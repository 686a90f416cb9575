import { join } from 'node:path';
import type { SessionRoots } from './session-files.ts';

/** Where the engines of a process with this environment write their sessions; empty when it has no home. */
export function sessionRoots(get: (name: string) => string | undefined): SessionRoots {
  const home = get('HOME') ?? get('USERPROFILE');
  const below = (folder: string | undefined, ...steps: readonly string[]): readonly string[] =>
    folder === undefined || folder === '' ? [] : [join(folder, ...steps)];
  const own = (variable: string, hidden: string): string | undefined =>
    get(variable) || (home === undefined ? undefined : join(home, hidden));
  return {
    claude: [
      ...below(own('CLAUDE_CONFIG_DIR', '.claude'), 'projects'),
      ...below(get('XDG_CONFIG_HOME'), 'claude', 'projects'),
    ],
    codex: below(own('CODEX_HOME', '.codex'), 'sessions'),
    gemini: below(home, '.gemini', 'tmp'),
  };
}
