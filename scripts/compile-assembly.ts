import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const FOLDER = join(import.meta.dirname, '..', 'src/sources/sessions/claude/transcript');

/** A program written in AssemblyScript: its folder, what it is, and how many pages of memory it begins with and has at most. */
export interface Assembly {
  readonly name: string;
  readonly title: string;
  readonly pages: number;
  readonly mostPages: number;
}

export const ASSEMBLIES: readonly Assembly[] = [
  { name: 'scan', title: 'The scanner of transcripts', pages: 128, mostPages: 1 << 16 },
  { name: 'fold', title: 'The program that puts scanned transcripts together', pages: 16, mostPages: 1 << 14 },
];

/** The compiled program as text, which sources and bundle both load without a path. */
export function programFile({ name }: Assembly): string {
  return join(FOLDER, name, 'program.ts');
}

/**
 * Compiles a program to WebAssembly. The same sources always give the same bytes. It has no runtime and no imports, only its own
 * memory. That is declared as shared: it stays where it is when it grows, and V8 does not collect garbage because of its size.
 * @throws Error with the compiler's message.
 */
export async function compileAssembly({ name, title, pages, mostPages }: Assembly): Promise<string> {
  const written = new Map<string, string | Uint8Array>();
  const memory = ['--sharedMemory', '--initialMemory', `${pages}`, '--maximumMemory', `${mostPages}`];
  const options = ['--runtime', 'stub', '-O3', '--noAssert', '--enable', 'simd', '--enable', 'threads', ...memory];
  const { error, stderr } = await asc.main([`${name}/assembly/index.ts`, '-o', 'program.wasm', ...options], {
    readFile: (file, folder) => readIfThere(join(FOLDER, folder, file)),
    writeFile: (file, contents) => void written.set(file, contents),
    listFiles: () => [],
  });
  const program = written.get('program.wasm');
  if (error !== null || typeof program !== 'object')
    throw new Error(`asc: ${error?.message ?? 'nothing came'}\n${stderr}`);
  return [
    '// Compiled from assembly/ by scripts/compile-assembly.ts: `npm run build` writes it anew.',
    '',
    `/** ${title} as WebAssembly, in base64. */`,
    `export const PROGRAM: string =`,
    `  '${Buffer.from(program).toString('base64')}';`,
    '',
  ].join('\n');
}

/** The compiler looks for files in several places. */
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR')) return null;
    throw error;
  }
}

if (process.argv[1] === import.meta.filename)
  for (const assembly of ASSEMBLIES) writeFileSync(programFile(assembly), await compileAssembly(assembly));
