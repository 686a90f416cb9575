import type { Unit } from '../core/unit.ts';
import { CATALOGUE } from './catalogue.ts';
import type { MetricTree } from './current.ts';

/** The name of a metric in Prometheus, and the labels that tell its series apart. */
export interface ExposedName {
  readonly name: string;
  /** Labels, by the position of the `*` in the path that they replace. */
  readonly labels: readonly string[];
  /** The factor for our values: Prometheus wants seconds. */
  readonly scale: number;
}

const SERIES_OF: Readonly<Record<string, string>> = { agents: 'agent', mcpServers: 'server', tools: 'tool' };

/**
 * The name of a catalogue metric in Prometheus: `sessions.averageDuration` is `checkrein_sessions_average_duration_seconds`,
 * `agents.*.sessions.total` is `checkrein_agents_sessions` with the label `agent`. A gauge may not end in `_total` or `_count`.
 */
export function exposedName(path: string, unit: Unit | null): ExposedName {
  const parts = path.split('.');
  const labels = parts.flatMap((part, i) => (part === '*' ? [SERIES_OF[parts[i - 1] ?? ''] ?? 'key'] : []));
  const words = parts
    .filter((part) => part !== '*')
    .map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  const plain = ['checkrein', ...words]
    .join('_')
    .replace(/[^a-z0-9_]/g, '_')
    .replace(/_total$/, '')
    .replace(/_count$/, 's');
  return unit === 'ms' ? { name: `${plain}_seconds`, labels, scale: 0.001 } : { name: plain, labels, scale: 1 };
}

interface Line {
  readonly name: string;
  readonly text: string;
}

/** The metrics of a moment in the Prometheus text exposition format. Unknown values are left out. */
export function exposition(tree: MetricTree, repo: string): string {
  const lines = linesOf(tree, [], [], repo);
  const names = [...new Set(lines.map(({ name }) => name))].sort();
  return names
    .map((name) => {
      const own = lines.filter((line) => line.name === name).map(({ text }) => text);
      const help = `# HELP ${name} ${name.replace(/^checkrein_/, '').replaceAll('_', ' ')}, see docs/metrics.md`;
      return [help, `# TYPE ${name} gauge`, ...own].join('\n').concat('\n');
    })
    .join('');
}

/** `path` has stars in place of names from outside, which are in `keys`. */
function linesOf(tree: MetricTree, path: readonly string[], keys: readonly string[], repo: string): readonly Line[] {
  const ofWorld = path.length > 0 && Object.hasOwn(SERIES_OF, path.at(-1) ?? '');
  return Object.entries(tree).flatMap(([name, value]): readonly Line[] => {
    const at = [...path, ofWorld ? '*' : name];
    const own = ofWorld ? [...keys, name] : keys;
    if (typeof value === 'object' && value !== null) return linesOf(value, at, own, repo);
    return typeof value === 'number' ? [line(at.join('.'), own, value, repo)] : [];
  });
}

function line(path: string, keys: readonly string[], value: number, repo: string): Line {
  const { name, labels, scale } = exposedName(path, unitOf(path));
  const pairs = [['repo', repo] as const, ...labels.map((label, i) => [label, keys[i] ?? ''] as const)];
  const written = pairs.map(([label, text]) => `${label}="${escaped(text)}"`).join(',');
  return { name, text: `${name}{${written}} ${value * scale}` };
}

/** The unit of a path, whichever period or agent it is for. */
function unitOf(path: string): Unit | null {
  const bare = path.replace(/^agents\.\*\./, '').replace(/^(?:month|last24h)\./, '');
  return CATALOGUE.find(({ name }) => name === bare)?.unit ?? null;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
