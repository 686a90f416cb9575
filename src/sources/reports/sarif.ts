import { keptName } from '../../core/redact.ts';
import { asObject, asText, type JsonObject, objectsOf } from '../sessions/json/fields.ts';
import { MOST_ENTRIES, MOST_SETS, type ReportReading, type ReportValues, unusable } from './reading.ts';

/** The levels of SARIF 2.1.0, section 3.27.10, without `none`, which is not a problem. */
const LEVELS = ['error', 'warning', 'note'] as const;
type Level = (typeof LEVELS)[number];
type Counts = Record<Level, number>;

/**
 * Reads analyser results as SARIF 2.1.0. Counts open results: of kind `fail` (3.27.9), not suppressed (3.27.23) and not absent
 * since a baseline (3.27.24). A run without results counts as 0 of each level, which is information too.
 */
export function readSarif(report: JsonObject): ReportReading {
  if (!Array.isArray(report['runs'])) return unusable('it has a version of SARIF, but no runs');
  const runs = objectsOf(report['runs']);
  const results = runs.reduce((sum, run) => sum + objectsOf(run['results']).length, 0);
  if (runs.length > MOST_SETS || results > MOST_ENTRIES) return unusable('it holds more results than are read');
  const counts = new Map<string, Counts>();
  for (const run of runs) {
    const tool = keptName(asText(driverOf(run)?.['name']) ?? '') || 'unknown';
    const count = counts.get(tool) ?? { error: 0, warning: 0, note: 0 };
    counts.set(tool, count);
    countRun(run, count);
  }
  return { ok: true, format: 'sarif', values: [...counts].flatMap(([tool, count]) => valuesOf(tool, count)) };
}

function driverOf(run: JsonObject): JsonObject | null {
  return asObject(asObject(run['tool'])?.['driver']);
}

function countRun(run: JsonObject, count: Counts): void {
  const rules = objectsOf(driverOf(run)?.['rules']).map((rule) => ({ id: asText(rule['id']), level: defaultOf(rule) }));
  const byId = new Map(rules.map(({ id, level }) => [id, level]));
  for (const result of objectsOf(run['results'])) {
    if (!isOpen(result)) continue;
    const index = result['ruleIndex'];
    const ofRule = typeof index === 'number' ? rules[index]?.level : byId.get(asText(result['ruleId']));
    // 3.27.10: the result's own level, otherwise that of its rule, otherwise a warning.
    const level = asText(result['level']) ?? ofRule ?? 'warning';
    if (level !== 'none') count[LEVELS.find((known) => known === level) ?? 'warning'] += 1;
  }
}

function defaultOf(rule: JsonObject): string | null {
  return asText(asObject(rule['defaultConfiguration'])?.['level']);
}

/** A suppression that was rejected or is not decided suppresses nothing (3.35.3). */
const NOT_IN_FORCE: readonly (string | null)[] = ['rejected', 'underReview'];

function isOpen(result: JsonObject): boolean {
  const suppressed = objectsOf(result['suppressions']).some(({ status }) => !NOT_IN_FORCE.includes(asText(status)));
  return (asText(result['kind']) ?? 'fail') === 'fail' && !suppressed && result['baselineState'] !== 'absent';
}

function valuesOf(tool: string, count: Counts): readonly ReportValues[] {
  return LEVELS.map((level) => ({ metric: 'report.lint', labels: { tool, level }, values: [count[level]] }));
}
