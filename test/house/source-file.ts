import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** What the house rules look at in one TypeScript file. */
export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** Everything imported or re-exported: statically, by `import()`, or as a type. Relative ones as a path from the root. */
  readonly imports: readonly string[];
  /** True when an `import()` was given something else than a plain text. */
  readonly importsUnknown: boolean;
  /** Names that stand for a value or a type, not for a member of something. */
  readonly names: ReadonlySet<string>;
  /** Members as they are written: `Math.random`, `vi.mock`. */
  readonly members: ReadonlySet<string>;
}

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** All TypeScript files below some folders or files of the repository. */
export function readSources(root: string, places: readonly string[]): readonly SourceFile[] {
  return places
    .flatMap((place) => (place.endsWith('.ts') ? [join(root, place)] : filesBelow(join(root, place))))
    .map((file) => inspect(relative(root, file).split(sep).join('/'), readFileSync(file, 'utf8')));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Reads one file; `path` is taken for its place, so that planted violations can be inspected too. */
export function inspect(path: string, text: string): SourceFile {
  const imports: string[] = [];
  const names = new Set<string>();
  const members = new Set<string>();
  let importsUnknown = false;
  walk(parseAst(text, { lang: 'ts' }) as unknown as Node, (node) => {
    if ('source' in node && isNode(node['source'])) {
      const specifier = node['source']['value'];
      if (typeof specifier === 'string') imports.push(locate(path, specifier));
      else importsUnknown = true;
    }
    if (node.type === 'Identifier') names.add(String(node['name']));
    if (node.type === 'MemberExpression') members.add(memberName(node));
  });
  return { path, text, lines: text.trimEnd().split('\n').length, imports, importsUnknown, names, members };
}

function locate(path: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
}

function memberName(node: Node): string {
  const [object, property] = [node['object'], node['property']];
  return `${isNode(object) ? (object['name'] ?? '?') : '?'}.${isNode(property) ? (property['name'] ?? property['value'] ?? '?') : '?'}`;
}

/** Visits every node but the plain keys of members and properties, which are no names of their own. */
function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  const skipped = node['computed'] === false ? (node.type === 'MemberExpression' ? 'property' : 'key') : '';
  for (const [member, value] of Object.entries(node)) {
    if (member === skipped) continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}
