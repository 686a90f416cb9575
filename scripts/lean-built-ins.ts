import { isBuiltin } from 'node:module';
import type { Plugin } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';

/**
 * Makes the bundle take Node's own modules from `process`. An `import` of one reads everything that it exports, and so loads what
 * nobody asked for: with `node:fs` and `node:util` that takes a fifth of the time in which an empty program runs.
 * @param except files whose chunks keep their imports: others may bundle them again, for places that have no such `process`.
 */
export function leanBuiltIns(except: RegExp): Plugin {
  return {
    name: 'lean-built-ins',
    renderChunk: (code, { moduleIds }) => (moduleIds.some((id) => except.test(id)) ? null : takingBuiltIns(code)),
  };
}

/** A chunk with each import of one of Node's modules turned into a question to `process`. */
export function takingBuiltIns(code: string): string {
  const taken: string[] = [];
  let rest = '';
  let at = 0;
  for (const statement of parseAst(code).body) {
    if (statement.type !== 'ImportDeclaration' || !isBuiltin(statement.source.value)) continue;
    taken.push(declarations(statement));
    rest += code.slice(at, statement.start);
    at = statement.end;
  }
  if (taken.length === 0) return code;
  const head = `const ${TAKE} = process.getBuiltinModule;\n`;
  return shebangOf(code) + head + taken.join('') + (rest + code.slice(at)).slice(shebangOf(code).length);
}

/** A name that no source uses. */
const TAKE = 'takeBuiltIn';

type Statement = ReturnType<typeof parseAst>['body'][number];
type Import = Extract<Statement, { readonly type: 'ImportDeclaration' }>;

/** The names that an import makes. Its default export, like all of it, is what `process` gives. */
function declarations({ specifiers, source }: Import): string {
  const parts = specifiers.map((specifier) => {
    if (specifier.type !== 'ImportSpecifier') return { whole: specifier.local.name, part: null };
    const { imported, local } = specifier;
    const exported = imported.type === 'Identifier' ? imported.name : imported.value;
    return exported === 'default'
      ? { whole: local.name, part: null }
      : { whole: null, part: `${exported}: ${local.name}` };
  });
  const named = parts.flatMap(({ part }) => part ?? []).join(', ');
  return [...parts.flatMap(({ whole }) => whole ?? []), ...(named === '' ? [] : [`{ ${named} }`])]
    .map((name) => `const ${name} = ${TAKE}(${JSON.stringify(source.value)});\n`)
    .join('');
}

function shebangOf(code: string): string {
  return /^#!.*\n/.exec(code)?.[0] ?? '';
}
