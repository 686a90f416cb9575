import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files that a step writes its results to. */
const FILES = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'] as const;

export interface CommandFiles {
  /** The environment that names the files. */
  readonly env: Readonly<Record<(typeof FILES)[number], string>>;
  read(): Promise<StepResults>;
}

export interface StepResults {
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  readonly summary: string;
}

/** Makes them empty and existing, as the runner does for every step. */
export async function makeCommandFiles(folder: string): Promise<CommandFiles> {
  await mkdir(folder, { recursive: true });
  const at = (name: (typeof FILES)[number]) => join(folder, name);
  for (const name of FILES) await writeFile(at(name), '');
  const text = (name: (typeof FILES)[number]) => readFile(at(name), 'utf8');
  return {
    env: {
      GITHUB_OUTPUT: at('GITHUB_OUTPUT'),
      GITHUB_STATE: at('GITHUB_STATE'),
      GITHUB_ENV: at('GITHUB_ENV'),
      GITHUB_PATH: at('GITHUB_PATH'),
      GITHUB_STEP_SUMMARY: at('GITHUB_STEP_SUMMARY'),
    },
    async read() {
      return {
        outputs: parsePairs(await text('GITHUB_OUTPUT')),
        state: parsePairs(await text('GITHUB_STATE')),
        env: parsePairs(await text('GITHUB_ENV')),
        path: (await text('GITHUB_PATH')).split('\n').filter((row) => row !== ''),
        summary: await text('GITHUB_STEP_SUMMARY'),
      };
    },
  };
}

/**
 * Reads `name=value` rows and `name<<MARK … MARK` blocks.
 * @throws Error on anything else, as the runner fails the step then.
 */
export function parsePairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const rows = text.split('\n');
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? '';
    if (row === '') continue;
    const [, name = '', sign, rest = ''] = /^(.+?)(<<|=)(.*)$/.exec(row) ?? [];
    if (sign === undefined) throw new Error(`Invalid format '${row}'`);
    const end = sign === '=' ? at : rows.indexOf(rest, at + 1);
    if (end < 0) throw new Error(`Matching delimiter not found '${rest}'`);
    pairs[name] = sign === '=' ? rest : rows.slice(at + 1, end).join('\n');
    at = end;
  }
  return pairs;
}
