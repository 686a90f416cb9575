import type { Plugin } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';

const LIBRARY = /@pydantic[\\/]genai-prices[\\/]dist[\\/]index\.js$/;

/**
 * Has the library of prices read the models of a provider when it is asked for one, not all of them as soon as it is loaded: that took
 * longer than reading most session files. What it answers stays the same.
 */
export function leanPrices(): Plugin {
  return {
    name: 'lean-prices',
    transform(code, id) {
      if (!LIBRARY.test(id)) return null;
      const { program, models } = leanly(code);
      this.emitFile({ type: 'asset', fileName: `chunks/${MODELS_FILE}`, source: models });
      return program;
    },
  };
}

/** The file of the models, which lies beside the program. */
export const MODELS_FILE = 'price-models.txt';

/** The library in two files. */
export interface LeanLibrary {
  readonly program: string;
  readonly models: string;
}

/**
 * The program of the library, and its models in a file of their own that is read once one is needed: half a megabyte that the language
 * would have to read as a program first. Of that file only the provider's part is parsed. The program's names are sorted by their letters: as it does
 * it, by the rules of a language, all those rules are loaded, and the order is the same for names that hold small letters only.
 * @throws Error when the library is not written as it was.
 */
export function leanly(code: string): LeanLibrary {
  const lists = modelLists(code);
  if (lists.length === 0 || code.match(SORTING)?.length !== 2)
    throw new Error('the library of prices is not written as it was: see scripts/lean-prices.ts');
  let lean = '';
  let texts = '';
  let at = 0;
  for (const { start, end, from } of lists) {
    const models: unknown = new Function(`return ${code.slice(from, end)}`)();
    const text = ascii(JSON.stringify(models));
    lean += `${code.slice(at, start)}get models() { return laterModels(this, ${texts.length}, ${text.length}); }`;
    texts += `${text}\n`;
    at = end;
  }
  const program = (lean + code.slice(at)).replace(SORTING, '($1 < $2 ? -1 : 1)');
  return { program: READING + program + LATER, models: texts };
}

/** Each letter takes one byte, so that places in the file are places in its text. */
function ascii(json: string): string {
  return json.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const SORTING = /\b([\w.]+)\.localeCompare\(([\w.]+)\)/g;

const READING = `import { readFileSync as readModels } from 'node:fs';\n`;

const LATER = `
let allModels = null;
function laterModels(provider, from, size) {
  allModels ??= readModels(new URL('./${MODELS_FILE}', import.meta.url), 'latin1');
  const value = JSON.parse(allModels.slice(from, from + size));
  Object.defineProperty(provider, 'models', { value, enumerable: true, configurable: true, writable: true });
  return value;
}
`;

/** Where the models of each provider stand: their field from `start` to `end`, its value from `from` on. */
interface ModelList {
  readonly start: number;
  readonly end: number;
  readonly from: number;
}

function modelLists(code: string): readonly ModelList[] {
  const [first] = parseAst(code).body;
  const list = first?.type === 'VariableDeclaration' ? first.declarations[0]?.init : null;
  if (list?.type !== 'ArrayExpression') return [];
  return list.elements.flatMap((provider) =>
    provider?.type !== 'ObjectExpression'
      ? []
      : provider.properties.flatMap((field) => {
          const isModels =
            field.type === 'Property' &&
            field.key.type === 'Identifier' &&
            field.key.name === 'models' &&
            !field.computed;
          return isModels ? [{ start: field.start, end: field.end, from: field.value.start }] : [];
        }),
  );
}
