import type { Plugin } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';

const LIBRARY = /@pydantic[\\/]genai-prices[\\/]dist[\\/]index\.js$/;

/** The entry of the library's own bundle, which holds what we use of it. */
export const PRICE_LIBRARY = 'price-library';

/** In the main bundle: loads the library's own bundle with the first question, for the models that are listed need none. */
export function laterPrices(): Plugin {
  return { name: 'later-prices', load: (id) => (LIBRARY.test(id) ? ON_DEMAND : null) };
}

/**
 * In the library's own bundle: parses a provider's models when one of them is asked for. Parsing all of them on load took longer
 * than reading most session files. Its answers stay the same.
 */
export function leanPrices(): Plugin {
  return {
    name: 'lean-prices',
    resolveId: (id) => (id === PRICE_LIBRARY ? id : null),
    load: (id) => (id === PRICE_LIBRARY ? "export { calcPrice } from '@pydantic/genai-prices';" : null),
    transform(code, id) {
      if (!LIBRARY.test(id)) return null;
      const { program, models } = leanly(code);
      this.emitFile({ type: 'asset', fileName: MODELS_FILE, source: models });
      return program;
    },
  };
}

/** Prices are asked for in the middle of reading, which does not wait, so the library is one that `require` can load. */
const ON_DEMAND = `
import { createRequire } from 'node:module';
const load = createRequire(import.meta.url);
export const calcPrice = (...question) => load('./${PRICE_LIBRARY}.cjs').calcPrice(...question);
`;

/** The file of models, which lies next to the program. */
export const MODELS_FILE = 'price-models.txt';

/** The library, split into two files. */
export interface LeanLibrary {
  readonly program: string;
  readonly models: string;
}

/**
 * Splits the library into its program and a file of models that is read the first time one is needed. Inline, the models are half
 * a megabyte that would have to be parsed as a program first. Only the requested provider's part of the file is parsed. The
 * program sorts names by plain character order: its own locale-aware sort loads all the rules of a language, and for names of
 * small letters the order is the same.
 * @throws Error when the library's code does not look as expected.
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

/** Uses one byte per character, so that offsets in the file are offsets in its text. */
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

/** Where each provider's models are: the field runs from `start` to `end`, and its value begins at `from`. */
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
