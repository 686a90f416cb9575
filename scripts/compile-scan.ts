import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const FOLDER = join(import.meta.dirname, '..', 'src/sources/sessions/claude/transcript/scan');

/** The compiled program as text, which sources and bundle both load without a path. */
export const PROGRAM_FILE: string = join(FOLDER, 'program.ts');

/**
 * Compiles the transcript scanner, written in AssemblyScript, to WebAssembly. The same sources always give the same bytes. It has
 * no runtime and no imports, only its own memory.
 * @throws Error with the compiler's message.
 */
export async function compileScan(): Promise<string> {
  const written = new Map<string, string | Uint8Array>();
  const options = ['--runtime', 'stub', '-O3', '--noAssert', '--enable', 'simd', '--initialMemory', '128'];
  const { error, stderr } = await asc.main(['index.ts', '-o', 'scan.wasm', ...options], {
    readFile: (name, folder) => readIfThere(join(FOLDER, 'assembly', folder, name)),
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: () => [],
  });
  const program = written.get('scan.wasm');
  if (error !== null || typeof program !== 'object')
    throw new Error(`asc: ${error?.message ?? 'nothing came'}\n${stderr}`);
  return [
    '// Compiled from assembly/ by scripts/compile-scan.ts: `npm run build` writes it anew.',
    '',
    '/** The scanner of transcripts as WebAssembly, in base64. */',
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

if (process.argv[1] === import.meta.filename) writeFileSync(PROGRAM_FILE, await compileScan());
