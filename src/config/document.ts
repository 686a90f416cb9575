import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, type ScalarTag, visit } from 'yaml';
import { type ConfigProblem, formatPath } from './problem.ts';

/** A YAML file as a plain value that still knows where everything is. */
export type YamlFile =
  | {
      readonly ok: true;
      readonly value: unknown;
      problem(path: readonly PropertyKey[], message: string): ConfigProblem;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** `2_000_000`, which YAML 1.2 would read as text. */
const UNDERSCORED: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^\d{1,3}(_\d{3})+$/,
  resolve: (text) => Number(text.replaceAll('_', '')),
};

/** Reads YAML 1.2. Aliases are rejected: a configuration needs none, and they can be made to grow without bound. */
export function readYaml(text: string, file: string): YamlFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    customTags: (tags) => [UNDERSCORED, ...tags],
    prettyErrors: false,
  });
  const problem = (offset: number | null, path: string, message: string): ConfigProblem => {
    const place = offset === null ? null : lineCounter.linePos(offset);
    return { file, line: place?.line ?? null, column: place?.col ?? null, path, message };
  };
  const problems = [
    ...document.errors.map(({ pos, message }) => problem(pos[0], '', `this is not valid YAML: ${message}`)),
    ...aliasOffsets(document).map((offset) => problem(offset, '', 'aliases (*name) are not supported; write it out')),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    value: document.toJS() ?? {},
    problem: (path, message) => problem(offsetOf(document, path), formatPath(path), message),
  };
}

function aliasOffsets(document: Document): readonly number[] {
  const offsets: number[] = [];
  visit(document, {
    Alias: (_key, node) => {
      offsets.push(node.range?.[0] ?? 0);
    },
  });
  return offsets;
}

/** The position of a value, or of its key if it is a member of a map; the nearest place above if it is not in the file. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number | null {
  for (let length = path.length; length > 0; length--) {
    const above = document.getIn(path.slice(0, length - 1), true);
    const step = path[length - 1];
    if (isMap(above)) {
      const key = above.items.map((pair) => pair.key).find((key) => isScalar(key) && String(key.value) === step);
      if (isNode(key)) return key.range?.[0] ?? null;
    }
    const item = document.getIn(path.slice(0, length), true);
    if (isNode(item)) return item.range?.[0] ?? null;
  }
  return null;
}
