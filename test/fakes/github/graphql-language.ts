/** One thing asked for: a field with what is wanted of it, or what is wanted where the type is a certain one. */
export type Selection =
  | {
      readonly kind: 'field';
      readonly name: string;
      /** What it is called in the answer: its alias, else its name. */
      readonly key: string;
      readonly args: Readonly<Record<string, unknown>>;
      readonly selections: readonly Selection[];
    }
  | { readonly kind: 'on'; readonly type: string; readonly selections: readonly Selection[] };

export interface Operation {
  readonly kind: 'query' | 'mutation';
  readonly selections: readonly Selection[];
}

/** What the fake makes answers of; functions are fields that take arguments. */
export interface GraphqlObject {
  readonly __typename: string;
  readonly [field: string]: unknown;
}

/** GitHub's way to say no in GraphQL. */
export class GraphqlRefusal extends Error {
  readonly type: string | null;
  constructor(type: string | null, message: string) {
    super(message);
    this.name = 'GraphqlRefusal';
    this.type = type;
  }
}

const TOKEN = /\.\.\.|"(?:[^"\\]|\\.)*"|-?\d+|\w+|[^\s,]/g;

/**
 * Reads the part of GraphQL that fixed queries need: one operation, aliases, arguments, variables, inline fragments; no
 * directives or named fragments. @throws GraphqlRefusal for everything else.
 */
export function parseOperation(text: string, variables: Readonly<Record<string, unknown>>): Operation {
  const tokens = text.match(TOKEN) ?? [];
  const kind = tokens[0] === 'mutation' ? 'mutation' : 'query';
  const reader = { tokens, at: headerLength(tokens), variables };
  return { kind, selections: selectionSet(reader) };
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** `query Name($a: Int = 1)` stands before the first brace. */
function headerLength(tokens: readonly string[]): number {
  return Math.max(0, tokens.indexOf('{'));
}

function next(reader: Reader, wanted?: string): string {
  const token = reader.tokens[reader.at] ?? 'the end';
  if (wanted !== undefined && token !== wanted) throw new GraphqlRefusal(null, `Expected ${wanted}, found ${token}`);
  reader.at += 1;
  return token;
}

function peek(reader: Reader): string {
  return reader.tokens[reader.at] ?? 'the end';
}

function selectionSet(reader: Reader): readonly Selection[] {
  const selections: Selection[] = [];
  next(reader, '{');
  while (peek(reader) !== '}') selections.push(selection(reader));
  next(reader, '}');
  return selections;
}

function selection(reader: Reader): Selection {
  const key = next(reader);
  if (key === '...') {
    next(reader, 'on');
    const type = next(reader);
    return { kind: 'on', type, selections: selectionSet(reader) };
  }
  const name = peek(reader) === ':' ? aliased(reader) : key;
  if (!/^\w+$/.test(name)) throw new GraphqlRefusal(null, `Expected a field, found ${name}`);
  const args = peek(reader) === '(' ? pairs(reader, '(', ')') : {};
  return { kind: 'field', name, key, args, selections: peek(reader) === '{' ? selectionSet(reader) : [] };
}

function aliased(reader: Reader): string {
  next(reader, ':');
  return next(reader);
}

function pairs(reader: Reader, open: string, close: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  next(reader, open);
  while (peek(reader) !== close) {
    const name = next(reader);
    next(reader, ':');
    found[name] = value(reader);
  }
  next(reader, close);
  return found;
}

function value(reader: Reader): unknown {
  if (peek(reader) === '{') return pairs(reader, '{', '}');
  const token = next(reader);
  if (token === '[') {
    const items: unknown[] = [];
    while (peek(reader) !== ']') items.push(value(reader));
    next(reader, ']');
    return items;
  }
  if (token === '$') return reader.variables[next(reader)] ?? null;
  if (/^("|-?\d|true$|false$|null$)/.test(token)) return JSON.parse(token);
  return token;
}

/** Leaves of a value what was asked for. @throws GraphqlRefusal for fields that it does not have. */
export async function project(value: unknown, selections: readonly Selection[]): Promise<unknown> {
  if (value === null) return null;
  if (Array.isArray(value)) return Promise.all(value.map((item) => project(item, selections)));
  if (typeof value !== 'object') {
    if (selections.length > 0) throw new GraphqlRefusal(null, "Selections can't be made on scalars");
    return value;
  }
  if (selections.length === 0) throw new GraphqlRefusal(null, 'Field must have selections');
  return await projectObject(value as GraphqlObject, selections);
}

async function projectObject(
  object: GraphqlObject,
  selections: readonly Selection[],
): Promise<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const wanted of selections) {
    if (wanted.kind === 'on') {
      if (wanted.type === object.__typename) Object.assign(kept, await projectObject(object, wanted.selections));
      continue;
    }
    const field = object[wanted.name];
    if (field === undefined) {
      throw new GraphqlRefusal(null, `Field '${wanted.name}' doesn't exist on type '${object.__typename}'`);
    }
    const value = typeof field === 'function' ? await field(wanted.args) : field;
    kept[wanted.key] = await project(value, wanted.selections);
  }
  return kept;
}
