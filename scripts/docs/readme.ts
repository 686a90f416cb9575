import { parse } from 'yaml';
import { asYaml, table } from './table.ts';

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

/** The README, with its tables of inputs and outputs taken from action.yml. */
export function readmePage(readme: string, actionFile: string): string {
  const action: ActionFile = parse(actionFile);
  const inputs = Object.entries(action.inputs).map(([name, input]) => [
    `\`${name}\``,
    input.default === '' ? '' : asYaml(input.default),
    input.description,
  ]);
  const outputs = Object.entries(action.outputs).map(([name, { description }]) => [`\`${name}\``, description]);
  const withInputs = between(readme, 'inputs', table(['input', 'default', 'means'], inputs));
  return between(withInputs, 'outputs', table(['output', 'holds'], outputs));
}

function between(page: string, mark: string, text: string): string {
  const [begin, end] = [`<!-- ${mark}: generated from action.yml -->`, `<!-- /${mark} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md lacks the marks ${begin} and ${end}`);
  return `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`;
}
