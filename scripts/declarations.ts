import { readFileSync } from 'node:fs';
import type { Plugin } from 'rolldown';
import { isolatedDeclarationSync } from 'rolldown/experimental';

/** Writes the types of a file's exports next to the bundle. The file must not import its types from others. */
export function declarations(path: string, fileName: string): Plugin {
  return {
    name: 'declarations',
    generateBundle() {
      const { code, errors } = isolatedDeclarationSync(path, readFileSync(path, 'utf8'), {});
      if (errors.length > 0 || /\bimport\b/.test(code.replace(/\/\*[\s\S]*?\*\//g, ''))) {
        throw new Error(`${path} does not tell its types by itself`);
      }
      this.emitFile({ type: 'asset', fileName, source: code });
    },
  };
}
