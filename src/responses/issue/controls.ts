import type { Alert } from '../../core/alert.ts';
import { inertLink, inertMarkdown, plainLine } from '../../core/text.ts';

/** What an issue shows about the rule behind it. This comes from the program and the configuration, not from agents. */
export interface RuleCard {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly remedy: readonly string[];
  /** The options in force. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Lines for `.github/checkrein.yml` that change the limit or turn the rule off. */
  readonly configuration: string;
  /** Address of the runbook, else of the rule in the reference; null when there is neither. */
  readonly help: string | null;
}

const MAX_REMEDIES = 12_000;
const MAX_SETTINGS = 60;

/** What the reader can do. It comes first in an issue, right after what happened. */
export function controls(alert: Alert, rule: RuleCard | null): string {
  const remedies = (rule?.remedy ?? []).map((line) => `- ${ownMarkdown(line)}`);
  const parts = [
    '### What you can do',
    [
      ...withinRoom(remedies),
      '- Comment `/checkrein ack for 2h` to take this on, or `/checkrein silence for 1d` to get no issue about it for a while; `/checkrein help` lists all commands.',
      '- Close this issue to hear no more of this episode: it stays closed until the condition has cleared and come back.',
      ...(rule?.help == null ? [] : [`- Read more: ${inertLink(`runbook of ${rule.name}`, rule.help)}`]),
    ].join('\n'),
    configuration(alert, rule),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** A line of the program's own text: inert except for its code spans. */
function ownMarkdown(line: string): string {
  return line
    .split('`')
    .map((part, index) => (index % 2 === 0 ? spaced(part) : `\`${plainLine(part, 200)}\``))
    .join('');
}

/** Inert text that keeps its leading and trailing space next to code. */
function spaced(text: string): string {
  return `${text.startsWith(' ') ? ' ' : ''}${inertMarkdown(text, 500)}${/\S\s+$/.test(text) ? ' ' : ''}`;
}

/** The first lines that fit into the room for remedies. */
function withinRoom(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > MAX_REMEDIES) break;
    kept.push(line);
  }
  return kept;
}

function configuration(alert: Alert, rule: RuleCard | null): string {
  if (rule === null) return '';
  const lines = rule.configuration.split('\n').slice(0, 60);
  const code = lines.map((line) => indentOf(line) + plainLine(line, 300).replaceAll('`', "'")).join('\n');
  return `To change the limit or to turn off \`${plainName(alert.name)}\`, edit \`.github/checkrein.yml\` on the default branch:\n\n\`\`\`yaml\n${code}\n\`\`\``;
}

function indentOf(line: string): string {
  return /^ {0,20}/.exec(line)?.[0] ?? '';
}

/** Text that is safe in a code span. */
function plainName(name: string): string {
  return plainLine(name).replaceAll('`', "'");
}

/** The rule, its question and the settings in force, folded away. */
export function settings(alert: Alert, rule: RuleCard | null): string {
  if (rule === null) return '';
  const labels = Object.entries(alert.labels).filter(([name, value]) => rule.settings[name] !== value);
  const rows = [...Object.entries(rule.settings), ...labels]
    .slice(0, MAX_SETTINGS)
    .map(([name, value]) => `| ${inertMarkdown(name)} | ${inertMarkdown(shown(value), 200)} |`);
  const table = rows.length === 0 ? [] : ['', '| setting | value |', '|---|---|', ...rows];
  return [
    `<details><summary>The rule behind this: ${inertMarkdown(rule.name)}</summary>`,
    '',
    ownMarkdown(rule.question),
    ...table,
    '',
    '</details>',
  ].join('\n');
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
