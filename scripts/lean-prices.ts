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
      return LIBRARY.test(id) ? leanly(code) : null;
    },
  };
}

/**
 * The program of the library, its models as texts that are parsed once they are needed. Its names are sorted by their letters: as it does
 * it, by the rules of a language, all those rules are loaded, and the order is the same for names that hold small letters only.
 * @throws Error when the library is not written as it was.
 */
export function leanly(code: string): string {
  const lists = modelLists(code);
  if (lists.length === 0 || code.match(SORTING)?.length !== 2)
    throw new Error('the library of prices is not written as it was: see scripts/lean-prices.ts');
  let lean = '';
  let at = 0;
  for (const { start, end, from } of lists) {
    const models: unknown = new Function(`return ${code.slice(from, end)}`)();
    const text = JSON.stringify(ascii(JSON.stringify(models)));
    lean += `${code.slice(at, start)}get models() { return laterModels(this, ${text}); }`;
    at = end;
  }
  return (lean + code.slice(at)).replace(SORTING, '($1 < $2 ? -1 : 1)') + LATER;
}

/** A program in which each letter takes one byte is read faster. */
function ascii(json: string): string {
  return json.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const SORTING = /\b([\w.]+)\.localeCompare\(([\w.]+)\)/g;

const LATER = `
function laterModels(provider, text) {
  const value = JSON.parse(text);
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
