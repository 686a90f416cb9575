import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MeterReport } from '../core/guard.ts';
import { hmacSha256 } from '../core/hash.ts';
import { readPlain } from '../sources/sessions/plain-file.ts';

const FILE = 'report';
/** The meter's own report has some ten kilobytes. */
const MOST_BYTES = 4_000_000;

/**
 * Writes a report with its seal, atomically: a reader sees the old one or the new one. If it cannot be written now (the disk
 * is full), the meter still follows the agent.
 * @returns why it could not be written, or null.
 */
export function writeReport(folder: string, seal: string, report: MeterReport): string | null {
  const path = join(folder, FILE);
  try {
    writeFileSync(`${path}.new`, sealed(seal, report), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return null;
  } catch (error) {
    return codeOf(error);
  }
}

/** The report in a folder; `forged` when its seal is wrong, null when there is none. */
export function readReport(folder: string, seal: string): MeterReport | 'forged' | null {
  let content: Buffer | null;
  try {
    content = readPlain(join(folder, FILE), MOST_BYTES);
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : 'forged';
  }
  return unsealed(seal, content?.toString('utf8') ?? '');
}

/** A report as text, with its seal. */
export function sealed(seal: string, report: MeterReport): string {
  const text = JSON.stringify(report);
  return `${text}\n${hmacSha256(seal, text)}\n`;
}

/** The report in a text; `forged` when its seal is wrong. */
export function unsealed(seal: string, content: string): MeterReport | 'forged' {
  const [text = '', mark = ''] = content.split('\n');
  // Only the meter knows the seal, so a sealed text has the shape in which the meter wrote it.
  return mark === hmacSha256(seal, text) ? (JSON.parse(text) as MeterReport) : 'forged';
}

/**
 * How the end of the job authenticates itself when it asks the meter to end. A program that killed the meter may listen in
 * its place; it cannot make a report's seal from this.
 */
export function proofOfEnd(seal: string): string {
  return hmacSha256(seal, 'end');
}

/** The system's code for a file error. Other errors are bugs. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^E[A-Z]+$/.test(code)) throw error;
  return code;
}
