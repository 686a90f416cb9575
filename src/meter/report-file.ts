import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MeterReport } from '../core/guard.ts';
import { hmacSha256 } from '../core/hash.ts';

const FILE = 'report';

/**
 * Writes a report with its seal, in one step: a reader sees the old one or the new one. A file that cannot be written now (the
 * disk is full) is no reason to let go of the agent.
 * @returns why it could not be written, or null.
 */
export function writeReport(folder: string, seal: string, report: MeterReport): string | null {
  const text = JSON.stringify(report);
  const path = join(folder, FILE);
  try {
    writeFileSync(`${path}.new`, `${text}\n${hmacSha256(seal, text)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return null;
  } catch (error) {
    return codeOf(error);
  }
}

/** The report in a folder; `forged` when it does not bear the seal, null when there is none. */
export function readReport(folder: string, seal: string): MeterReport | 'forged' | null {
  let content: string;
  try {
    content = readFileSync(join(folder, FILE), 'utf8');
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : 'forged';
  }
  const [text = '', mark = ''] = content.split('\n');
  // The meter alone knows the seal, so that what bears it has the shape in which the meter wrote it.
  return mark === hmacSha256(seal, text) ? (JSON.parse(text) as MeterReport) : 'forged';
}

/** The system's name for what went wrong with a file. Other errors are bugs. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^E[A-Z]+$/.test(code)) throw error;
  return code;
}
